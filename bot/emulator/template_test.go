package emulator

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// lines prints the lines of the newest bubble.
func lastLines(ph *Phone) string {
	chat := ph.Chat()
	if len(chat) == 0 {
		return ""
	}
	var out []string
	for _, l := range chat[len(chat)-1].Lines {
		out = append(out, l.Label+l.Value)
	}
	return strings.Join(out, "|")
}

func TestKeywordRules(t *testing.T) {
	long := strings.Repeat("字", 21)
	for _, c := range []struct {
		key        string
		good, evil []string
	}{
		{"thing1", []string{"路灯不亮", strings.Repeat("字", 20), "a b!"}, []string{"", " ", long, "a\nb"}},
		{"number2", []string{"3", "3.14", "-2"}, []string{"三", "1e9", strings.Repeat("1", 40)}},
		{"letter3", []string{"abc"}, []string{"ab1", strings.Repeat("a", 33)}},
		{"symbol4", []string{"+-"}, []string{"a", "++++++"}},
		{"character_string5", []string{"XY-2026-0001"}, []string{"编号1", strings.Repeat("a", 33)}},
		{"time6", []string{"15:01", "2019年10月1日 15:01", "15:01~16:30"}, []string{"下午", "2019-10-01"}},
		{"date7", []string{"2019年10月1日", "2019-10-01", "2019-10-01 15:01", "2019年10月1日~2019年10月3日"}, []string{"明天", "15:01"}},
		{"amount8", []string{"100", "￥12.50", "3元"}, []string{"十元", "12345678901"}},
		{"phone_number9", []string{"12345", "0571-12345678"}, []string{"一二三", strings.Repeat("1", 18)}},
		{"car_number10", []string{"浙A12345"}, []string{"浙A12345678"}},
		{"name11", []string{"王小明", "Wang Xiaoming"}, []string{strings.Repeat("王", 11), strings.Repeat("w", 21)}},
		{"phrase12", []string{"处理中"}, []string{"处理中的事情", "abc"}},
		{"const13", []string{"已办结"}, []string{long}},
	} {
		for _, value := range c.good {
			if err := checkKeyword(c.key, value, nil); err != nil {
				t.Errorf("%s %q: %v", c.key, value, err)
			}
		}
		for _, value := range c.evil {
			if err := checkKeyword(c.key, value, nil); err == nil || !strings.Contains(err.Error(), "data."+c.key+".value") {
				t.Errorf("%s %q was accepted or not named: %v", c.key, value, err)
			}
		}
	}
	if checkKeyword("const1", "别的", []string{"已办结"}) == nil || checkKeyword("const1", "已办结", []string{"已办结"}) != nil {
		t.Error("const must be one of the approved values")
	}
}

func TestTemplateSend(t *testing.T) {
	var at clock
	p := &Platform{Now: at.now}
	start(t, p)
	c := newCaller(t, p)
	ph := p.Phone("oU1")
	typed := p.AddTemplate(Template{Title: "办理进度", Content: "编号：{{character_string1.DATA}}\n进度：{{thing2.DATA}}"})
	free := p.AddTemplate(Template{Title: "旧模板", FreeForm: true, Content: "{{first.DATA}}\n事项：{{keyword1.DATA}}\n{{keyword2.DATA}}\n{{remark.DATA}}"})
	locked := p.AddTemplate(Template{Restricted: true, Content: "x：{{thing1.DATA}}"})
	type m = map[string]any
	value := func(s string) m { return m{"value": s, "color": "#173177"} }
	send := func(want int, template string, data m, more m) answer {
		t.Helper()
		body := m{"touser": "oU1", "template_id": template, "data": data, "url": "http://a/m/1"}
		for k, v := range more {
			body[k] = v
		}
		return c.want(want, "/cgi-bin/message/template/send", body)
	}
	good := m{"character_string1": value("XY-1"), "thing2": value("已交办")}
	send(43004, typed, good, nil)
	ph.Follow(t.Context())
	send(40003, typed, good, m{"touser": "oNobody"})
	send(40037, "nonsense", good, nil)
	send(43116, locked, m{"thing1": value("x")}, nil)
	send(40013, typed, good, m{"miniprogram": m{"appid": "wxforeign", "pagepath": "a"}})
	out := send(47003, typed, m{"character_string1": value("编号"), "thing2": value("x")}, nil)
	if !strings.Contains(fmt.Sprint(out["errmsg"]), "character_string1") {
		t.Errorf("errmsg %v does not name the field", out["errmsg"])
	}
	send(47003, typed, m{"character_string1": value("XY-1")}, nil)

	send(0, typed, good, m{"miniprogram": m{"appid": "", "pagepath": ""}})
	if got := lastLines(ph); got != "编号：XY-1|进度：已交办" {
		t.Errorf("typed lines %q", got)
	}
	send(0, free, m{"first": value("头"), "keyword1": value("一二三四五六七八九十一二三四五六七八九十二十一"), "keyword2": value("无标签"), "remark": value("尾")}, nil)
	if got := lastLines(ph); got != "事项：一二三四五六七八九十一二三四五六七八九十" {
		t.Errorf("free lines %q", got)
	}
	send(0, free, m{"keyword1": value("好👍的\n第二行")}, nil)
	if got := lastLines(ph); got != "事项：好的" {
		t.Errorf("free lines %q", got)
	}

	ph.ClearChat()
	first := send(0, typed, good, m{"client_msg_id": "c1"})
	again := send(0, typed, good, m{"client_msg_id": "c1"})
	if first["msgid"] != again["msgid"] || len(ph.Chat()) != 1 {
		t.Errorf("client_msg_id: %v and %v, %d bubbles", first, again, len(ph.Chat()))
	}
	at.move(10 * time.Minute)
	if third := send(0, typed, good, m{"client_msg_id": "c1"}); third["msgid"] == first["msgid"] || len(ph.Chat()) != 2 {
		t.Error("the id is remembered for longer than ten minutes")
	}
}

