package emulator

import (
	"context"
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
)

// Phone is one person's WeChat client. Its actions return when the server has
// answered or the platform has given up.
type Phone struct {
	p      *Platform
	openid string
}

// CookieName is the cookie by which OAuth knows whose browser it is.
const CookieName = "emulator_phone"

// Reasons why an action was not sent; see Delivery.Err.
var (
	ErrNotFollowing = errors.New("emulator: the person does not follow the account")
	ErrFollowing    = errors.New("emulator: the person follows the account already")
	ErrNoSuchCode   = errors.New("emulator: the code is unknown or expired")
	ErrNoSuchButton = errors.New("emulator: the menu has no such button")
	ErrNotGranted   = errors.New("emulator: the account may not receive this")
)

// Phone finds a person's phone; the first use makes the person, who does not
// follow yet.
func (p *Platform) Phone(openid string) *Phone {
	p.init()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.meet(openid)
	return &Phone{p, openid}
}

// Everybody lists the phones of everyone known, in order of arrival.
func (p *Platform) Everybody() []*Phone {
	p.init()
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]*Phone, 0, len(p.order))
	for _, openid := range p.order {
		list = append(list, &Phone{p, openid})
	}
	return list
}

// OpenID is the person's id at this account.
func (ph *Phone) OpenID() string { return ph.openid }

// Profile is what a phone shows of its owner.
type Profile struct {
	Name      string
	Avatar    string // URL; may be empty
	UnionID   string // may be empty
	Following bool
	Typing    bool // the account shows "对方正在输入"
	Refuses   bool // the person switched the account's messages off
}

// Profile reads the owner's data.
func (ph *Phone) Profile() Profile {
	ph.p.mu.Lock()
	defer ph.p.mu.Unlock()
	u := ph.person()
	return Profile{u.name, u.avatar, u.unionID, u.following, u.typing, u.refuses}
}

// SetProfile sets name, avatar and union id, which OAuth may tell the server,
// and whether the person refuses the account's messages.
func (ph *Phone) SetProfile(profile Profile) {
	ph.p.mu.Lock()
	defer ph.p.mu.Unlock()
	u := ph.person()
	u.name, u.avatar, u.unionID, u.refuses = profile.Name, profile.Avatar, profile.UnionID, profile.Refuses
	ph.p.tell(u)
}

// DenyOAuth makes the person refuse (or grant again) the consent page.
func (ph *Phone) DenyOAuth(deny bool) {
	ph.p.mu.Lock()
	defer ph.p.mu.Unlock()
	ph.person().denies = deny
}

// person is the state behind the phone. Held lock: mu.
func (ph *Phone) person() *person { return ph.p.people[ph.openid] }

// Chat is everything the person sees, oldest first.
func (ph *Phone) Chat() []Bubble {
	ph.p.mu.Lock()
	defer ph.p.mu.Unlock()
	return ph.p.chat(ph.person())
}

// ClearChat empties the screen; sequence numbers go on.
func (ph *Phone) ClearChat() {
	ph.p.mu.Lock()
	defer ph.p.mu.Unlock()
	u := ph.person()
	u.bubbles = nil
	ph.p.tell(u)
}

// AwaitBubble waits for a bubble, there already or coming, that matches. The
// function must not call the platform.
func (ph *Phone) AwaitBubble(ctx context.Context, match func(Bubble) bool) (Bubble, error) {
	return ph.AwaitBubbleAfter(ctx, 0, match)
}

// AwaitBubbleAfter is AwaitBubble for bubbles with a Seq above seq.
func (ph *Phone) AwaitBubbleAfter(ctx context.Context, seq int64, match func(Bubble) bool) (Bubble, error) {
	var found Bubble
	err := ph.p.await(ctx, func() bool {
		for _, b := range ph.person().bubbles {
			if b.Seq > seq && match(b) {
				found = b
				return true
			}
		}
		return false
	})
	return found, err
}

// Browser is a browser in which this person is logged in to WeChat, for OAuth.
// It follows redirects.
func (ph *Phone) Browser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // cannot happen without options
	}
	if u, err := url.Parse(ph.p.URL()); err == nil {
		jar.SetCookies(u, []*http.Cookie{{Name: CookieName, Value: ph.openid, Path: "/"}})
	}
	return &http.Client{Jar: jar}
}

