package main

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"echowall"
	"echowall/bot"
	"echowall/bot/wechat"
	"echowall/content"
	"echowall/delivery"
	"echowall/handlers"
	"echowall/schedule"
	"echowall/store"
	"echowall/web"
)

// service is one account's whole service. Demo, tests and serve run exactly this.
type service struct {
	config   config
	now      func() time.Time
	logger   *slog.Logger
	store    *store.Store
	pack     *content.Pack
	client   *wechat.Client
	bot      *bot.Bot
	delivery *delivery.Delivery
	clock    *schedule.Clock
	study    *echowall.Study
	wishes   *echowall.Wishes
	people   *echowall.People
	signer   *web.Signer
	live     *web.Live
	erasure  *echowall.Erasure
	eraser   eraser
	handler  http.Handler
	server   *http.Server
	served   chan error
	stop     context.CancelFunc // ends what delivery and clock were started with
}

// options are what differs between serve, demo and tests.
type options struct {
	Now         func() time.Time
	Logger      *slog.Logger
	UnsafeRedis bool // do not refuse a Redis that may forget
	Rehearsal   bool // phones are emulated ones, without a camera
}

// newService puts the parts together; it connects to Redis and reads the content, and starts nothing.
func newService(ctx context.Context, c config, o options) (_ *service, err error) {
	s := &service{config: c, now: o.Now, logger: o.Logger}
	if s.now == nil {
		s.now = time.Now
	}

	// Content first: it needs nothing, and most mistakes of an operator are in it.
	var problems []content.Problem
	if s.pack, problems, err = content.Open(c.ContentDir); err != nil {
		return nil, contentError(problems, err)
	}
	s.pack.Words.OnMisuse = func(err error) { s.logger.Error("sentence is misused", "err", err) }
	s.pack.Words.Now = func() time.Time { return s.now().In(c.Location) }
	calendar := s.pack.Calendar(c.Location)

	// Then the store: everything below reads and writes through it.
	if s.store, err = store.Open(ctx, store.Config{URL: c.RedisURL, Account: c.AppID, Secret: c.SecretKey, Now: s.now}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.store.Close()
		}
	}()
	if !o.UnsafeRedis {
		if err = s.store.CheckDurability(ctx); err != nil {
			return nil, err
		}
	}
	if err = s.store.CheckRestored(ctx); err != nil {
		return nil, err
	}
	// The first message must not be the one that waits for 50,000 people to be read.
	if _, err = s.store.Directory(ctx); err != nil {
		return nil, err
	}

	// The use cases: chat, browser and clock share them.
	guard := &echowall.Guard{Roster: s.store, Access: s.store}
	s.wishes = &echowall.Wishes{Store: s.store, Contacts: s.store, Guard: guard, Calendar: calendar, Now: s.now}
	s.people = &echowall.People{Store: s.store, Roster: s.store, Access: s.store, Sessions: s.store, Now: s.now}
	started, err := s.store.Started(ctx, calendar.Today(s.now()))
	if err != nil {
		return nil, err
	}
	s.study = &echowall.Study{Store: s.store, Guard: guard, Syllabus: s.pack.Syllabus(started, calendar), Calendar: calendar, Now: s.now}
	notices := &echowall.Notices{Store: s.store, Guard: guard, Calendar: calendar, Now: s.now}
	duty := &echowall.Duty{Store: s.store, Guard: guard, Calendar: calendar, Now: s.now}

	s.erasure = newErasure(s.store, s.now)
	s.eraser = eraser{erasure: s.erasure, logger: s.logger}

	// The way out to the platform, and the pages that messages link to.
	if s.client, err = wechat.NewClient(wechat.Config{
		AppID: c.AppID, AppSecret: c.AppSecret, Type: c.Account, APIURL: c.APIURL, MPURL: c.MPURL, OpenURL: c.OpenURL,
		Redis: s.store.Redis(), KeyPrefix: s.store.KeyPrefix(), Now: s.now,
	}); err != nil {
		return nil, err
	}
	pageKey, err := hkdf.Key(sha256.New, c.SecretKey, nil, "echowall pages "+c.AppID, 32)
	if err != nil {
		return nil, err
	}
	s.signer = web.NewSigner(pageKey, c.PublicURL, s.now)

	logins := s.newLogins(guard)
	replies := s.client.Can(wechat.FeatureKF)
	app := &handlers.App{
		Pack: s.pack, Wishes: s.wishes, Study: s.study, Notices: notices, People: s.people, Duty: duty,
		Access: &echowall.AccessLog{Store: s.store, Guard: guard, Now: s.now},
		Media:  s.store, Box: s.store, Fetch: s.fetch, Upload: s.upload,
		PageURL: s.signer.PageURL, WishURL: s.signer.WishURL, LessonURL: s.signer.LessonURL, MediaURL: s.signer.MediaURL,
		CaseURL: s.signer.CaseURL, Logins: logins,
		Erasure: s.erasure, OwnPages: s.client.Can(wechat.FeatureOAuth),
		Office: c.Office, Replies: replies, Agree: s.store.AcceptSubscription, Now: s.now,
		Templates: forChat(c.Templates.Templates), Subscriptions: forChat(c.Templates.Subscriptions),
	}
	router := app.Router()

	// What is owed is paid by delivery; a turn that owes wakes it.
	if s.delivery, err = delivery.New(delivery.Config{
		Ledger: s.store, Sender: s.client, Writer: app, Redis: s.store.Redis(), Account: c.AppID,
		Rules: echowall.Rules{
			Calendar: calendar, Replies: replies,
			Templates: forPlanner(c.Templates.Templates), Subscriptions: forPlanner(c.Templates.Subscriptions),
		},
		Now: s.now, Logger: s.logger,
	}); err != nil {
		return nil, err
	}
	s.bot = bot.New(bot.Config{
		Store: s.store, Router: router, Say: s.pack.Words.SayInChat, Now: s.now, Logger: s.logger, Woken: s.delivery.Wake,
	})
	s.clock = &schedule.Clock{
		Jobs: schedule.Table(schedule.Rules{
			Study: s.study, Duty: duty, Calendar: calendar, Places: s.store, Logger: s.logger,
			Retention: &echowall.Retention{Store: s.store, Erasure: s.erasure, Now: s.now},
		}),
		Ledger: s.store, Location: c.Location, Now: s.now, Logger: s.logger,
	}
	if err = s.clock.Validate(); err != nil {
		return nil, err
	}

	// The ways in.
	callback := c.callback(s.bot)
	callback.Now, callback.Logger = s.now, s.logger
	if err = callback.Validate(); err != nil {
		return nil, err
	}
	pages, err := web.New(web.Config{
		Pack: s.pack, Wishes: s.wishes, Study: s.study, People: s.people, Media: s.store, Signer: s.signer,
		Phone: s.phone(), Console: s.console(logins, o.Rehearsal),
		Account: c.Office.Account, Now: s.now, Location: c.Location, Logger: s.logger,
		Ready: s.store.Ping, Metrics: s.writeMetrics, Callback: callback,
	})
	if err != nil {
		return nil, err
	}
	s.handler = pages.Handler()
	return s, nil
}

