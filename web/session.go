package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"echowall"
)

// sessions are the logged-in browsers of one kind of page. The token is in the cookie only; the store sees
// its hash. What a session may still do is looked up at every request.
type sessions struct {
	*scs.SessionManager
	limits echowall.SessionLimits
	now    func() time.Time
}

// newSessions keeps sessions in store, under a cookie that only this host gets back, and only by https where
// the service is reached so.
func newSessions(store scs.CtxStore, cookie string, https bool, l echowall.SessionLimits, now func() time.Time) *sessions {
	m := scs.New()
	m.Store = store
	m.Codec = sessionCodec{}
	m.HashTokenInStore = true
	m.IdleTimeout, m.Lifetime = l.Idle, l.Whole
	m.Cookie.Name = hostCookie(cookie, https)
	m.Cookie.Secure = https
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Persist = false
	return &sessions{m, l, now}
}

// hostCookie is the name of a cookie that browsers take from this host by https alone, where there is https.
func hostCookie(name string, https bool) string {
	if https {
		return "__Host-" + name
	}
	return name
}

// current is the session of a request, if it holds.
func (x *sessions) current(ctx context.Context) (echowall.Session, bool) {
	v, ok := x.Get(ctx, sessionValue).(echowall.Session)
	return v, ok && v.Holds(x.now(), x.limits)
}

// seen notes that the person is here.
func (x *sessions) seen(ctx context.Context, v echowall.Session) {
	v.Seen = x.now().UTC()
	x.Put(ctx, sessionValue, v)
}

// begin logs a browser in: whatever token it had before is worth nothing afterwards.
func (x *sessions) begin(ctx context.Context, v echowall.Session) error {
	if err := x.RenewToken(ctx); err != nil {
		return err
	}
	v.Since, v.Seen = x.now().UTC(), x.now().UTC()
	x.Put(ctx, sessionValue, v)
	return nil
}

// is reports whether id, as the store lists it, is the session of this request.
func (x *sessions) is(ctx context.Context, id string) bool {
	sum := sha256.Sum256([]byte(x.Token(ctx)))
	return strings.HasSuffix(id, ":"+base64.RawURLEncoding.EncodeToString(sum[:]))
}

const sessionValue = "session"

// sessionCodec writes the one value that our sessions have. Nothing else can be put into them.
type sessionCodec struct{}

type sessionText struct {
	Deadline time.Time        `json:"deadline"`
	Session  echowall.Session `json:"session"`
}

// Encode implements scs.Codec.
func (sessionCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	t := sessionText{Deadline: deadline}
	for name, v := range values {
		session, ok := v.(echowall.Session)
		if !ok || name != sessionValue {
			return nil, fmt.Errorf("web: a session holds no %q", name)
		}
		t.Session = session
	}
	return json.Marshal(t)
}

// Decode implements scs.Codec.
func (sessionCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	var t sessionText
	if err := json.Unmarshal(b, &t); err != nil {
		return time.Time{}, nil, fmt.Errorf("web: session: %w", err)
	}
	return t.Deadline, map[string]any{sessionValue: t.Session}, nil
}

// device names the family of system and browser, as much as somebody needs to recognise their own.
func device(userAgent string) string {
	find := func(list ...[2]string) string {
		for _, x := range list {
			if strings.Contains(userAgent, x[0]) {
				return x[1]
			}
		}
		return ""
	}
	system := find([2]string{"Android", "Android"}, [2]string{"iPhone", "iPhone"}, [2]string{"iPad", "iPad"}, [2]string{"HarmonyOS", "HarmonyOS"},
		[2]string{"Windows", "Windows"}, [2]string{"Mac OS X", "macOS"}, [2]string{"Linux", "Linux"})
	browser := find([2]string{"MicroMessenger", "WeChat"}, [2]string{"Edg", "Edge"}, [2]string{"Firefox", "Firefox"}, [2]string{"QQBrowser", "QQBrowser"},
		[2]string{"Chrome", "Chrome"}, [2]string{"Safari", "Safari"})
	return strings.Trim(system+" · "+browser, " ·")
}
