package echowall

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"strconv"
	"time"
)

// Limits of logging in to the console (citizen-feedback reference 7.8).
const (
	LoginKept     = 2 * time.Minute // a scan code
	LoginCodeKept = 5 * time.Minute // six digits from the chat
	// LoginCodeTries is how many codes one browser may try on one ticket, LoginTriesHour how many may be
	// wrong in an hour from all browsers together. Six digits stand for a million: at that rate a code that
	// is always open would be hit once in two years.
	LoginCodeTries = 5
	LoginTriesHour = 60
	// LoginTickets are made with a scan code in LoginTicketSpan; each costs a call to the platform, which allows
	// 100,000 scene codes a day. Further ones go without, LoginTicketsBare of them.
	LoginTickets     = 300
	LoginTicketsBare = 30_000
	LoginTicketSpan  = 5 * time.Minute
)

// LoginScene begins the scene of a code that logs somebody in; the id of the ticket follows.
const LoginScene = "l-"

// LoginTicket is one browser that waits to be logged in.
type LoginTicket struct {
	// Number is two digits that the page shows and that the chat asks for: somebody who was sent a picture of
	// the code does not see it.
	Number string    `json:"number"`
	Device string    `json:"device,omitempty"`
	URL    string    `json:"url,omitempty"` // what the scan code says; "" when the platform gave none
	Made   time.Time `json:"made"`
	// Person is whoever scanned first; nobody else can confirm.
	Person    PersonID `json:"person,omitempty"`
	Confirmed bool     `json:"confirmed,omitempty"`
	Tries     int      `json:"tries,omitempty"` // six-digit codes tried
}

// Ends is when the ticket is worth nothing any more.
func (t *LoginTicket) Ends() time.Time { return t.Made.Add(LoginKept) }

// LoginStore keeps what logging in needs for minutes.
type LoginStore interface {
	PutLogin(ctx context.Context, id string, t *LoginTicket) error
	// Login returns a ticket; KindNotFound when there is none.
	Login(ctx context.Context, id string) (*LoginTicket, error)
	UpdateLogin(ctx context.Context, id string, change func(*LoginTicket) error) error
	// TakeLogin uses a ticket up if take says so; of two that do at once, one gets it.
	TakeLogin(ctx context.Context, id string, take func(*LoginTicket) bool) (*LoginTicket, error)
	// PutLoginCode stores a code for a person in the place of an earlier one.
	PutLoginCode(ctx context.Context, code string, p PersonID) error
	// TakeLoginCode uses a code up; KindNotFound when there is none.
	TakeLoginCode(ctx context.Context, code string) (PersonID, error)
	// CountLogin adds one to a counter that starts anew every span, and returns it.
	CountLogin(ctx context.Context, what string, span time.Duration) (int, error)
	// LoginCount reads a counter without adding to it.
	LoginCount(ctx context.Context, what string, span time.Duration) (int, error)
	Person(ctx context.Context, p PersonID) (*Who, error)
	SessionStore
}

// Logins are the use cases around logging in to the console.
type Logins struct {
	Store LoginStore
	Guard *Guard
	// Code makes a scan code for a scene and says what it reads; nil when the account has none.
	Code func(ctx context.Context, scene string, life time.Duration) (url string, err error)
	Now  func() time.Time
}

// Names of counters.
const (
	countTickets = "tickets"
	countWrong   = "wrong"
)

// Begin makes a ticket. secret goes to the browser and nowhere else: it is what tells this browser from one
// that has only seen the code. A platform that gives no code leaves the ticket without one; the code from the
// chat remains.
func (u *Logins) Begin(ctx context.Context, device string) (secret string, t *LoginTicket, err error) {
	n, err := u.Store.CountLogin(ctx, countTickets, LoginTicketSpan)
	if err != nil {
		return "", nil, err
	}
	if n > LoginTicketsBare {
		return "", nil, Refusal(KindUnavailable, "console.login_busy")
	}
	b := make([]byte, 24)
	rand.Read(b)
	secret = base64.RawURLEncoding.EncodeToString(b)
	id := LoginID(secret)
	t = &LoginTicket{Number: randomDigits(2), Device: Shorten(device, 40), Made: u.Now().UTC().Truncate(time.Second)}
	if u.Code != nil && n <= LoginTickets {
		// Whoever makes codes reports what goes wrong with them.
		t.URL, _ = u.Code(ctx, LoginScene+id, LoginKept)
	}
	return secret, t, u.Store.PutLogin(ctx, id, t)
}