// event opens an event push of this person. Held lock: mu.
func (ph *Phone) event(name string) *message {
	m := startMessage(ph.p.Account.OriginalID, ph.openid, ph.p.now().Unix(), "event")
	m.text("Event", name)
	return m
}

// refuse is a delivery that was never sent.
func (ph *Phone) refuse(err error) *Delivery {
	return &Delivery{OpenID: ph.openid, Outcome: NotSent, Err: err}
}

// push delivers a push of this person.
func (ph *Phone) push(ctx context.Context, inner string) *Delivery {
	return ph.p.push(ctx, &Delivery{OpenID: ph.openid, Message: inner})
}

// Follow follows by search or name card.
func (ph *Phone) Follow(ctx context.Context) *Delivery {
	return ph.follow(ctx, nil)
}

// FollowByScene scans the scene's QR code and follows.
func (ph *Phone) FollowByScene(ctx context.Context, sceneValue string) *Delivery {
	s, err := ph.p.sceneOf(sceneValue)
	if err != nil {
		return ph.refuse(err)
	}
	return ph.follow(ctx, s)
}

func (ph *Phone) follow(ctx context.Context, s *scene) *Delivery {
	p := ph.p
	p.mu.Lock()
	u := ph.person()
	if u.following {
		p.mu.Unlock()
		return ph.refuse(ErrFollowing)
	}
	now := p.now()
	u.following, u.followed, u.since, u.how = true, true, now, "ADD_SCENE_SEARCH"
	u.qrScene, u.qrString = 0, ""
	u.open(windowFollow, now)
	m := ph.event("subscribe")
	if s == nil {
		m.text("EventKey", "")
	} else {
		u.how, u.qrScene, u.qrString = "ADD_SCENE_QR_CODE", s.id, s.text
		u.open(windowScan, now)
		m.text("EventKey", "qrscene_"+s.key())
		m.text("Ticket", s.ticket)
	}
	p.tell(u)
	p.mu.Unlock()
	return ph.push(ctx, m.end())
}

// Unfollow stops following; the chat stays on the phone.
func (ph *Phone) Unfollow(ctx context.Context) *Delivery {
	p := ph.p
	p.mu.Lock()
	u := ph.person()
	if !u.following {
		p.mu.Unlock()
		return ph.refuse(ErrNotFollowing)
	}
	u.following, u.windows, u.tags = false, [windowKinds]window{}, nil
	m := ph.event("unsubscribe")
	m.text("EventKey", "")
	p.tell(u)
	p.mu.Unlock()
	return ph.push(ctx, m.end())
}

// Scan scans a code given as ticket, as the URL inside it, or as its scene
// value; a scene nobody made a code for gets a printed one. A person who does
// not follow yet follows by it.
func (ph *Phone) Scan(ctx context.Context, code string) *Delivery {
	s, err := ph.p.codeOrScene(code)
	if err != nil {
		return ph.refuse(err)
	}
	return ph.scan(ctx, s)
}

func (p *Platform) codeOrScene(code string) (*scene, error) {
	if s := p.codeOf(code); s != nil {
		return s, nil
	}
	if strings.Contains(code, "://") {
		return nil, ErrNoSuchCode
	}
	return p.sceneOf(code)
}

// ScanTicket scans the code with that ticket.
func (ph *Phone) ScanTicket(ctx context.Context, ticket string) *Delivery {
	s := ph.p.codeOf(ticket)
	if s == nil {
		return ph.refuse(ErrNoSuchCode)
	}
	return ph.scan(ctx, s)
}

func (ph *Phone) scan(ctx context.Context, s *scene) *Delivery {
	p := ph.p
	p.mu.Lock()
	u := ph.person()
	if !u.following {
		p.mu.Unlock()
		return ph.follow(ctx, s)
	}
	u.open(windowScan, p.now())
	m := ph.event("SCAN")
	m.text("EventKey", s.key())
	m.text("Ticket", s.ticket)
	p.mu.Unlock()
	return ph.push(ctx, m.end())
}

// Pay opens the window that payment opens; the platform pushes no event.
func (ph *Phone) Pay() {
	ph.p.mu.Lock()
	defer ph.p.mu.Unlock()
	ph.person().open(windowPay, ph.p.now())
}

// formatID prints a 64-bit id.
func formatID(id int64) string { return strconv.FormatInt(id, 10) }
