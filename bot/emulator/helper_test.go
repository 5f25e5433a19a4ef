package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// bot is the smallest server of an account: it records what it got and answers
// what the test says.
type bot struct {
	answer func(r *http.Request, body []byte) (int, string)
}

func (b *bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	status, text := b.answer(r, body)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// start runs a platform with a callback that always acknowledges, until the
// test replaces it, and fails the test on violations nobody expected.
func start(t *testing.T, p *Platform) *bot {
	t.Helper()
	b := &bot{answer: func(*http.Request, []byte) (int, string) { return http.StatusOK, "success" }}
	server := httptest.NewServer(b)
	p.CallbackURL = server.URL + "/wechat"
	if err := p.Start(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		server.Close()
		for _, v := range p.Violations() {
			t.Errorf("violation: %s", v)
		}
	})
	return b
}

// answer is a decoded API answer.
type answer map[string]any

func (a answer) code() int {
	return a.int("errcode")
}

// int reads a number; 0 when there is none. Ids need all 64 bits.
func (a answer) int(name string) int {
	number, _ := a[name].(json.Number)
	n, _ := number.Int64()
	return int(n)
}

// sub reads an object inside.
func (a answer) sub(name string) answer {
	m, _ := a[name].(map[string]any)
	return m
}

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, beijing)

// caller calls the API with a stable token.
type caller struct {
	t     *testing.T
	p     *Platform
	token string
}

func newCaller(t *testing.T, p *Platform) *caller {
	t.Helper()
	c := &caller{t: t, p: p}
	c.refresh()
	return c
}

func (c *caller) refresh() {
	c.t.Helper()
	out := c.post("/cgi-bin/stable_token", map[string]any{
		"grant_type": "client_credential", "appid": c.p.Account.AppID, "secret": c.p.Account.Secret,
	})
	token, ok := out["access_token"].(string)
	if !ok {
		c.t.Fatalf("no token: %v", out)
	}
	c.token = token
}

func (c *caller) url(path string) string {
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	return c.p.URL() + path + separator + "access_token=" + c.token
}

func (c *caller) do(method, path, mime string, body []byte) (*http.Response, []byte) {
	c.t.Helper()
	req, err := http.NewRequest(method, c.url(path), bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if mime != "" {
		req.Header.Set("Content-Type", mime)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return res, data
}

func (c *caller) parse(data []byte) answer {
	c.t.Helper()
	out := answer{}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&out); err != nil {
		c.t.Fatalf("answer is no JSON: %q", data)
	}
	return out
}

func (c *caller) get(path string) answer {
	c.t.Helper()
	_, data := c.do(http.MethodGet, path, "", nil)
	return c.parse(data)
}

// raw posts a body as it is.
func (c *caller) raw(path, body string) answer {
	c.t.Helper()
	_, data := c.do(http.MethodPost, path, "application/json", []byte(body))
	return c.parse(data)
}

func (c *caller) post(path string, body any) answer {
	c.t.Helper()
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		c.t.Fatal(err)
	}
	return c.raw(path, buffer.String())
}

// want posts and demands an errcode.
func (c *caller) want(code int, path string, body any) answer {
	c.t.Helper()
	out := c.post(path, body)
	if out.code() != code {
		c.t.Errorf("%s answered %v, want errcode %d", path, out, code)
	}
	return out
}

// kf sends a text and returns the errcode.
func (c *caller) kf(openid, text string) int {
	c.t.Helper()
	return c.post("/cgi-bin/message/custom/send", map[string]any{
		"touser": openid, "msgtype": "text", "text": map[string]any{"content": text},
	}).code()
}

// expect takes the violations that the test provoked and checks that each
// wanted text occurs, and that there are no others.
func expect(t *testing.T, p *Platform, want ...string) {
	t.Helper()
	got := p.Violations()
	p.ClearViolations()
	if len(got) != len(want) {
		t.Errorf("violations %q, want %d", got, len(want))
		return
	}
	for i, text := range want {
		if !strings.Contains(got[i], text) {
			t.Errorf("violation %q, want %q", got[i], text)
		}
	}
}

// texts lists what a phone shows, one line a bubble.
func texts(ph *Phone) string {
	var lines []string
	for _, b := range ph.Chat() {
		lines = append(lines, fmt.Sprintf("%s %s %s", b.Via, b.Kind, b.Text))
	}
	return strings.Join(lines, "\n")
}

// plainReply is the XML of a text reply.
func plainReply(p *Platform, openid, text string) string {
	return "<xml><ToUserName><![CDATA[" + openid + "]]></ToUserName><FromUserName><![CDATA[" + p.Account.OriginalID +
		"]]></FromUserName><CreateTime>1790000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[" +
		text + "]]></Content></xml>"
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}
