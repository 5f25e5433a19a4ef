package echowall

import (
	"testing"
	"time"
)

// moment parses "2026-11-23 10:00" at the service's place.
func moment(t *testing.T, s string) time.Time {
	t.Helper()
	if s == "" {
		return time.Time{}
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestEarliest(t *testing.T) {
	// 2026-11-23 is a Monday. In this calendar Wednesday the 25th is a rest day and Saturday the 28th is worked.
	year := HolidayYear{Year: 2026, Published: true, Days: []HolidayDay{
		{Date: day(t, "2026-11-25"), Off: true},
		{Date: day(t, "2026-11-28"), Off: false},
	}}
	rules := Rules{Calendar: NewCalendar(map[int]HolidayYear{2026: year}, shanghai)}
	tests := []struct {
		kind DebtKind
		now  string
		want string // "" means now
		why  Why
	}{
		{DebtNotice, "2026-11-23 07:29", "2026-11-23 07:30", WhyQuiet},
		{DebtNotice, "2026-11-23 07:30", "", WhyNone},
		{DebtNotice, "2026-11-23 12:39", "", WhyNone},
		{DebtNotice, "2026-11-23 12:40", "2026-11-23 14:00", WhyQuiet},
		{DebtNotice, "2026-11-23 13:59", "2026-11-23 14:00", WhyQuiet},
		{DebtNotice, "2026-11-23 14:00", "", WhyNone},
		{DebtNotice, "2026-11-23 21:29", "", WhyNone},
		{DebtNotice, "2026-11-23 21:30", "2026-11-24 07:30", WhyQuiet},
		{DebtNotice, "2026-11-23 23:59", "2026-11-24 07:30", WhyQuiet},
		{DebtNotice, "2026-11-24 00:00", "2026-11-24 07:30", WhyQuiet},
		// A rest day moves on to the next working morning, also by way of the night before it.
		{DebtNotice, "2026-11-25 10:00", "2026-11-26 07:30", WhyRestDay},
		{DebtNotice, "2026-11-24 22:00", "2026-11-26 07:30", WhyQuiet},
		{DebtLesson, "2026-11-25 07:40", "2026-11-26 07:30", WhyRestDay},
		// The make-up Saturday is worked, the Sunday after it is not.
		{DebtStudyReminder, "2026-11-28 19:30", "", WhyNone},
		{DebtStudyReminder, "2026-11-29 19:30", "2026-11-30 07:30", WhyRestDay},
		// Chases keep office hours.
		{DebtNoticeChase, "2026-11-23 07:45", "2026-11-23 08:00", WhyOffice},
		{DebtNoticeChase, "2026-11-23 08:00", "", WhyNone},
		{DebtNoticeChase, "2026-11-23 13:00", "2026-11-23 14:00", WhyQuiet},
		{DebtNoticeChase, "2026-11-23 19:59", "", WhyNone},
		{DebtNoticeChase, "2026-11-23 20:00", "2026-11-24 08:00", WhyOffice},
		{DebtNoticeChase, "2026-11-24 20:00", "2026-11-26 08:00", WhyOffice},
		{DebtWishDue, "2026-11-25 09:00", "2026-11-26 08:00", WhyRestDay},
		// A resident gets the answer on a rest day too, only not at night.
		{DebtWishAnswered, "2026-11-25 10:00", "", WhyNone},
		{DebtWishAnswered, "2026-11-25 22:00", "2026-11-26 07:30", WhyQuiet},
		{DebtHuman, "2026-11-25 10:00", "", WhyNone},
		{DebtLateReply, "2026-11-25 03:00", "", WhyNone},
		// A kind that no row names is treated with restraint.
		{DebtKind("new kind"), "2026-11-25 10:00", "2026-11-26 07:30", WhyRestDay},
	}
	for _, tt := range tests {
		now := moment(t, tt.now)
		want := now
		if tt.want != "" {
			want = moment(t, tt.want)
		}
		got, why := rules.Earliest(tt.kind, now)
		if !got.Equal(want) || why != tt.why {
			t.Errorf("%s at %s: %s because of %q, want %s because of %q", tt.kind, tt.now, got, why, want, tt.why)
		}
	}
}

func TestEarliestWithoutCalendar(t *testing.T) {
	var rules Rules
	got, why := rules.Earliest(DebtNotice, moment(t, "2026-11-21 10:00")) // a Saturday
	if want := moment(t, "2026-11-23 07:30"); !got.Equal(want) || why != WhyRestDay {
		t.Errorf("on a Saturday: %s, %q; want %s", got, why, want)
	}
}

const (
	subscriptionID = "SUB"
	templateID     = "TPL"
)

// allChannels are the rules of an account that has everything.
func allChannels() Rules {
	r := Rules{Replies: true, Subscriptions: map[DebtKind]string{}, Templates: map[DebtKind]string{}}
	for kind := range manners {
		r.Subscriptions[kind], r.Templates[kind] = subscriptionID, templateID
	}
	return r
}

// openBook is a follower who wrote an hour before now and accepted one subscription notice.
func openBook(now time.Time) Reach {
	return Reach{
		Following: true, MessageUntil: now.Add(47 * time.Hour), MessageLeft: 5,
		Accepted: map[string]int{subscriptionID: 1},
	}
}

func TestPlan(t *testing.T) {
	now := moment(t, "2026-11-23 10:00")
	night := moment(t, "2026-11-23 22:00")
	reply := Decision{Channel: ChannelReply, Window: WindowMessage}
	act := Decision{Channel: ChannelReply, Window: WindowAct}
	subscription := Decision{Channel: ChannelSubscription, Template: subscriptionID}
	template := Decision{Channel: ChannelTemplate, Template: templateID}
	box := Decision{Channel: ChannelBox, Why: WhyNoWay}
	void := func(why Why) Decision { return Decision{Void: true, Why: why} }
	until := func(at time.Time, why Why) Decision { return Decision{Until: at, Why: why} }

	tests := []struct {
		name  string
		kind  DebtKind
		now   time.Time // default now
		debt  func(*Debt)
		reach func(*Reach)
		rules func(*Rules)
		want  Decision
	}{
		// The ladder.
		{name: "window open", kind: DebtNotice, want: reply},
		{name: "the minute first", kind: DebtNotice, want: act,
			reach: func(r *Reach) { r.ActUntil, r.ActLeft = now.Add(30*time.Second), 1 }},
		{name: "the minute is used up", kind: DebtNotice, want: reply,
			reach: func(r *Reach) { r.ActUntil = now.Add(30 * time.Second) }},
		{name: "the minute ends too soon", kind: DebtNotice, want: reply,
			reach: func(r *Reach) { r.ActUntil, r.ActLeft = now.Add(2*time.Second), 3 }},
		{name: "window over", kind: DebtNotice, want: subscription,
			reach: func(r *Reach) { r.MessageUntil = now.Add(-time.Second) }},
		{name: "window empty", kind: DebtNotice, want: subscription, reach: func(r *Reach) { r.MessageLeft = 0 }},
		{name: "nothing accepted", kind: DebtNotice, want: template,
			reach: func(r *Reach) { r.MessageLeft, r.Accepted = 0, nil }},
		{name: "accepted, but no template for this kind", kind: DebtNotice, want: template,
			reach: func(r *Reach) { r.MessageLeft = 0 }, rules: func(r *Rules) { delete(r.Subscriptions, DebtNotice) }},
		{name: "three templates today", kind: DebtNotice, want: box, reach: func(r *Reach) {
			r.MessageLeft, r.Accepted, r.TemplateDay, r.TemplateUsed = 0, nil, "2026-11-23", 3
		}},
		{name: "three templates yesterday", kind: DebtNotice, want: template, reach: func(r *Reach) {
			r.MessageLeft, r.Accepted, r.TemplateDay, r.TemplateUsed = 0, nil, "2026-11-22", 3
		}},
		{name: "fewer templates by rule", kind: DebtNotice, want: box, rules: func(r *Rules) { r.TemplatesPerDay = 1 },
			reach: func(r *Reach) { r.MessageLeft, r.Accepted, r.TemplateDay, r.TemplateUsed = 0, nil, "2026-11-23", 1 }},
		{name: "template refused for this debt", kind: DebtNotice, want: box,
			debt:  func(d *Debt) { d.Attempts = []Attempt{{Channel: ChannelTemplate, Result: string(ReactUnreachable)}} },
			reach: func(r *Reach) { r.MessageLeft, r.Accepted = 0, nil }},
		{name: "no channel", kind: DebtNotice, want: box, rules: func(r *Rules) { *r = Rules{} }},
		{name: "not following", kind: DebtWishAnswered, want: box, reach: func(r *Reach) { r.Following = false }},
		{name: "reply closed", kind: DebtNotice, want: subscription,
			rules: func(r *Rules) { r.Closed = map[Channel]bool{ChannelReply: true} }},
		{name: "reply paused", kind: DebtNotice, want: subscription,
			rules: func(r *Rules) { r.Paused = map[Channel]time.Time{ChannelReply: now.Add(time.Hour)} }},
		{name: "pause over", kind: DebtNotice, want: reply,
			rules: func(r *Rules) { r.Paused = map[Channel]time.Time{ChannelReply: now} }},
		{name: "all paused", kind: DebtNotice, want: until(now.Add(time.Hour), WhyQuota), rules: func(r *Rules) {
			r.Paused = map[Channel]time.Time{
				ChannelReply: now.Add(3 * time.Hour), ChannelSubscription: now.Add(time.Hour), ChannelTemplate: now.Add(2 * time.Hour),
			}
		}},
		{name: "a pause is not waited for without a window", kind: DebtNotice, want: box,
			reach: func(r *Reach) { r.MessageLeft = 0 },
			rules: func(r *Rules) {
				*r = Rules{Replies: true, Paused: map[Channel]time.Time{ChannelReply: now.Add(time.Hour)}}
			}},

		// Two of five are kept for secretary notices and answers.
		{name: "lesson with three left", kind: DebtLesson, want: reply, reach: func(r *Reach) { r.MessageLeft = 3 }},
		{name: "lesson with two left", kind: DebtLesson, want: subscription, reach: func(r *Reach) { r.MessageLeft = 2 }},
		{name: "notice with two left", kind: DebtNotice, want: reply, reach: func(r *Reach) { r.MessageLeft = 2 }},
		{name: "answer with one left", kind: DebtWishAnswered, want: reply, reach: func(r *Reach) { r.MessageLeft = 1 }},
		{name: "new wish with two left", kind: DebtWishNew, want: subscription, reach: func(r *Reach) { r.MessageLeft = 2 }},
		{name: "urgent with one left", kind: DebtLesson, want: reply, debt: func(d *Debt) { d.Urgent = true },
			reach: func(r *Reach) { r.MessageLeft = 1 }},

		// Hours.
		{name: "notice at night", kind: DebtNotice, now: night, want: until(moment(t, "2026-11-24 07:30"), WhyQuiet)},
		{name: "urgent notice at night", kind: DebtNotice, now: night, debt: func(d *Debt) { d.Urgent = true }, want: reply},
		{name: "answer at night", kind: DebtWishAnswered, now: night, want: until(moment(t, "2026-11-24 07:30"), WhyQuiet)},
		{name: "answer at night to somebody awake", kind: DebtWishAnswered, now: night, want: reply,
			reach: func(r *Reach) { r.MessageUntil = night.Add(48*time.Hour - 9*time.Minute) }},
		{name: "notice at night to somebody awake", kind: DebtNotice, now: night,
			reach: func(r *Reach) { r.MessageUntil = night.Add(48*time.Hour - 9*time.Minute) },
			want:  until(moment(t, "2026-11-24 07:30"), WhyQuiet)},
		{name: "late reply at night", kind: DebtLateReply, now: night, want: reply},

		// The attention budget.
		{name: "lesson an hour after a message", kind: DebtLesson, reach: func(r *Reach) { r.LastSent = now.Add(-time.Hour) },
			want: until(now.Add(time.Hour), WhyPace)},
		{name: "lesson two hours after a message", kind: DebtLesson, want: reply,
			reach: func(r *Reach) { r.LastSent = now.Add(-2 * time.Hour) }},
		{name: "notice an hour after a message", kind: DebtNotice, want: reply,
			reach: func(r *Reach) { r.LastSent = now.Add(-time.Hour) }},
		{name: "second reminder of the day", kind: DebtStudyReminder, want: void(WhyBudget),
			reach: func(r *Reach) { r.ReminderDay = "2026-11-23" }},
		{name: "reminder after yesterday's", kind: DebtStudyReminder, want: reply,
			reach: func(r *Reach) { r.ReminderDay = "2026-11-22" }},
		{name: "seventh study message of the week is no reminder", kind: DebtStudyReminder, want: void(WhyBudget),
			reach: func(r *Reach) { r.StudyWeek, r.StudyUsed = "2026-W48", 6 }},
		{name: "sixth study message of the week", kind: DebtStudyReminder, want: reply,
			reach: func(r *Reach) { r.StudyWeek, r.StudyUsed = "2026-W48", 5 }},
		{name: "new week", kind: DebtStudyReminder, want: reply,
			reach: func(r *Reach) { r.StudyWeek, r.StudyUsed = "2026-W47", 6 }},
		{name: "the lesson comes all the same", kind: DebtLesson, want: reply,
			reach: func(r *Reach) { r.StudyWeek, r.StudyUsed = "2026-W48", 6 }},
		{name: "lesson for somebody who left", kind: DebtLesson, want: void(WhyGone), reach: func(r *Reach) { r.Following = false }},

		// Ends.
		{name: "expired", kind: DebtNotice, want: void(WhyExpired), debt: func(d *Debt) { d.Expires = now }},
		{name: "not yet expired", kind: DebtNotice, want: reply, debt: func(d *Debt) { d.Expires = now.Add(time.Second) }},
		{name: "expired by the morning", kind: DebtNotice, now: night, want: void(WhyExpired),
			debt: func(d *Debt) { d.Expires = moment(t, "2026-11-24 07:30") }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			at := now
			if !tt.now.IsZero() {
				at = tt.now
			}
			debt := NewDebt(tt.kind, "pA", "1", "", at)
			reach, rules := openBook(at), allChannels()
			if tt.debt != nil {
				tt.debt(&debt)
			}
			if tt.reach != nil {
				tt.reach(&reach)
			}
			if tt.rules != nil {
				tt.rules(&rules)
			}
			got := Plan(&debt, &reach, at, &rules)
			if got.Channel != tt.want.Channel || got.Window != tt.want.Window || got.Template != tt.want.Template ||
				!got.Until.Equal(tt.want.Until) || got.Void != tt.want.Void || got.Why != tt.want.Why {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestSpend(t *testing.T) {
	now := moment(t, "2026-11-23 10:00")
	rules := allChannels()
	before := openBook(now)
	before.ActLeft = 3
	before.TemplateDay, before.TemplateUsed = "2026-11-22", 3

	reply := before.Spend(DebtStudyReminder, Decision{Channel: ChannelReply, Window: WindowMessage}, now, &rules)
	if reply.MessageLeft != 4 || reply.ActLeft != 3 || !reply.LastSent.Equal(now) {
		t.Errorf("after a reply: %+v", reply)
	}
	if reply.ReminderDay != "2026-11-23" || reply.StudyWeek != "2026-W48" || reply.StudyUsed != 1 {
		t.Errorf("the reminder is not in the budget: %+v", reply)
	}
	if act := before.Spend(DebtNotice, Decision{Channel: ChannelReply, Window: WindowAct}, now, &rules); act.ActLeft != 2 || act.MessageLeft != 5 || act.StudyUsed != 0 {
		t.Errorf("after a reply within the minute: %+v", act)
	}
	if template := before.Spend(DebtNotice, Decision{Channel: ChannelTemplate}, now, &rules); template.TemplateDay != "2026-11-23" || template.TemplateUsed != 1 {
		t.Errorf("after the first template of the day: %+v", template)
	}
	if answer := before.Spend(DebtWishAnswered, Decision{Channel: ChannelReply, Window: WindowMessage}, now, &rules); !answer.LastSent.IsZero() {
		t.Errorf("an answer counts against the attention budget: %+v", answer)
	}
	notice := before.Spend(DebtNotice, Decision{Channel: ChannelSubscription, Template: subscriptionID}, now, &rules)
	if notice.Accepted[subscriptionID] != 0 || before.Accepted[subscriptionID] != 1 {
		t.Errorf("accepted notices: %d after and %d before, want 0 and 1", notice.Accepted[subscriptionID], before.Accepted[subscriptionID])
	}
}

func TestResume(t *testing.T) {
	now := moment(t, "2026-11-23 10:00")
	ago := func(d time.Duration, c Channel, result string) Attempt {
		return Attempt{At: now.Add(-d), Channel: c, Result: result}
	}
	tests := []struct {
		name     string
		attempts []Attempt
		wait     time.Time
		again    bool
	}{
		{"just begun", []Attempt{ago(59*time.Second, ChannelReply, "")}, now.Add(time.Second), false},
		{"reply without a result", []Attempt{ago(time.Minute, ChannelReply, "")}, time.Time{}, false},
		{"template without a result", []Attempt{ago(time.Minute, ChannelTemplate, "")}, time.Time{}, true},
		{"template, key just good", []Attempt{ago(8*time.Minute, ChannelTemplate, "unknown"), ago(time.Minute, ChannelTemplate, "")}, time.Time{}, true},
		{"template, key too old", []Attempt{ago(9*time.Minute, ChannelTemplate, "unknown"), ago(time.Minute, ChannelTemplate, "")}, time.Time{}, false},
		{"an earlier refusal does not age the key", []Attempt{ago(20*time.Minute, ChannelTemplate, "retry"), ago(time.Minute, ChannelTemplate, "")}, time.Time{}, true},
		{"subscription has no key", []Attempt{ago(time.Minute, ChannelSubscription, "")}, time.Time{}, false},
		{"no attempt", nil, time.Time{}, false},
	}
	for _, tt := range tests {
		d := Debt{Attempts: tt.attempts}
		if wait, again := d.Resume(now); !wait.Equal(tt.wait) || again != tt.again {
			t.Errorf("%s: wait %v, again %v; want %v, %v", tt.name, wait, again, tt.wait, tt.again)
		}
	}
}

func TestBackoff(t *testing.T) {
	var d Debt
	var waits []time.Duration
	for {
		d.Attempts = append(d.Attempts, Attempt{})
		wait, again := d.Backoff()
		if !again {
			break
		}
		waits = append(waits, wait)
	}
	if len(waits) != MaxAttempts-1 || waits[0] != 5*time.Second || waits[1] != 10*time.Second || waits[len(waits)-1] != 30*time.Minute {
		t.Errorf("waits %v", waits)
	}
}
