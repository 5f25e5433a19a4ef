package emulator

import (
	"slices"
	"time"
)

// person is what the platform knows of one openid. Guarded by Platform.mu.
type person struct {
	openid    string
	name      string
	avatar    string
	unionID   string
	following bool
	followed  bool // ever
	refuses   bool // switched the account's messages off
	blacklist bool
	denies    bool // refuses OAuth consent
	since     time.Time
	how       string // subscribe_scene
	qrScene   int64
	qrString  string
	remark    string
	tags      []int

	windows  [windowKinds]window
	acted    time.Time // last interaction, for typing
	typing   bool
	templIDs map[string]sentTemplate // by client_msg_id
	accepts  map[string]int          // subscription notices left, by template
	months   map[string]int          // mass messages received, by month
	seq      int64
	bubbles  []Bubble
}

// window is the right to send customer-service messages, opened by an action.
type window struct {
	until time.Time
	left  int
}

// The kinds of window; each action renews its own (unsure: whether a new
// message adds to the old five or resets them; it resets here).
const (
	windowMessage = iota // 5 in 48 h
	windowClick          // 3 in 1 min
	windowFollow         // 3 in 1 min
	windowScan           // 3 in 1 min
	windowPay            // any number in 48 h
	windowKinds
)

var windowRules = [windowKinds]struct {
	count int
	lasts time.Duration
}{
	windowMessage: {5, 48 * time.Hour},
	windowClick:   {3, time.Minute},
	windowFollow:  {3, time.Minute},
	windowScan:    {3, time.Minute},
	windowPay:     {1 << 40, 48 * time.Hour},
}

func (u *person) open(kind int, now time.Time) {
	u.windows[kind] = window{now.Add(windowRules[kind].lasts), windowRules[kind].count}
	u.acted, u.typing = now, false
}

// spendWindow uses one message of the open window that ends first; it answers
// 45015 when none is open, 45047 when all open ones are used up.
func (u *person) spendWindow(now time.Time) error {
	best, open := -1, false
	for i, w := range u.windows {
		if !now.Before(w.until) {
			continue
		}
		open = true
		if w.left > 0 && (best < 0 || w.until.Before(u.windows[best].until)) {
			best = i
		}
	}
	switch {
	case !open:
		return fail(45015)
	case best < 0:
		return fail(45047)
	}
	u.windows[best].left--
	return nil
}

// person finds a person by openid. Held lock: mu.
func (p *Platform) person(openid string) (*person, error) {
	u := p.people[openid]
	if u == nil {
		return nil, fail(40003)
	}
	return u, nil
}

// follower finds a person who can be written to at all: known, following, not
// blacklisted. Held lock: mu.
func (p *Platform) follower(openid string) (*person, error) {
	u, err := p.person(openid)
	switch {
	case err != nil:
		return nil, err
	case !u.following:
		return nil, fail(43004)
	case u.blacklist:
		return nil, fail(43019)
	}
	return u, nil
}

// meet finds or creates a person. Held lock: mu.
func (p *Platform) meet(openid string) *person {
	u := p.people[openid]
	if u == nil {
		u = &person{openid: openid, name: openid}
		p.people[openid] = u
		p.order = append(p.order, openid)
	}
	return u
}

// show adds a bubble to a person's chat. Held lock: mu.
func (p *Platform) show(u *person, b Bubble) Bubble {
	keep := p.KeepChat
	if keep <= 0 {
		keep = 2000
	}
	u.seq++
	b.Seq, b.At = u.seq, p.now()
	if b.MediaID != "" && b.MediaURL == "" {
		if f := p.files[b.MediaID]; f != nil {
			b.MediaURL = p.fileURL(f)
		}
	}
	if len(u.bubbles) >= 2*keep {
		u.bubbles = append(make([]Bubble, 0, 2*keep), u.bubbles[len(u.bubbles)-keep+1:]...)
	}
	u.bubbles = append(u.bubbles, b)
	p.tell(u)
	return b
}

// chat lists the bubbles kept. Held lock: mu.
func (p *Platform) chat(u *person) []Bubble {
	keep := p.KeepChat
	if keep <= 0 {
		keep = 2000
	}
	return slices.Clone(u.bubbles[max(0, len(u.bubbles)-keep):])
}
