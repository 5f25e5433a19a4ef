package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"echowall"
	"echowall/bot/wechat"
	"echowall/handlers"
)

// config is everything the service is told from outside; README has the same table.
type config struct {
	Addr       string         // where to listen; default 127.0.0.1:8080
	PublicURL  string         // address people's phones reach, without a path
	RedisURL   string         // see store.Config.URL
	SecretKey  []byte         // at least 32 bytes
	ContentDir string         // laid over the built-in content; may be empty
	Location   *time.Location // default Asia/Shanghai

	AppID, AppSecret, Token string
	AESKey, PreviousAESKey  string
	Mode                    wechat.Mode
	OriginalID              string
	Account                 wechat.AccountType
	APIURL, MPURL, OpenURL  string

	Office    handlers.Office // who runs the account, as people read it
	Templates templates       // approved by the platform; may be empty
}

// settings reads variables from a file of NAME=value lines, if one is given, and from the environment,
// which wins.
type settings struct {
	file   map[string]string
	lines  map[string]int // where the file says it
	asked  map[string]bool
	path   string
	getenv func(string) string
	errs   []error
}

func newSettings(getenv func(string) string, path string) (*settings, error) {
	s := &settings{getenv: getenv, path: path, file: map[string]string{}, lines: map[string]int{}, asked: map[string]bool{}}
	if path == "" {
		return s, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok || !strings.HasPrefix(name, "ECHOWALL_") {
			return nil, fmt.Errorf("%s:%d: expected ECHOWALL_NAME=value", path, n)
		}
		name = strings.TrimSpace(name)
		s.file[name], s.lines[name] = strings.Trim(strings.TrimSpace(value), `"`), n
	}
	return s, lines.Err()
}

func (s *settings) get(name string) string {
	s.asked["ECHOWALL_"+name] = true
	if v := s.getenv("ECHOWALL_" + name); v != "" {
		return v
	}
	return s.file["ECHOWALL_"+name]
}

func (s *settings) fail(name, what string) {
	s.errs = append(s.errs, fmt.Errorf("ECHOWALL_%s %s", name, what))
}

// unknown complains about lines of the file that nothing asked for: a typing mistake must not look like a
// default.
func (s *settings) unknown() {
	for _, name := range slices.SortedFunc(maps.Keys(s.lines), func(a, b string) int { return s.lines[a] - s.lines[b] }) {
		if !s.asked[name] {
			s.errs = append(s.errs, fmt.Errorf("%s:%d: there is no variable %s; README lists them", s.path, s.lines[name], name))
		}
	}
}

func (s *settings) need(name, why string) string {
	v := s.get(name)
	if v == "" {
		s.fail(name, "is not set: "+why)
	}
	return v
}

func (s *settings) or(name, otherwise string) string {
	if v := s.get(name); v != "" {
		return v
	}
	return otherwise
}

// readConfig reads and checks everything at once, so that one run names every mistake. Redis is not needed
// when the service brings its own.
func readConfig(s *settings, embedded bool) (config, error) {
	c := config{
		Addr:           s.or("ADDR", "127.0.0.1:8080"),
		PublicURL:      strings.TrimSuffix(s.need("PUBLIC_URL", "the address that people's phones reach, such as https://wall.example.org"), "/"),
		ContentDir:     s.get("CONTENT_DIR"),
		AppID:          s.need("WECHAT_APP_ID", "the AppID on the platform's page"),
		AppSecret:      s.need("WECHAT_APP_SECRET", "the AppSecret on the platform's page"),
		Token:          s.need("WECHAT_TOKEN", "the Token you typed on the platform's page"),
		AESKey:         s.get("WECHAT_AES_KEY"),
		PreviousAESKey: s.get("WECHAT_PREVIOUS_AES_KEY"),
		OriginalID:     s.need("WECHAT_ORIGINAL_ID", "the account's original id, gh_…"),
		APIURL:         s.get("WECHAT_API_URL"),
		MPURL:          s.get("WECHAT_MP_URL"),
		OpenURL:        s.get("WECHAT_OPEN_URL"),
		Office: handlers.Office{
			Account:  s.or("OFFICE_ACCOUNT", "回音壁"),
			Operator: s.get("OFFICE_OPERATOR"),
			Contact:  s.get("OFFICE_CONTACT"),
			Hours:    s.get("OFFICE_HOURS"),
		},
	}
	if c.RedisURL = s.get("REDIS_URL"); !embedded {
		s.need("REDIS_URL", "the address of Redis, such as redis://:password@127.0.0.1:6379/0, or start with -embedded")
	}
	if key := s.need("SECRET_KEY", "64 hex digits, from: openssl rand -hex 32"); key != "" {
		b, err := hex.DecodeString(key)
		if err != nil || len(b) < 32 {
			s.fail("SECRET_KEY", "must be at least 64 hex digits; make one with: openssl rand -hex 32")
		}
		c.SecretKey = b
	}
	if c.PublicURL != "" {
		if u, err := url.Parse(c.PublicURL); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.Path != "" {
			s.fail("PUBLIC_URL", "must look like https://wall.example.org, without a path")
		}
	}
	var err error
	if c.Location, err = time.LoadLocation(s.or("TIMEZONE", "Asia/Shanghai")); err != nil {
		s.fail("TIMEZONE", "is not a time zone such as Asia/Shanghai")
	}
	if c.Mode, err = wechat.ParseMode(s.or("WECHAT_MODE", "safe")); err != nil {
		s.fail("WECHAT_MODE", "must be safe, compat or plain, as on the platform's page")
	}
	if c.Account, err = wechat.ParseAccountType(s.or("WECHAT_ACCOUNT", "service+verified")); err != nil {
		s.fail("WECHAT_ACCOUNT", err.Error())
	}
	if c.Templates, err = readTemplates(s.get("TEMPLATES_FILE")); err != nil {
		s.fail("TEMPLATES_FILE", err.Error())
	}
	if c.Mode != wechat.ModePlain && c.AESKey == "" {
		s.fail("WECHAT_AES_KEY", "is not set: the EncodingAESKey on the platform's page; only plain mode does without")
	}
	s.unknown()
	if len(s.errs) == 0 { // what is missing is named above; the rest is how it is written
		if err := c.callback(nobody{}).Validate(); err != nil {
			s.errs = append(s.errs, err)
		}
	}
	return c, errors.Join(s.errs...)
}

// callback is the way in that the configuration describes.
func (c config) callback(r wechat.Receiver) *wechat.Callback {
	return &wechat.Callback{
		AppID: c.AppID, Token: c.Token, AESKey: c.AESKey, PreviousAESKey: c.PreviousAESKey, OriginalID: c.OriginalID,
		Mode: c.Mode, Receiver: r,
	}
}

// nobody stands in for the bot while only the settings are looked at.
type nobody struct{}

func (nobody) Receive(context.Context, *wechat.Push) ([]byte, error) {
	return nil, echowall.Errorf(echowall.KindUnavailable, "nobody is here yet")
}
