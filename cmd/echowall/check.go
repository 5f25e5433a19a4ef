package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"echowall/bot/wechat"
	"echowall/content"
	"echowall/store"
)

// checkup runs one check after the other and says in plain words what it found.
type checkup struct {
	e      env
	failed int
}

func (u *checkup) say(what string, err error, hint string) bool {
	if err == nil {
		fmt.Fprintf(u.e.stdout, "ok    %s\n", what)
		return true
	}
	u.failed++
	fmt.Fprintf(u.e.stdout, "WRONG %s: %v\n", what, err)
	if hint != "" {
		fmt.Fprintf(u.e.stdout, "      %s\n", hint)
	}
	return false
}

func runCheck(ctx context.Context, e env, args []string) error {
	f := flags(e, "check")
	configFile := f.String("config", "", "file of ECHOWALL_… lines")
	if err := parse(f, args, 0, 0); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	u := &checkup{e: e}
	set, err := newSettings(e.getenv, *configFile)
	if err != nil {
		return err
	}
	c, err := readConfig(set, false)
	if !u.say("configuration", err, "README lists every variable with an example") {
		return fmt.Errorf("nothing else can be checked before that")
	}
	pack, problems, err := content.Open(c.ContentDir)
	if err != nil {
		err = contentError(problems, err)
	}
	if u.say("content", err, "echowall content check DIR shows warnings too") {
		for _, w := range pack.Calendar(c.Location).Warnings(time.Now()) {
			fmt.Fprintf(e.stdout, "note  %s\n", w)
		}
	}
	u.checkPlatform(ctx, c, u.checkRedis(ctx, c))
	u.checkCallback(ctx, c)
	if u.failed > 0 {
		return fmt.Errorf("%d things are wrong", u.failed)
	}
	return nil
}

func (u *checkup) checkRedis(ctx context.Context, c config) *store.Store {
	s, err := store.Open(ctx, store.Config{URL: c.RedisURL, Account: c.AppID, Secret: c.SecretKey})
	if !u.say("Redis answers", err, "look at ECHOWALL_REDIS_URL, the password and the firewall") {
		return nil
	}
	u.say("Redis keeps what it acknowledges", s.CheckDurability(ctx), "")
	u.say("no half-finished restore", s.CheckRestored(ctx), "")
	if waits, err := s.RewriteWaits(ctx); u.say("journal of erasures can be read", err, "") && waits {
		fmt.Fprintln(u.e.stdout, "note  what was erased lately is still in the append-only file of Redis; the running service has it rewritten")
	}
	counts, err := s.DebtCounts(ctx)
	if u.say("owed ledger can be read", err, "") && counts.Dead+counts.Unknown > 0 {
		fmt.Fprintf(u.e.stdout, "note  %d messages gave up and %d have an unknown outcome: echowall owed\n", counts.Dead, counts.Unknown)
	}
	return s
}

func (u *checkup) checkPlatform(ctx context.Context, c config, s *store.Store) {
	if s == nil {
		return
	}
	defer s.Close()
	client, err := openClient(c, s)
	if !u.say("platform client", err, "") {
		return
	}
	defer client.Close()
	life, err := client.CheckToken(ctx)
	if !u.say("access token", err, "40164: put this machine's address on the IP list; 40125: the AppSecret is wrong") {
		return
	}
	fmt.Fprintf(u.e.stdout, "note  token lives for %s more\n", life.Round(time.Second))
	_, err = client.CallbackIPs(ctx)
	u.say("API calls are answered", err, "")
	if client.Can(wechat.FeatureMenu) {
		menu, err := client.MenuGet(ctx)
		if u.say("menu can be read", err, "") && len(menu) == 0 {
			fmt.Fprintln(u.e.stdout, "note  the account has no menu yet: echowall menu push")
		}
	}
	for _, f := range []wechat.Feature{wechat.FeatureKF, wechat.FeatureTemplate, wechat.FeatureNotice, wechat.FeatureOAuth, wechat.FeatureQR} {
		if !client.Can(f) {
			fmt.Fprintf(u.e.stdout, "note  accounts of type %s have no %s\n", c.Account, f)
		}
	}
}

// checkCallback asks our own public address the way the platform would, from inside; what stands between
// the platform and us it cannot see.
func (u *checkup) checkCallback(ctx context.Context, c config) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.PublicURL+"/wechat?"+wechat.VerificationQuery(c.Token, time.Now(), "echowall-check"), nil)
	if err != nil {
		u.say("callback", err, "")
		return
	}
	res, err := http.DefaultClient.Do(req)
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err // without the signed address
	}
	if err == nil {
		defer res.Body.Close()
		body := make([]byte, 64)
		n, _ := res.Body.Read(body)
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(string(body[:n]), "echowall-check") {
			err = fmt.Errorf("%s/wechat answers %s", c.PublicURL, res.Status)
		}
	}
	u.say("callback answers at "+c.PublicURL+"/wechat", err, "is the service running, and does the proxy pass /wechat on?")
}