func TestTemplateResults(t *testing.T) {
	p := &Platform{}
	start(t, p)
	c := newCaller(t, p)
	ph := p.Phone("oU1")
	ph.Follow(t.Context())
	id := p.AddTemplate(Template{Content: "x：{{thing1.DATA}}"})
	status := func() string {
		t.Helper()
		c.want(0, "/cgi-bin/message/template/send", map[string]any{
			"touser": "oU1", "template_id": id, "data": map[string]any{"thing1": map[string]any{"value": "x"}},
		})
		if err := p.AwaitQuiet(within(t)); err != nil {
			t.Fatal(err)
		}
		all := p.Deliveries()
		last := all[len(all)-1]
		if last.Event() != "TEMPLATESENDJOBFINISH" || last.Outcome != Acked {
			t.Fatalf("last push %s %s", last.Event(), last.Outcome)
		}
		return node(last.Message, "Status")
	}
	if got := status(); got != "success" {
		t.Errorf("status %q", got)
	}
	ph.SetProfile(Profile{Refuses: true})
	if got := status(); got != "failed:user block" {
		t.Errorf("refusing: %q", got)
	}
	p.Change(func(p *Platform) { p.Faults.TemplateFailures = true })
	if got := status(); got != "failed: system failed" {
		t.Errorf("failing: %q", got)
	}
	if len(ph.Chat()) != 1 {
		t.Errorf("failed messages show: %q", texts(ph))
	}
}

func TestTemplateManagement(t *testing.T) {
	p := &Platform{}
	start(t, p)
	c := newCaller(t, p)
	p.AddLibraryTemplate("43211", Template{Title: "工单", Content: "编号：{{character_string1.DATA}}\n进度：{{thing2.DATA}}", Keywords: []string{"编号", "进度"}})
	p.AddLibraryTemplate("OPENTM1", Template{FreeForm: true})
	const add = "/cgi-bin/template/api_add_template"
	c.want(40037, add, map[string]any{"template_id_short": "nope"})
	c.want(40247, add, map[string]any{"template_id_short": "OPENTM1"})
	c.want(40246, add, map[string]any{"template_id_short": "43211", "keyword_name_list": []string{"地点"}})
	c.want(40246, add, map[string]any{"template_id_short": "43211"})
	id := c.want(0, add, map[string]any{"template_id_short": "43211", "keyword_name_list": []string{"进度", "编号"}})["template_id"]
	list, _ := c.get("/cgi-bin/template/get_all_private_template")["template_list"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["content"] != "进度：{{thing2.DATA}}\n编号：{{character_string1.DATA}}" {
		t.Errorf("list %v", list)
	}
	for range 24 {
		p.AddTemplate(Template{})
	}
	c.want(45026, add, map[string]any{"template_id_short": "43211", "keyword_name_list": []string{"进度"}})
	c.want(0, "/cgi-bin/template/del_private_template", map[string]any{"template_id": id})
	c.want(40037, "/cgi-bin/template/del_private_template", map[string]any{"template_id": id})
}

func TestNotices(t *testing.T) {
	p := &Platform{}
	b := start(t, p)
	c := newCaller(t, p)
	ph := p.Phone("oU1")
	ph.Follow(t.Context())
	once := p.AddTemplate(Template{Notice: true, Title: "办结", Content: "结果：{{phrase1.DATA}}"})
	always := p.AddTemplate(Template{Notice: true, LongTerm: true, Content: "结果：{{phrase1.DATA}}"})
	plain := p.AddTemplate(Template{Content: "x：{{thing1.DATA}}"})
	send := func(want int, template, value string) {
		t.Helper()
		c.want(want, "/cgi-bin/message/subscribe/bizsend", map[string]any{
			"touser": "oU1", "template_id": template, "page": "http://a/", "data": map[string]any{"phrase1": map[string]any{"value": value}},
		})
	}
	var popup string
	answer := b.answer
	b.answer = func(r *http.Request, body []byte) (int, string) {
		popup = string(body)
		return answer(r, body)
	}
	send(43101, once, "已办结")
	if d := ph.SubscribePopup(t.Context(), []string{once, always}, []string{"third"}); d.Outcome != Acked {
		t.Fatalf("popup: %s", d.Outcome)
	}
	if n := strings.Count(popup, "<List>"); n != 3 || strings.Count(popup, "accept") != 2 || strings.Count(popup, "[reject]") != 1 {
		t.Errorf("popup event %s", popup)
	}
	send(47003, once, "ABC")
	send(40037, plain, "已办结")
	send(0, once, "已办结")
	send(43101, once, "已办结")
	send(0, always, "已办结")
	send(0, always, "已办结")
	if err := p.AwaitQuiet(within(t)); err != nil {
		t.Fatal(err)
	}
	sent := 0
	for _, d := range p.Deliveries() {
		if d.Event() == "subscribe_msg_sent_event" && node(d.Message, "ErrorCode") == "0" && node(d.Message, "MsgID") != "" {
			sent++
		}
	}
	if sent != 3 {
		t.Errorf("%d sent events, want 3", sent)
	}
	ph.SubscribePopup(t.Context(), []string{once}, nil)
	if ph.NoticesLeft(once) != 1 {
		t.Errorf("%d left", ph.NoticesLeft(once))
	}
	if d := ph.RejectNotices(t.Context(), once, always); d.Event() != "subscribe_msg_change_event" {
		t.Errorf("event %s", d.Event())
	}
	send(43101, once, "已办结")
	send(43101, always, "已办结")
}
