package emulator

import (
	"testing"
	"time"
)

func TestWindows(t *testing.T) {
	type step struct {
		do    func(*Phone)
		wait  time.Duration
		sends []int // errcodes of messages sent one after the other
	}
	say := func(ph *Phone) { ph.Say(t.Context(), "您好") }
	click := func(ph *Phone) { ph.Click(t.Context(), "K") }
	for name, steps := range map[string][]step{
		"message":           {{say, 0, []int{0, 0, 0, 0, 0, 45047}}},
		"message for 48 h":  {{say, 48*time.Hour - time.Second, []int{0}}, {nil, time.Second, []int{45015}}},
		"click":             {{click, 0, []int{0, 0, 0, 45047}}, {nil, time.Minute, []int{45015}}},
		"follow":            {{(*Phone).refollow, 0, []int{0, 0, 0, 45047}}, {nil, time.Minute, []int{45015}}},
		"scan":              {{func(ph *Phone) { ph.Scan(t.Context(), "s1") }, 0, []int{0, 0, 0, 45047}}},
		"waitmsg":           {{func(ph *Phone) { ph.ScanCode(t.Context(), "k", "qrcode", "x", true) }, 0, []int{0, 0, 0, 45047}}},
		"msgmenu item":      {{func(ph *Phone) { ph.TapMenuItem(t.Context(), "1", "好") }, 0, []int{0, 0, 0, 45047}}},
		"view opens none":   {{func(ph *Phone) { ph.View(t.Context(), "http://a/") }, 0, []int{45015}}},
		"short one first":   {{say, 0, nil}, {click, 0, []int{0, 0, 0}}, {nil, 2 * time.Minute, []int{0, 0, 0, 0, 0, 45047}}},
		"new message reset": {{say, 0, []int{0, 0, 0, 0, 0, 45047}}, {say, 0, []int{0, 0, 0, 0, 0, 45047}}},
		"payment":           {{(*Phone).Pay, time.Hour, []int{0, 0, 0, 0, 0, 0, 0, 0}}},
	} {
		t.Run(name, func(t *testing.T) {
			at := monday
			p := &Platform{Now: func() time.Time { return at }}
			start(t, p)
			c := newCaller(t, p)
			ph := p.Phone("oU1")
			ph.Follow(t.Context())
			p.Advance(time.Hour) // the window of following is over
			for i, s := range steps {
				if s.do != nil {
					s.do(ph)
				}
				p.Advance(s.wait)
				c.refresh()
				for j, want := range s.sends {
					if got := c.kf("oU1", "答"); got != want {
						t.Errorf("step %d, message %d: %d, want %d", i, j, got, want)
					}
				}
			}
		})
	}
}

// refollow opens the window of following.
func (ph *Phone) refollow() {
	ph.p.mu.Lock()
	defer ph.p.mu.Unlock()
	ph.person().open(windowFollow, ph.p.now())
}

func TestWhoCanBeWrittenTo(t *testing.T) {
	p := &Platform{}
	start(t, p)
	c := newCaller(t, p)
	ph := p.Phone("oU1")
	if got := c.kf("oStranger", "x"); got != 40003 {
		t.Errorf("unknown openid: %d", got)
	}
	if got := c.kf("oU1", "x"); got != 43004 {
		t.Errorf("never followed: %d", got)
	}
	ph.Follow(t.Context())
	ph.Say(t.Context(), "您好")
	if got := c.kf("oU1", "x"); got != 0 {
		t.Errorf("follower: %d", got)
	}
	c.want(0, "/cgi-bin/tags/members/batchblacklist", map[string]any{"openid_list": []string{"oU1"}})
	if got := c.kf("oU1", "x"); got != 43019 {
		t.Errorf("blacklisted: %d", got)
	}
	c.want(0, "/cgi-bin/tags/members/batchunblacklist", map[string]any{"openid_list": []string{"oU1"}})
	ph.SetProfile(Profile{Name: "王", Refuses: true})
	if got := c.kf("oU1", "x"); got != 48002 {
		t.Errorf("refusing: %d", got)
	}
	ph.SetProfile(Profile{Name: "王"})
	ph.Unfollow(t.Context())
	if got := c.kf("oU1", "x"); got != 45015 {
		t.Errorf("unfollowed: %d", got)
	}
	if d := ph.Say(t.Context(), "您好"); d.Outcome != NotSent || d.Err != ErrNotFollowing {
		t.Errorf("someone who does not follow wrote: %s", d.Outcome)
	}
}
