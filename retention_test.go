package echowall_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"echowall"
)

func TestPeriodsEndByTheHour(t *testing.T) {
	for _, tt := range []struct {
		period      echowall.Period
		since, last string // last is the last moment within the period, to the minute
	}{
		{echowall.Period{Days: 90}, "2026-11-26 10:00", "2027-02-24 09:59"}, // 4 days of November, 31, 31, 24
		{echowall.Period{Days: 90}, "2027-11-26 10:00", "2028-02-24 09:59"},
		{echowall.Period{Days: 90}, "2028-01-01 00:00", "2028-03-30 23:59"}, // 30 days of January, 29 of February, 31
		{echowall.Period{Days: 1}, "2026-12-31 23:30", "2027-01-01 23:29"},
		{echowall.Period{Years: 3}, "2026-11-26 10:00", "2029-11-26 09:59"},
		{echowall.Period{Years: 3}, "2028-02-29 10:00", "2031-03-01 09:59"},
	} {
		if tt.period.Over(at(tt.since), at(tt.last)) {
			t.Errorf("%s from %s is over at %s", tt.period, tt.since, tt.last)
		}
		if !tt.period.Over(at(tt.since), at(tt.last).Add(time.Minute)) {
			t.Errorf("%s from %s is not over after %s", tt.period, tt.since, tt.last)
		}
	}
}

func TestWishEnds(t *testing.T) {
	rate := func(when string, r echowall.Rating) func(*echowall.Wish) error {
		return func(w *echowall.Wish) error { return w.Rate(at(when), november, "a-author", r, echowall.FromChat) }
	}
	reply := func(when string, a echowall.Answer) func(*echowall.Wish) error {
		return func(w *echowall.Wish) error { return w.Reply(at(when), november, officer, a) }
	}
	planned := echowall.Answer{Class: echowall.OutcomePlanned, Text: "列入明年的改造计划，春天开工。", Promise: echowall.Date{Year: 2027, Month: 5, Day: 31}}
	for _, tt := range []struct {
		name  string
		state echowall.WishState
		moves []func(*echowall.Wish) error
		want  string // "" while it is open
	}{
		{"submitted", echowall.WishSubmitted, nil, ""},
		{"accepted", echowall.WishAccepted, nil, ""},
		{"answered and not rated", echowall.WishToVerify, nil, ""},
		{"sent back", echowall.WishRedo, nil, ""},
		{"closed", echowall.WishClosed, nil, "2026-11-26 10:00"},
		{"withdrawn", echowall.WishWithdrawn, nil, "2026-11-23 10:00"},
		{"rated once more", echowall.WishClosed, []func(*echowall.Wish) error{rate("2026-12-01 08:00", echowall.RatingPoor)}, "2026-12-01 08:00"},
		{"sent back after closing", echowall.WishClosed, []func(*echowall.Wish) error{rate("2026-12-01 08:00", echowall.RatingUnsolved)}, ""},
		{"closed again", echowall.WishClosed, []func(*echowall.Wish) error{
			rate("2026-12-01 08:00", echowall.RatingUnsolved), reply("2026-12-03 08:00", solved), rate("2026-12-04 08:00", echowall.RatingFair),
		}, "2026-12-04 08:00"},
		{"published after closing", echowall.WishClosed, []func(*echowall.Wish) error{
			func(w *echowall.Wish) error { return w.Redact(at("2026-12-20 08:00"), officer, "北门没有路灯") },
		}, "2026-11-26 10:00"},
		{"promised for later", echowall.WishAccepted, []func(*echowall.Wish) error{
			reply("2026-11-25 10:00", planned), rate("2026-11-26 10:00", echowall.RatingGood),
		}, "2027-06-01 08:00"}, // midnight of universal time after the promised day
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := wishIn(t, tt.state)
			for _, move := range tt.moves {
				if err := move(w); err != nil {
					t.Fatal(err)
				}
			}
			end, ok := w.Ended()
			if ok != (tt.want != "") || ok && !end.Equal(at(tt.want)) {
				t.Errorf("ended %v at %v, want %q", ok, end, tt.want)
			}
		})
	}
}

func TestEveryPeriodIsInTheDocument(t *testing.T) {
	text, err := os.ReadFile("docs/privacy.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range echowall.RetentionTable() {
		row := fmt.Sprintf("| %s | %s | %s | %s |", r.What, r.Period, r.Since, r.Source)
		if !strings.Contains(string(text), row+"\n") {
			t.Errorf("docs/privacy.md has no row\n%s", row)
		}
	}
}