// start begins to work and to listen. What pays debts starts before what makes them; the way in opens last.
func (s *service) start(ctx context.Context, l net.Listener, h http.Handler) error {
	ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	if err := s.delivery.Start(ctx); err != nil {
		return err
	}
	s.eraser.start(ctx)
	s.bot.Start()
	if err := s.clock.Start(); err != nil {
		return err
	}
	s.server = &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		IdleTimeout:       90 * time.Second,
		ErrorLog:          slog.NewLogLogger(s.logger.Handler(), slog.LevelWarn),
	}
	s.server.RegisterOnShutdown(s.live.Close) // open streams would keep it waiting
	s.served = make(chan error, 1)
	go func() { s.served <- s.server.Serve(l) }()
	return nil
}

// shutdown stops in the order of start reversed: first nothing new comes in, then what runs is finished,
// then what is owed stops being sent, and the store is closed when nobody needs it.
func (s *service) shutdown(ctx context.Context) error {
	var errs []error
	if s.server != nil {
		errs = append(errs, s.server.Shutdown(ctx))
		if err := <-s.served; !errors.Is(err, http.ErrServerClosed) {
			errs = append(errs, err)
		}
	}
	s.live.Close()
	s.clock.Stop()
	errs = append(errs, s.bot.Shutdown(ctx))
	s.eraser.end()
	if s.stop != nil {
		errs = append(errs, s.delivery.Shutdown(ctx))
		s.stop()
	}
	s.client.Close()
	errs = append(errs, s.store.Close())
	return errors.Join(errs...)
}

// fetch downloads a photo or voice. A platform that is busy is worth another delivery of the message; a
// file that is gone is not.
func (s *service) fetch(ctx context.Context, mediaID string) (string, []byte, error) {
	m, err := s.client.Download(ctx, mediaID)
	if pe, ok := echowall.AsPlatformError(err); ok {
		kind := echowall.KindNotFound
		if pe.Reaction == echowall.ReactRetry || pe.Reaction == echowall.ReactToken {
			kind = echowall.KindUnavailable
		}
		return "", nil, &echowall.Error{Kind: kind, Err: err}
	}
	return m.ContentType, m.Data, err
}

// upload gives a voice to the platform for a voice message.
func (s *service) upload(ctx context.Context, contentType string, data []byte) (string, error) {
	name := "lesson.amr"
	if contentType == "audio/mpeg" {
		name = "lesson.mp3"
	}
	return s.client.UploadTemp(ctx, wechat.MediaVoice, name, data)
}

// contentError names the first mistakes in the content.
func contentError(problems []content.Problem, err error) error {
	var b strings.Builder
	for i, p := range problems {
		if p.Severity == content.SeverityError && i < 20 {
			fmt.Fprintf(&b, "\n  %s", p)
		}
	}
	return fmt.Errorf("%w%s", err, b.String())
}
