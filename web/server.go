package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"echowall"
	"echowall/content"
)

// Config is what the pages stand on. Everything is required unless its remark says otherwise.
type Config struct {
	Pack   *content.Pack
	Wishes *echowall.Wishes
	Study  *echowall.Study
	People *echowall.People
	Media  echowall.MediaStore
	Signer *Signer
	// Account is the name of the official account, as people read it.
	Account  string
	Now      func() time.Time
	Location *time.Location
	// Logger hears about failures; nil is silent.
	Logger *slog.Logger
	// Ready says why the process cannot serve yet or any more (/readyz); nil means always ready.
	Ready func(ctx context.Context) error
	// Metrics writes the body of /metrics in the text exposition format; nil leaves the page out.
	Metrics func(w io.Writer)
	// Phone are the pages of one person; nil leaves out all but what signed links open.
	Phone *Phone
	// Console is the staff's way in; nil leaves it out.
	Console *Console
	// Callback is the platform's way in (/wechat); nil leaves it out.
	Callback http.Handler
}

func (c Config) check() error {
	switch {
	case c.Pack == nil, c.Wishes == nil, c.Study == nil, c.People == nil, c.Media == nil, c.Signer == nil:
		return errors.New("web: Config misses a use case, the content or the signer")
	case c.Account == "", c.Now == nil, c.Location == nil:
		return errors.New("web: Config misses Account, Now or Location")
	}
	if c.Phone != nil {
		if err := c.Phone.check(); err != nil {
			return err
		}
	}
	if c.Console != nil {
		return c.Console.check()
	}
	return nil
}

// Server draws the pages. It is safe for concurrent use and owns no goroutines.
type Server struct {
	Config
	words  phrases
	views  views
	assets assets
	origin *http.CrossOriginProtection

	phones    *sessions   // of phone pages
	sessions  *sessions   // of the console
	deskTable []deskRoute // of the console
}

// New parses all templates and reads all assets. A view that is missing or undeclared, and a sentence that
// a view names but nobody wrote, are errors here rather than on a page.
func New(c Config) (*Server, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{Config: c, words: phrases{c.Pack.Words}, origin: http.NewCrossOriginProtection()}
	var err error
	if s.assets, err = readAssets(assetFiles); err != nil {
		return nil, err
	}
	if s.views, err = parseViews(viewFiles, s.words, s.assets); err != nil {
		return nil, err
	}
	if err := s.words.checkLabels(); err != nil {
		return nil, err
	}
	if c.Phone != nil {
		s.phones = newSessions(c.Phone.Sessions, "phone", s.https(), phoneSessions, c.Now)
		s.phones.ErrorFunc = s.fail
		if err := errors.Join(s.words.checkPhone()...); err != nil {
			return nil, err
		}
	}
	if c.Console != nil {
		s.sessions = newSessions(c.Console.Sessions, "desk", s.https(), echowall.ConsoleSessions, c.Now)
		s.sessions.ErrorFunc = s.fail
		s.deskTable = s.deskRoutes()
		var errs []error
		for _, key := range append(deskKeys(s.deskTable), officeKeys()...) {
			errs = append(errs, s.words.checkKey(key)...)
		}
		if err := errors.Join(errs...); err != nil {
			return nil, err
		}
	}
	// A proxy may hand on another Host than the one people see.
	if u, err := url.Parse(c.Signer.publicURL); err == nil && u.Host != "" {
		if err := s.origin.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// https reports whether people reach us by https.
func (s *Server) https() bool { return strings.HasPrefix(s.Signer.publicURL, "https:") }

// Handler is the route table.
func (s *Server) Handler() http.Handler {
	m := http.NewServeMux()

	// Everybody.
	m.Handle("GET /{$}", http.RedirectHandler("/wall", http.StatusFound))
	m.Handle("GET /wall", s.public(s.wall))
	m.Handle("GET /wall/{number}", s.public(s.wallWish))
	m.Handle("GET /m/lesson/{id}", s.public(s.lesson))

	// One person, by a signed link from the chat or logged in.
	own := s.personal
	if s.Phone != nil {
		own = s.phoneSession
		s.phone(m)
	}
	m.Handle("GET /m/wish/{number}", own(s.wish))
	m.Handle("POST /m/wish/{number}/rate", own(s.rate))
	m.Handle("GET /m/media/{id}", s.adapt(s.media)) // its own caching

	// Staff who logged in.
	if s.Console != nil {
		s.console(m)
	}

	// Browsers, proxies, operators.
	m.Handle("GET /static/{hash}/{name}", s.adapt(s.static))
	m.HandleFunc("GET /healthz", s.healthz)
	m.HandleFunc("GET /readyz", s.readyz)
	m.HandleFunc("GET /metrics", s.metrics)
	m.Handle("/", s.public(s.notFound))

	// The platform's calls need neither headers for browsers nor a check of their origin.
	root := http.NewServeMux()
	root.Handle("/", s.secure(m))
	if s.Callback != nil {
		root.Handle("/wechat", s.Callback)
	}
	return s.recover(root)
}

func (s *Server) notFound(http.ResponseWriter, *http.Request) error {
	return echowall.Refusal(echowall.KindNotFound, "web.no_page")
}
