package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"echowall"
	"echowall/content"
	"echowall/roster"
	"echowall/store"
	"echowall/web"
)

// site is the web surface on a real store, reached over a loopback connection.
type site struct {
	store  *store.Store
	wishes *echowall.Wishes
	logins *echowall.Logins
	live   *web.Live
	server *httptest.Server

	numbers []string // of the wishes that were loaded
}

// visitor is somebody who sits before the console.
type visitor struct {
	name   string
	id     echowall.PersonID
	grants []echowall.Grant
	pages  []string
	cookie string
}

// people are the three who have most before them: an officer, the head of a street, and who sees everything.
func (s *site) people() []*visitor {
	first := []string{"/console/", "/console/queue"}
	return []*visitor{
		{name: "officer", id: "p-bench-officer01", grants: []echowall.Grant{{Role: echowall.RoleLiaison, Scope: string(stationID(41))}}, pages: first},
		{name: "street", id: "p-bench-street001", grants: []echowall.Grant{{Role: echowall.RoleHead, Scope: string(stationID(40))}}, pages: append(first, "/console/queue?state=ACCEPTED")},
		{name: "auditor", id: "p-bench-auditor01", grants: []echowall.Grant{{Role: echowall.RoleAuditor, Scope: echowall.ScopeEverywhere}}, pages: append(first, "/console/queue?state=ACCEPTED", "/console/queue?page=10")},
	}
}

var secret = bytes.Repeat([]byte("k"), 32)

func now() time.Time { return monday }

func open(ctx context.Context, url string) (*store.Store, error) {
	return store.Open(ctx, store.Config{URL: url, Account: "bench", Secret: secret, Now: now})
}

func newSite(ctx context.Context, url string) (*site, error) {
	pack, _, err := content.Open("")
	if err != nil {
		return nil, err
	}
	s := new(site)
	if s.store, err = open(ctx, url); err != nil {
		return nil, err
	}
	calendar := pack.Calendar(zone)
	guard := &echowall.Guard{Roster: s.store, Access: s.store}
	s.wishes = &echowall.Wishes{Store: s.store, Contacts: s.store, Guard: guard, Calendar: calendar, Now: now}
	s.logins = &echowall.Logins{Store: s.store, Guard: guard, Now: now}
	s.live = web.NewLive(s.store.Pulses, time.Second, slog.New(slog.DiscardHandler))
	var handler http.Handler
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	pages, err := web.New(web.Config{
		Pack: pack, Wishes: s.wishes, Media: s.store, Signer: web.NewSigner(secret, s.server.URL, now),
		Study:   &echowall.Study{Store: s.store, Guard: guard, Syllabus: pack.Syllabus(echowall.DateOf(monday), calendar), Calendar: calendar, Now: now},
		People:  &echowall.People{Store: s.store, Roster: s.store, Access: s.store, Sessions: s.store, Now: now},
		Account: "柳桥回音壁", Now: now, Location: zone,
		Console: &web.Console{
			Logins: s.logins, Sessions: s.store.SessionsOf(store.ConsoleSession), Live: s.live,
			Queues: &echowall.Queues{Store: s.store, Guard: guard, Calendar: calendar, Now: now},
			Access: &echowall.AccessLog{Store: s.store, Guard: guard, Now: now},
			Ledger: &echowall.Ledger{Store: s.store, Guard: guard, Access: s.store},
			Places: &echowall.Places{
				Guard: guard, Store: s.store, Now: now,
				Make: func(_ context.Context, scene string, _ time.Duration) (string, error) {
					return "http://weixin.qq.com/q/" + scene, nil
				},
			},
			Office: &roster.Office{
				Store: s.store, Guard: guard, Access: s.store, Uploads: s.store,
				Say:   func(err *echowall.Error) string { return pack.Words.Error(err) },
				Today: func() echowall.Date { return calendar.Today(now()) },
			},
		},
	})
	if err != nil {
		return nil, err
	}
	handler = pages.Handler()
	return s, nil
}

func (s *site) close() {
	s.live.Close()
	s.server.Close()
	s.store.Close()
}

// login logs a visitor in as a browser and a phone would.
func (s *site) login(ctx context.Context, v *visitor) error {
	who, err := s.store.Person(ctx, v.id)
	if err != nil {
		return err
	}
	secret, t, err := s.logins.Begin(ctx, "bench")
	if err != nil {
		return err
	}
	id := echowall.LoginID(secret)
	if _, err := s.logins.Scan(ctx, who, id); err != nil {
		return err
	}
	if _, err := s.logins.Confirm(ctx, who, id, t.Number); err != nil {
		return err
	}
	res, err := s.get(ctx, "/console/login", "desklogin="+secret)
	if err != nil {
		return err
	}
	res.Body.Close()
	for _, c := range res.Cookies() {
		if c.Name == "desk" {
			v.cookie = "desk=" + c.Value
			return nil
		}
	}
	return fmt.Errorf("%s was not let in: %s", v.name, strings.TrimSpace(res.Status))
}

var browser = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport:     &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true},
}

func (s *site) get(ctx context.Context, path, cookie string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.server.URL+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Cookie", cookie)
	req.Header.Set("Accept-Encoding", "gzip") // as every browser
	return browser.Do(req)
}
