package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"echowall/bot/emulator"
	"echowall/bot/wechat"
	"echowall/content"
	"echowall/handlers"
	"echowall/store"
)

// demoStart is the hour at which a demo begins when no -clock is given: ten minutes before the morning
// lesson, and just after the quiet hours.
const demoStartHour, demoStartMinute = 7, 30

func runDemo(ctx context.Context, e env, args []string) error {
	f := flags(e, "demo")
	addr := f.String("addr", "127.0.0.1:8080", "where to listen; port 0 takes a free one")
	data := f.String("data", "", "directory to keep the demo in; empty means all is gone at the end")
	at := f.String("clock", "", "what time it is, like 2026-11-23T07:30")
	if err := parse(f, args, 0, 0); err != nil {
		return err
	}
	start, err := demoStart(*at)
	if err != nil {
		return err
	}
	d, err := newDemo(ctx, demoConfig{Addr: *addr, Data: *data, Start: start, Logger: slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "Echo Wall demo\n  start here    %s/\n  public wall   %s/wall\n  phones        %s/phone/\n  callback      %s/wechat\n", d.url, d.url, d.url, d.url)
	if !d.redis.Durable() {
		fmt.Fprintln(e.stdout, "No redis-server on PATH: this demo keeps everything in memory, and all is gone at its end.")
	} else if *data == "" {
		fmt.Fprintln(e.stdout, "Without -data DIR everything is removed at the end.")
	}
	fmt.Fprintln(e.stdout, "Stop with Ctrl-C.")
	select {
	case <-ctx.Done():
	case err = <-d.service.served:
		d.service.served <- err
	}
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownPatience)
	defer cancel()
	return d.close(patience)
}

// demoStart reads -clock; without it the demo begins in the morning of the next workday, today included.
func demoStart(text string) (time.Time, error) {
	location, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		return time.Time{}, err
	}
	if text == "" {
		pack, problems, err := content.Open("")
		if err != nil {
			return time.Time{}, contentError(problems, err)
		}
		calendar := pack.Calendar(location)
		day := calendar.Today(time.Now())
		if !calendar.IsWorkday(day) {
			day = calendar.NextWorkday(day)
		}
		return day.At(demoStartHour, demoStartMinute, location), nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, location); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usagef("-clock %q is not a time like 2026-11-23T07:30", text)
}

// demoConfig is what a demo is started with.
type demoConfig struct {
	Addr   string
	Data   string
	Start  time.Time
	Logger *slog.Logger
}

// demo is a whole district on this machine: an embedded Redis, the emulated platform and the service.
type demo struct {
	url      string
	kept     bool // what happens here is there at the next start
	clock    *clock
	redis    *store.Embedded
	platform *emulator.Platform
	service  *service
	district *district
}

// newDemo starts everything; close ends it.
func newDemo(ctx context.Context, c demoConfig) (_ *demo, err error) {
	d := &demo{clock: newClock(c.Start)}
	if d.district, err = readDistrict(); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return nil, fmt.Errorf("-addr: %w", err)
	}
	defer func() {
		if err != nil {
			l.Close()
			d.closeParts()
		}
	}()
	d.url = "http://" + l.Addr().String()
	if d.redis, err = store.StartEmbedded(ctx, store.EmbeddedConfig{Dir: c.Data, Logger: c.Logger}); err != nil {
		return nil, err
	}
	d.kept = d.redis.Durable() && c.Data != ""
	secret, err := demoSecret(c.Data)
	if err != nil {
		return nil, err
	}
	d.platform = &emulator.Platform{
		Account:   emulator.Account{Name: "柳桥回音壁", Type: emulator.SV, Mode: emulator.Safe},
		PublicURL: d.url,
		Now:       d.clock.Now,
		OnViolation: func(what string) {
			c.Logger.Error("the emulated platform was called wrongly", "what", what)
		},
	}
	api := d.platform.Handler()
	account := d.platform.Account
	if d.service, err = newService(ctx, config{
		PublicURL: d.url, RedisURL: d.redis.URL(), SecretKey: secret, Location: c.Start.Location(),
		AppID: account.AppID, AppSecret: account.Secret, Token: account.Token, AESKey: account.AESKey,
		Mode: wechat.ModeSafe, OriginalID: account.OriginalID, Account: wechat.AccountServiceVerified,
		APIURL: d.url, MPURL: d.url, OpenURL: d.url,
		Office: handlers.Office{Account: account.Name, Operator: "柳桥区人大代表联络站（演示）", Contact: "0571-55501000", Hours: "工作日 8:30–17:30"},
	}, options{Now: d.clock.Now, Logger: c.Logger, UnsafeRedis: !d.redis.Durable(), Rehearsal: true}); err != nil {
		return nil, err
	}
	d.clock.OnMove(d.service.clock.Wake)
	d.clock.OnMove(d.service.delivery.Wake)
	if done, err := d.service.seeded(ctx); err != nil {
		return nil, err
	} else if !done {
		if err := d.service.seed(ctx, d.district); err != nil {
			return nil, err
		}
	}
	if err = d.service.start(ctx, l, d.routes(api)); err != nil {
		return nil, err
	}
	d.platform.SetCallback(d.url + "/wechat")
	if err = d.settle(ctx); err != nil {
		return nil, err
	}
	return d, nil
}

