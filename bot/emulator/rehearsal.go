package emulator

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"
)

// rehearsal is the page from which an operator rehearses against the platform.
type rehearsal struct {
	p *Platform

	mu   sync.Mutex
	said string // outcome of the last button
	bad  bool
}

// RehearsalHandler serves everything on one address: the API, the phones and,
// at /, a page with the values to configure a server with, buttons that move
// the clock and disturb, and the last pushes and calls.
func (p *Platform) RehearsalHandler(o PhonesOptions) http.Handler {
	h := &rehearsal{p: p}
	s := p.newPhones(o)
	own := http.NewServeMux()
	own.HandleFunc("GET /{$}", h.page)
	for name, act := range map[string]func(*http.Request) (string, error){
		"verify": h.verify, "account": h.account, "clock": h.clock, "fault": h.fault, "again": h.again,
	} {
		own.HandleFunc("POST /rehearsal/"+name, h.button(act))
	}
	guarded := http.NewCrossOriginProtection().Handler(s.guard(own))
	mux := http.NewServeMux()
	mux.Handle("/phone/", s.handler())
	mux.Handle("/rehearsal/", guarded)
	mux.Handle("/{$}", guarded)
	mux.Handle("/", p.Handler())
	return mux
}

// button runs what a button does and shows the page again with its outcome.
func (h *rehearsal) button(act func(*http.Request) (string, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		said, err := act(r)
		if err != nil {
			said = err.Error()
		}
		h.mu.Lock()
		h.said, h.bad = said, err != nil
		h.mu.Unlock()
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
}

// verify asks the server as the platform does when a URL is saved.
func (h *rehearsal) verify(r *http.Request) (string, error) {
	if target := r.FormValue("url"); target != "" {
		if !webAddress(target) {
			return "", errors.New("回调地址要写全，例如 http://127.0.0.1:8080/wechat")
		}
		h.p.SetCallback(target)
	}
	if err := h.p.Verify(r.Context()); err != nil {
		return "", errors.New("验证没有通过：" + err.Error())
	}
	return "验证通过，服务器认得 Token。", nil
}

// choice is one entry of a list to choose from.
type choice struct {
	Value, Words string
	Chosen       bool
}

// modes and kinds in the words of the platform's own page.
var (
	modes = []choice{{Value: "plain", Words: "明文模式"}, {Value: "compat", Words: "兼容模式"}, {Value: "safe", Words: "安全模式"}}
	kinds = []choice{
		{Value: "SV", Words: "服务号，已认证"}, {Value: "S0", Words: "服务号，未认证"}, {Value: "V", Words: "订阅号，已认证"},
		{Value: "O", Words: "订阅号，未认证"}, {Value: "P", Words: "订阅号，个人"}, {Value: "T", Words: "测试号"},
	}
)

func choose(list []choice, value string) []choice {
	list = slices.Clone(list)
	for i := range list {
		list[i].Chosen = list[i].Value == value
	}
	return list
}

// account changes encryption mode and type of the account.
func (h *rehearsal) account(r *http.Request) (string, error) {
	mode := slices.IndexFunc(modes, func(c choice) bool { return c.Value == r.FormValue("mode") })
	kind := slices.IndexFunc(kinds, func(c choice) bool { return c.Value == r.FormValue("type") })
	if mode < 0 || kind < 0 {
		return "", errors.New("没有这种模式或类型")
	}
	h.p.Change(func(p *Platform) { p.Account.Mode, p.Account.Type = Mode(mode), AccountType(kinds[kind].Value) })
	return "已改为" + modes[mode].Words + "、" + kinds[kind].Words + "。服务器的配置也要相应修改。", nil
}

// clock moves the platform's time forward.
func (h *rehearsal) clock(r *http.Request) (string, error) {
	d, err := time.ParseDuration(r.FormValue("by"))
	if err != nil || d <= 0 || d > 366*24*time.Hour {
		return "", errors.New("时间只能向前，一次最多一年")
	}
	h.p.Advance(d)
	return "平台时间已向前拨。服务器自己的时间没有变，签名时间超出 300 秒会被它拒绝。", nil
}

// fault disturbs what comes next.
func (h *rehearsal) fault(r *http.Request) (string, error) {
	switch kind := r.FormValue("kind"); kind {
	case "duplicate":
		h.p.Change(func(p *Platform) { p.Faults.Copies = 1 })
		return "从现在起每条推送同时送两份。", nil
	case "delay":
		h.p.Change(func(p *Platform) { p.Delay = 3 * time.Second })
		return "从现在起每次接口调用慢 3 秒。", nil
	case "hang":
		h.p.Inject(Fault{Times: 1, Hang: true})
		return "下一次接口调用会做完，但没有回音。", nil
	case "fail":
		code, err := strconv.Atoi(r.FormValue("code"))
		if err != nil || code == 0 {
			return "", errors.New("错误码要写数字，例如 45009")
		}
		h.p.Inject(Fault{Times: 1, ErrCode: code})
		return "下一次接口调用会得到错误码 " + strconv.Itoa(code) + "。", nil
	case "none":
		h.p.ClearFaults()
		h.p.Change(func(p *Platform) { p.Faults, p.Delay = Faults{}, 0 })
		return "所有干扰已取消。", nil
	}
	return "", errors.New("没有这种干扰")
}

// again delivers the last push once more, as a late retry does.
func (h *rehearsal) again(*http.Request) (string, error) {
	pushes := h.p.Deliveries()
	if len(pushes) == 0 {
		return "", errors.New("还没有推送过")
	}
	last := pushes[len(pushes)-1]
	h.p.background(func(ctx context.Context) { h.p.Redeliver(ctx, last) })
	return "已把最后一条推送再送一次：" + last.Event() + "。", nil
}

// setting is one line to configure a server with.
type setting struct{ Name, Value string }

// settings are the server's variables, named as Echo Wall reads them.
func (p *Platform) settings() []setting {
	a, address := p.account(), p.URL()
	kind := map[AccountType]string{
		SV: "service+verified", S0: "service", V: "subscription+verified", O: "subscription", P: "subscription", T: "test",
	}[a.kind()]
	return []setting{
		{"ECHOWALL_WECHAT_APP_ID", a.AppID}, {"ECHOWALL_WECHAT_APP_SECRET", a.Secret}, {"ECHOWALL_WECHAT_TOKEN", a.Token},
		{"ECHOWALL_WECHAT_AES_KEY", a.AESKey}, {"ECHOWALL_WECHAT_ORIGINAL_ID", a.OriginalID},
		{"ECHOWALL_WECHAT_ACCOUNT", kind}, {"ECHOWALL_WECHAT_MODE", modes[a.Mode].Value},
		{"ECHOWALL_WECHAT_API_URL", address}, {"ECHOWALL_WECHAT_MP_URL", address}, {"ECHOWALL_WECHAT_OPEN_URL", address},
	}
}

// pushRow and callRow are lines of the two logs; neither shows content.
type pushRow struct {
	At, Who, What, Outcome, Problem string
	Attempts                        int
	Took                            time.Duration
	Bad                             bool
}

type callRow struct {
	At, Method, Path, RID string
	Status, ErrCode       int
	Bad                   bool
}

// logLines is how many lines each log shows.
const logLines = 30

// page is GET /.
func (h *rehearsal) page(w http.ResponseWriter, _ *http.Request) {
	p := h.p
	h.mu.Lock()
	said, bad := h.said, h.bad
	h.said = ""
	h.mu.Unlock()
	p.mu.Lock()
	callback, copies, delay, injected := p.CallbackURL, p.Faults.Copies, p.Delay, len(p.faults)
	names := map[string]string{}
	for openid, u := range p.people {
		names[openid] = u.name
	}
	p.mu.Unlock()
	a := p.account()
	var pushes []pushRow
	for _, d := range newestFirst(p.Deliveries()) {
		row := pushRow{What: d.Event(), Who: names[d.OpenID], Outcome: string(d.Outcome), Attempts: len(d.Attempts)}
		row.Bad = d.Outcome == Failed || d.Outcome == Lost
		if last := d.Last(); !last.At.IsZero() {
			row.At, row.Took = clockTime(last.At), last.Duration.Round(time.Millisecond)
		}
		if d.Err != nil {
			row.Problem = problem(d.Err)
		}
		pushes = append(pushes, row)
	}
	var calls []callRow
	for _, c := range newestFirst(p.Calls()) {
		calls = append(calls, callRow{clockTime(c.At), c.Method, c.Path, c.RID, c.Status, c.ErrCode, c.ErrCode != 0 || c.Status != http.StatusOK || !c.Answered})
	}
	violations := p.Violations()
	render(w, http.StatusOK, "rehearsal.html", map[string]any{
		"Account": a.Name, "Settings": p.settings(), "Callback": callback, "Now": p.Time().In(beijing).Format("2006年1月2日 15:04:05"),
		"Modes": choose(modes, modes[a.Mode].Value), "Kinds": choose(kinds, string(a.kind())),
		"Said": said, "Bad": bad, "Copies": copies, "Delay": delay, "Injected": injected,
		"Pushes": pushes, "Calls": calls, "Violations": newestFirst(violations),
	})
}

// problem words an error without the address that was called: its query is
// signed.
func problem(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err.Error()
	}
	return err.Error()
}

func clockTime(t time.Time) string { return t.In(beijing).Format("15:04:05") }

// newestFirst takes the last lines and turns them round.
func newestFirst[T any](list []T) []T {
	list = slices.Clone(list[max(0, len(list)-logLines):])
	slices.Reverse(list)
	return list
}
