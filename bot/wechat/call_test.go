package wechat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"echowall"
)

// kfOutcome sends one message through a client whose token is already there.
func kfOutcome(t *testing.T, h *apiHost, change ...func(*Config)) *echowall.PlatformError {
	t.Helper()
	c := h.client(t, change...)
	if _, err := c.GetAccessTokenContext(within(t)); err != nil {
		t.Fatal(err)
	}
	return platformError(t, c.SendKF(within(t), testOpenID, hello))
}

func brief(c *Config) { c.Timeout = 100 * time.Millisecond }

// hangUp closes the connection without an answer.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// untilGone reads the request and never answers.
func untilGone(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func TestUnknownOutcomes(t *testing.T) {
	status := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			_, _ = io.WriteString(w, body)
		}
	}
	tests := []struct {
		name     string
		handler  http.HandlerFunc
		unknown  bool
		reaction echowall.Reaction
	}{
		{"no answer in time", untilGone, true, echowall.ReactRetry},
		{"hung up", hangUp, true, echowall.ReactRetry},
		{"gateway page", status(502, "<html>Bad Gateway</html>"), true, echowall.ReactRetry},
		{"gateway time-out", status(504, ""), true, echowall.ReactRetry},
		{"redirect", status(302, ""), true, echowall.ReactRetry},
		{"success page that is no JSON", status(200, "<html>"), true, echowall.ReactRetry},
		{"empty answer", status(200, ""), true, echowall.ReactRetry},
		{"cut in the middle", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"errcode":0`)
		}, true, echowall.ReactRetry},
		{"not found", status(404, "no"), false, echowall.ReactBadRequest},
		{"too many", status(429, "no"), false, echowall.ReactRetry},
		{"refused with an error status", status(500, `{"errcode":45015,"errmsg":"x"}`), false, echowall.ReactUnreachable},
		{"busy", status(200, `{"errcode":-1,"errmsg":"system error"}`), false, echowall.ReactRetry},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newAPIHost(t)
			h.handle(kfPath, tt.handler)
			pe := kfOutcome(t, h, brief)
			if pe.Unknown != tt.unknown || pe.Reaction != tt.reaction {
				t.Errorf("unknown %v, reaction %s: %v", pe.Unknown, pe.Reaction, pe)
			}
			h.only(t, kfPath) // a send is never repeated by itself
		})
	}
}

func TestTimeoutIsRecognisable(t *testing.T) {
	h := newAPIHost(t)
	h.handle(kfPath, untilGone)
	if pe := kfOutcome(t, h, brief); !errors.Is(pe, context.DeadlineExceeded) {
		t.Errorf("%v is not recognised as a time-out", pe)
	}
}

// TestNothingLeft: failures before the request left are plain retries.
func TestNothingLeft(t *testing.T) {
	t.Run("nobody listens", func(t *testing.T) {
		h := newAPIHost(t)
		c := h.client(t)
		if _, err := c.GetAccessTokenContext(within(t)); err != nil {
			t.Fatal(err)
		}
		h.Close()
		c.http.CloseIdleConnections()
		pe := platformError(t, c.SendKF(within(t), testOpenID, hello))
		if pe.Unknown || pe.Reaction != echowall.ReactRetry {
			t.Errorf("got %v", pe)
		}
	})
	t.Run("connecting takes too long", func(t *testing.T) {
		h := newAPIHost(t)
		dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, errors.New("plain failure, not a dial error")
		}
		c := h.client(t, brief, func(cfg *Config) {
			cfg.HTTP = &http.Client{Transport: &http.Transport{DialContext: dial}}
		})
		c.token.value, c.token.until = "t", time.Now().Add(time.Hour)
		if pe := platformError(t, c.SendKF(within(t), testOpenID, hello)); pe.Unknown {
			t.Errorf("got %v", pe)
		}
	})
	t.Run("a transport that tells nothing is assumed to have sent", func(t *testing.T) {
		c := newAPIHost(t).client(t, func(cfg *Config) {
			cfg.HTTP = &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, io.EOF })}
		})
		c.token.value, c.token.until = "t", time.Now().Add(time.Hour)
		if pe := platformError(t, c.SendKF(within(t), testOpenID, hello)); !pe.Unknown {
			t.Errorf("got %v", pe)
		}
	})
	t.Run("the token could not be had", func(t *testing.T) {
		h := newAPIHost(t)
		h.handle(stableTokenPath, hangUp)
		if pe := platformError(t, h.client(t).SendKF(within(t), testOpenID, hello)); pe.Unknown {
			t.Errorf("got %v", pe)
		}
	})
}

// TestReadsAreNeverUnknown: asking twice harms nobody.
func TestReadsAreNeverUnknown(t *testing.T) {
	h := newAPIHost(t)
	c := h.client(t, brief)
	for path, call := range map[string]func() error{
		userInfoPath:   func() error { _, err := c.UserInfo(within(t), testOpenID); return err },
		userBatchPath:  func() error { _, err := c.UserInfoBatch(within(t), []echowall.OpenID{testOpenID}); return err },
		massStatusPath: func() error { _, err := c.MassStatus(within(t), 1); return err },
	} {
		h.handle(path, hangUp)
		if pe := platformError(t, call()); pe.Unknown || pe.Reaction != echowall.ReactRetry {
			t.Errorf("%s: %v", path, pe)
		}
	}
}

func TestAnswersAreBounded(t *testing.T) {
	for _, announced := range []bool{true, false} {
		h := newAPIHost(t)
		sent := make(chan int, 1)
		h.handle(followersPath, func(w http.ResponseWriter, _ *http.Request) {
			if announced {
				w.Header().Set("Content-Length", fmt.Sprint(64<<20))
			}
			block, n := bytes.Repeat([]byte(" "), 1<<16), 0
			for n < 64<<20 {
				k, err := w.Write(block)
				if n += k; err != nil {
					break
				}
			}
			sent <- n
		})
		pe := platformError(t, h.client(t).Followers(within(t), func([]echowall.OpenID) error { return nil }))
		if pe.Reaction != echowall.ReactBadRequest || !errors.Is(pe, errTooLarge) {
			t.Errorf("got %v", pe)
		}
		if n := <-sent; n >= 64<<20 {
			t.Error("all 64 MiB were taken")
		}
	}
}

func TestConnectionIsUsedAgain(t *testing.T) {
	h := newAPIHost(t)
	h.answer(kfPath, `{"errcode":0,"errmsg":"ok"}`)
	opened := 0
	srv := httptest.NewUnstartedServer(h.Config.Handler)
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			opened++
		}
	}
	srv.Start()
	defer srv.Close()
	c := h.client(t, func(cfg *Config) { cfg.APIURL = srv.URL })
	for i := range 20 {
		if i%2 == 1 {
			h.answer(kfPath, `{"errcode":45015,"errmsg":"x"}`)
		} else {
			h.answer(kfPath, `{"errcode":0,"errmsg":"ok"}`)
		}
		_ = c.SendKF(within(t), testOpenID, hello)
	}
	if opened != 1 {
		t.Errorf("%d connections for 21 requests", opened)
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	h := newAPIHost(t)
	h.handle(kfPath, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere?"+r.URL.RawQuery, http.StatusTemporaryRedirect)
	})
	_ = kfOutcome(t, h)
	if n := len(h.to("/elsewhere")); n != 0 {
		t.Error("the token was carried elsewhere")
	}
}

// texts lists everything an error can be made to say.
func texts(err error) string {
	var b strings.Builder
	for e := err; e != nil; e = errors.Unwrap(e) {
		fmt.Fprintf(&b, "%v %+v %#v\n", e, e, e)
	}
	return b.String()
}

// TestNoSecretInErrors makes every call fail in every way that is at hand and looks for secrets in what the
// errors say, wrapped causes included.
func TestNoSecretInErrors(t *testing.T) {
	h := newAPIHost(t)
	h.answer(stableTokenPath, `{"access_token":"sh0rt-T0ken","expires_in":7200}`)
	const mediaID, code, ticket = "s3cret+Media", "s3cret/Code", "s3cret=Ticket"
	const who = "o+short/one" // no long word: hidden because the call names it
	people := []echowall.OpenID{testOpenID, who}
	calls := func(c *Client) []error {
		ctx := within(t)
		var errs []error
		add := func(err error) { errs = append(errs, err) }
		add(c.SendKF(ctx, who, hello))
		add(c.SendTyping(ctx, who, true))
		tm := echowall.TemplateMessage{ID: "t", Fields: []echowall.NamedText{{Name: "a", Value: "b"}}}
		_, err := c.SendTemplate(ctx, who, tm)
		add(err)
		add(c.SendSubscription(ctx, who, tm))
		_, err = c.MassByOpenIDs(ctx, people, MassContent{Text: "x"}, "key")
		add(err)
		add(c.MassPreview(ctx, who, MassContent{Text: "x"}))
		_, err = c.UploadTemp(ctx, MediaImage, "/home/secretfolder/a.png", []byte("x"))
		add(err)
		_, err = c.Download(ctx, mediaID)
		add(err)
		_, err = c.QRImage(ctx, ticket)
		add(err)
		add(c.TagUsers(ctx, 1, people))
		_, err = c.UserInfo(ctx, who)
		add(err)
		_, err = c.UserInfoBatch(ctx, people)
		add(err)
		_, _, err = c.OAuthExchange(ctx, code)
		add(err)
		_, err = c.JSConfig(ctx, "https://example.org/m")
		add(err)
		_, err = c.CheckToken(ctx)
		add(err)
		return errs
	}
	secrets := []string{testSecret, "sh0rt-T0ken", string(testOpenID), who, mediaID, code, ticket, "secretfolder", "http://"}
	for _, s := range secrets {
		secrets = append(secrets, url.QueryEscape(s))
	}
	check := func(name string, errs []error) {
		for i, err := range errs {
			if err == nil {
				continue
			}
			platformError(t, err)
			said := texts(err)
			for _, secret := range secrets {
				if strings.Contains(said, secret) {
					t.Errorf("%s, call %d tells %q: %s", name, i, secret, said)
				}
			}
		}
	}
	all := []string{
		kfPath, "/cgi-bin/message/custom/typing", templatePath, noticePath, massListPath, massPreviewPath, uploadTempPath,
		downloadPath, showQRPath, tagPath, userInfoPath, userBatchPath, oauthPath, ticketPath,
	}
	// The platform quotes everything it was given.
	quoting := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		msg, _ := encodeJSON(fmt.Sprintf("bad %s %s", r.URL.RawQuery, body))
		fmt.Fprintf(w, `{"errcode":40003,"errmsg":%s}`, msg)
	}
	for name, handler := range map[string]http.HandlerFunc{"quoted": quoting, "hung up": hangUp, "missing": http.NotFound} {
		for _, path := range all {
			h.handle(path, handler)
		}
		check(name, calls(h.client(t)))
	}
	h.handle(stableTokenPath, quoting)
	check("token quoted", calls(h.client(t)))
	h.handle(stableTokenPath, hangUp)
	check("token hung up", calls(h.client(t)))
	h.Close()
	check("closed", calls(h.client(t)))
	// A transport whose own error quotes the address.
	check("talkative transport", calls(h.client(t, func(c *Config) {
		c.HTTP = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("proxy said no to %s: %w", r.URL.RequestURI(), os.ErrDeadlineExceeded)
		})}
	})))
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRedactKeepsWhatHelps(t *testing.T) {
	c := newAPIHost(t).client(t)
	for given, want := range map[string]string{
		"invalid ip 10.1.2.3 ipv6 ::ffff:10.1.2.3, not in whitelist rid: 6510fcad-3d8ae261-25861ec2": "invalid ip 10.1.2.3 ipv6 ::ffff:10.1.2.3, not in whitelist rid: 6510fcad-3d8ae261-25861ec2",
		"argument invalid! data.thing1.value is empty":                                               "argument invalid! data.thing1.value is empty",
		"user oLVPpjqs9BhvzwPj5A-vTYAX3GLc gone":                                                     "user (hidden) gone",
		"line\nbreak\x00":                                                                            "line break",
		testSecret + "!":                                                                             "(hidden)!",
	} {
		if got := c.redact(given, &request{}, ""); got != want {
			t.Errorf("redact(%q) = %q, want %q", given, got, want)
		}
	}
	if got := c.redact(strings.Repeat("字 ", 1000), &request{}, ""); len(got) > maxMessage+3 || !strings.HasSuffix(got, "…") {
		t.Errorf("long text kept: %d bytes", len(got))
	}
}