// settle verifies the callback, puts up the menu and lets everybody follow, as an operator and forty people
// would.
func (d *demo) settle(ctx context.Context) error {
	if err := d.platform.Verify(ctx); err != nil {
		return err
	}
	if err := d.service.client.MenuPush(ctx, menuButtons(d.service.pack.Menu.Buttons, d.url)); err != nil {
		return err
	}
	var g errgroup.Group
	g.SetLimit(4)
	for _, p := range d.district.People {
		g.Go(func() error {
			phone := d.platform.Phone(p.OpenID)
			if phone.Follow(ctx).Outcome == emulator.Failed {
				return fmt.Errorf("%s could not follow the account", p.OpenID)
			}
			if p.Says != "" && phone.Say(ctx, p.Says).Outcome == emulator.Failed {
				return fmt.Errorf("%s got no answer", p.OpenID)
			}
			return nil
		})
	}
	return g.Wait()
}

// routes puts service, platform, phones and the demo's own page under one address.
func (d *demo) routes(api http.Handler) http.Handler {
	phones := d.platform.Phones(d.phonesOptions())
	page := d.page().Handler()
	own := ownJar(d.service.handler)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		switch {
		case path == "/", path == "/clock", strings.HasPrefix(path, "/demo/"):
			page.ServeHTTP(w, r)
		case strings.HasPrefix(path, "/phone/"):
			phones.ServeHTTP(w, r)
		case strings.HasPrefix(path, "/m/"):
			own.ServeHTTP(w, r)
		case servedByUs(path):
			d.service.handler.ServeHTTP(w, r)
		default:
			api.ServeHTTP(w, r)
		}
	})
}

// servedByUs reports whether a path is the service's; all others are the emulated platform's.
func servedByUs(path string) bool {
	for _, p := range []string{"/wechat", "/wall", "/m/", "/console/", "/static/", "/healthz", "/readyz", "/metrics"} {
		if path == strings.TrimSuffix(p, "/") || strings.HasPrefix(path, strings.TrimSuffix(p, "/")+"/") {
			return true
		}
	}
	return false
}

// close ends the demo in the order in which its parts depend on each other.
func (d *demo) close(ctx context.Context) error {
	d.platform.Change(func(p *emulator.Platform) { p.CallbackURL = "" })
	errs := []error{d.platform.Close(), d.service.shutdown(ctx)}
	d.redis.Close()
	return errors.Join(errs...)
}

// closeParts undoes a start that failed half-way.
func (d *demo) closeParts() {
	if d.service != nil {
		ctx, cancel := context.WithTimeout(context.Background(), shutdownPatience)
		defer cancel()
		_ = d.service.shutdown(ctx)
	}
	if d.platform != nil {
		_ = d.platform.Close()
	}
	if d.redis != nil {
		d.redis.Close()
	}
}

// demoSecret is random for a demo that is gone at its end, and kept beside the data of one that is not.
func demoSecret(dir string) ([]byte, error) {
	key := make([]byte, 32)
	rand.Read(key)
	if dir == "" {
		return key, nil
	}
	path := filepath.Join(dir, "secret.key")
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return key, os.WriteFile(path, []byte(hex.EncodeToString(key)+"\n"), 0o600)
	case err != nil:
		return nil, err
	}
	if key, err = hex.DecodeString(strings.TrimSpace(string(text))); err != nil || len(key) < 32 {
		return nil, fmt.Errorf("%s does not hold 64 hex digits", path)
	}
	return key, nil
}

// people lists who can be put on a phone.
func (d *demo) phonesOptions() emulator.PhonesOptions {
	o := emulator.PhonesOptions{Embedded: true}
	for _, p := range d.district.People {
		o.People = append(o.People, emulator.PhonePerson{OpenID: p.OpenID, Name: p.Name, Note: p.Note})
	}
	return o
}

// page is the demo's own page.
func (d *demo) page() *demoPage {
	page := &demoPage{
		Now: d.clock.Now, Calendar: d.service.wishes.Calendar, Move: d.move, Durable: d.kept, Wall: "/wall",
	}
	for _, s := range []struct{ seat, role, note string }{
		{"resident", "居民", "提心愿，看结果"}, {"member", "党员", "一天一课，一题"},
		{"secretary", "书记", "发通知，收回执"}, {"liaison", "联络员", "签收，答复"},
	} {
		if p, ok := d.district.seat(s.seat); ok {
			page.Seats = append(page.Seats, demoSeat{Role: s.role, Note: s.note, OpenID: p.OpenID, Name: p.Name})
		}
	}
	for _, p := range d.district.People {
		page.Everyone = append(page.Everyone, demoSeat{OpenID: p.OpenID, Name: p.Name, Note: p.Note})
	}
	return page
}