// LoginID is the id of the ticket of the browser that holds secret.
func LoginID(secret string) string {
	sum := sha256.Sum256([]byte("echowall login\x00" + secret))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// randomDigits returns n random digits, the first of them not 0.
func randomDigits(n int) string {
	least := int64(1)
	for range n - 1 {
		least *= 10
	}
	r, err := rand.Int(rand.Reader, big.NewInt(9*least))
	if err != nil {
		panic(err) // crypto/rand does not fail on the systems we run on
	}
	return strconv.FormatInt(least+r.Int64(), 10)
}

// Ticket is the ticket of a browser, KindNotFound when it has none that is still good.
func (u *Logins) Ticket(ctx context.Context, secret string) (*LoginTicket, error) {
	return u.ticket(ctx, LoginID(secret))
}

func (u *Logins) ticket(ctx context.Context, id string) (*LoginTicket, error) {
	t, err := u.Store.Login(ctx, id)
	if err == nil && !u.Now().Before(t.Ends()) {
		return nil, Refusal(KindNotFound, "console.login_gone")
	}
	if KindOf(err) == KindNotFound {
		return nil, Refusal(KindNotFound, "console.login_gone")
	}
	return t, err
}

// Scan is what follows when who scans the code of a ticket: from now on only this person can confirm it.
func (u *Logins) Scan(ctx context.Context, who *Who, id string) (*LoginTicket, error) {
	t, err := u.ticket(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := u.allowed(ctx, who); err != nil {
		return nil, err
	}
	if t.Person != "" && t.Person != who.Person || t.Confirmed {
		return nil, Refusal(KindConflict, "console.login_taken")
	}
	return t, u.Store.UpdateLogin(ctx, id, func(t *LoginTicket) error {
		if t.Person != "" && t.Person != who.Person {
			return Refusal(KindConflict, "console.login_taken")
		}
		t.Person = who.Person
		return nil
	})
}

// Confirm lets the browser in whose page shows number. A wrong number ends the ticket: whoever has the page
// before their eyes reads it right, and whoever was sent a picture of the code gets one guess in ninety.
func (u *Logins) Confirm(ctx context.Context, who *Who, id, number string) (right bool, err error) {
	t, err := u.ticket(ctx, id)
	if err != nil {
		return false, err
	}
	if t.Person != who.Person {
		return false, Refusal(KindConflict, "console.login_taken")
	}
	if err := u.allowed(ctx, who); err != nil {
		return false, err
	}
	if foldTyped(number) != t.Number {
		_, err := u.Store.TakeLogin(ctx, id, func(*LoginTicket) bool { return true })
		return false, err
	}
	return true, u.Store.UpdateLogin(ctx, id, func(t *LoginTicket) error {
		t.Confirmed = true
		return nil
	})
}

// Claim lets in the browser that holds secret once its ticket is confirmed, once. KindNotFound says that there
// is no such ticket, KindConflict that nobody has confirmed it yet.
func (u *Logins) Claim(ctx context.Context, secret string) (*Who, error) {
	t, err := u.Ticket(ctx, secret)
	if err != nil {
		return nil, err
	}
	if !t.Confirmed {
		return nil, Errorf(KindConflict, "login: not confirmed yet")
	}
	t, err = u.Store.TakeLogin(ctx, LoginID(secret), func(t *LoginTicket) bool { return t.Confirmed })
	if err != nil {
		return nil, err
	}
	return u.enter(ctx, t.Person, "scan")
}

// Offer makes a six-digit code for who, to be typed on the log-in page.
func (u *Logins) Offer(ctx context.Context, who *Who) (code string, err error) {
	if err := u.allowed(ctx, who); err != nil {
		return "", err
	}
	code = randomDigits(6)
	return code, u.Store.PutLoginCode(ctx, code, who.Person)
}

// UseCode lets in the browser that holds secret and typed a code from the chat. Tries are counted before the
// code is looked at, so that many at once do not get more of them.
func (u *Logins) UseCode(ctx context.Context, secret, code string) (*Who, error) {
	if _, err := u.Ticket(ctx, secret); err != nil {
		return nil, err
	}
	wrong, err := u.Store.LoginCount(ctx, countWrong, time.Hour)
	if err != nil {
		return nil, err
	}
	if wrong >= LoginTriesHour {
		return nil, Refusal(KindUnavailable, "console.login_codes_closed")
	}
	err = u.Store.UpdateLogin(ctx, LoginID(secret), func(t *LoginTicket) error {
		if t.Tries >= LoginCodeTries {
			return Refusal(KindForbidden, "console.login_tries")
		}
		t.Tries++
		return nil
	})
	if err != nil {
		return nil, err
	}
	person, err := u.Store.TakeLoginCode(ctx, foldTyped(code))
	if KindOf(err) == KindNotFound {
		if _, err := u.Store.CountLogin(ctx, countWrong, time.Hour); err != nil {
			return nil, err
		}
		return nil, Refusal(KindInvalid, "console.login_code_wrong")
	}
	if err != nil {
		return nil, err
	}
	if _, err := u.Store.TakeLogin(ctx, LoginID(secret), func(*LoginTicket) bool { return true }); err != nil && KindOf(err) != KindNotFound {
		return nil, err
	}
	return u.enter(ctx, person, "code")
}

// enter checks once more that the person may, and puts it on record.
func (u *Logins) enter(ctx context.Context, p PersonID, how string) (*Who, error) {
	who, err := u.Store.Person(ctx, p)
	if err != nil {
		return nil, err
	}
	if err := u.allowed(ctx, who); err != nil {
		return nil, err
	}
	return who, u.record(ctx, who, how)
}

// Leave puts on record that a session ended: "logout" by its own button, "revoked" from another session.
func (u *Logins) Leave(ctx context.Context, who *Who, how string) error {
	return u.record(ctx, who, how)
}

func (u *Logins) record(ctx context.Context, who *Who, how string) error {
	return u.Guard.Access.AppendAccess(ctx, AccessEntry{At: u.Now(), Kind: AccessLogin, By: who.Person, Roster: who.Roster, Subject: Recipient(who.Person), Why: how})
}

// allowed says whether somebody may use the console at all.
func (u *Logins) allowed(ctx context.Context, who *Who) error {
	if who.Can(ActionConsole) {
		return nil
	}
	return u.Guard.Refuse(ctx, who, ActionConsole, Target{}, Refusal(KindForbidden, "console.login_staff_only"))
}
