package emulator

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Template is a template of the account, for template messages or, with
// Notice, for subscription notices.
type Template struct {
	ID       string // "" lets AddTemplate choose
	Title    string
	Content  string              // lines such as "办理进度：{{thing1.DATA}}"
	Keywords []string            // of a library template: names one may choose from
	FreeForm bool                // old and test-account templates: any keys, silently cut values
	Notice   bool                // subscription notice
	LongTerm bool                // notice: one accept is enough for ever
	Values   map[string][]string // allowed values of const keywords, by key
	// Restricted makes every send answer 43116, as after a complaint.
	Restricted bool
}

// templatesKept is how many templates of each kind an account may have.
const templatesKept = 25

// sentTemplate remembers a client_msg_id.
type sentTemplate struct {
	id int64
	at time.Time
}

// dedupe is how long a client_msg_id is remembered.
const dedupe = 10 * time.Minute

// AddTemplate gives the account a template and returns its id.
func (p *Platform) AddTemplate(t Template) string {
	p.init()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.addTemplate(t)
}

// AddLibraryTemplate puts a template into the public library under the short
// id with which a server can add it.
func (p *Platform) AddLibraryTemplate(shortID string, t Template) {
	p.init()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.library[shortID] = t
}

func (p *Platform) addTemplate(t Template) string {
	if t.ID == "" {
		t.ID = secret("", 43)
	}
	if p.templates[t.ID] == nil {
		p.tmplOrder = append(p.tmplOrder, t.ID)
	}
	p.templates[t.ID] = &t
	return t.ID
}

// templatesOf lists templates of one kind. Held lock: mu.
func (p *Platform) templatesOf(notice bool) []*Template {
	var list []*Template
	for _, id := range p.tmplOrder {
		if t := p.templates[id]; t != nil && t.Notice == notice {
			list = append(list, t)
		}
	}
	return list
}

// removeTemplate deletes one. Held lock: mu.
func (p *Platform) removeTemplate(id string, notice bool) error {
	if t := p.templates[id]; t == nil || t.Notice != notice {
		return fail(40037)
	}
	delete(p.templates, id)
	p.tmplOrder = slices.DeleteFunc(p.tmplOrder, func(other string) bool { return other == id })
	return nil
}

// templateValue is one entry of data; the color is ignored.
type templateValue struct {
	Value string `json:"value"`
	Color string `json:"color"`
}

// templateMessage is the body of template/send and bizsend.
type templateMessage struct {
	ToUser      string                   `json:"touser"`
	TemplateID  string                   `json:"template_id"`
	Data        map[string]templateValue `json:"data"`
	URL         string                   `json:"url"`
	Page        string                   `json:"page"`
	Mini        *MiniProgram             `json:"miniprogram"`
	ClientMsgID string                   `json:"client_msg_id"`
}

// templateSend is POST /cgi-bin/message/template/send.
func (r *apiRequest) templateSend() (any, error) {
	var in templateMessage
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	id, event, err := p.sendTemplate(&in)
	if err != nil {
		return nil, err
	}
	if event != "" {
		p.job(in.ToUser, event)
	}
	return ok(map[string]any{"msgid": id}), nil
}

// sendTemplate does the work and returns the result event, "" for a duplicate.
func (p *Platform) sendTemplate(in *templateMessage) (id int64, event string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u, err := p.follower(in.ToUser)
	if err != nil {
		return 0, "", err
	}
	b, err := p.templateBubble(in, false)
	if err != nil {
		return 0, "", err
	}
	now := p.now()
	if before, found := u.templIDs[in.ClientMsgID]; found && now.Sub(before.at) < dedupe {
		return before.id, "", nil
	}
	b.Via, b.Kind, b.MsgID = ViaTemplate, KindTemplate, p.nextID()
	if in.ClientMsgID != "" {
		if u.templIDs == nil {
			u.templIDs = map[string]sentTemplate{}
		}
		for id, sent := range u.templIDs {
			if now.Sub(sent.at) >= dedupe {
				delete(u.templIDs, id)
			}
		}
		u.templIDs[in.ClientMsgID] = sentTemplate{b.MsgID, now}
	}
	status := "success"
	switch {
	case p.Faults.TemplateFailures:
		status = "failed: system failed"
	case u.refuses:
		status = "failed:user block"
	default:
		p.show(u, b)
	}
	m := startMessage(p.Account.OriginalID, u.openid, now.Unix(), "event")
	m.text("Event", "TEMPLATESENDJOBFINISH")
	m.number("MsgID", b.MsgID)
	m.text("Status", status)
	return b.MsgID, m.end(), nil
}

// job pushes a result event: after the answer, or with EarlyJobEvents before.
func (p *Platform) job(openid, event string) {
	p.mu.Lock()
	early := p.Faults.EarlyJobEvents
	p.mu.Unlock()
	d := &Delivery{OpenID: openid, Message: event}
	if early {
		p.push(p.base, d)
		return
	}
	p.background(func(ctx context.Context) { p.push(ctx, d) })
}

// placeholder finds the keys of a template's content.
var placeholder = regexp.MustCompile(`\{\{\s*(\w+)\.DATA\s*\}\}`)

// templateBubble validates the data and renders the lines. Held lock: mu.
func (p *Platform) templateBubble(in *templateMessage, notice bool) (Bubble, error) {
	t := p.templates[in.TemplateID]
	switch {
	case t == nil || t.Notice != notice:
		return Bubble{}, fail(40037)
	case t.Restricted:
		return Bubble{}, fail(43116)
	case in.Mini != nil && in.Mini.AppID != "":
		if err := p.linked(in.Mini.AppID); err != nil {
			return Bubble{}, fail(40013)
		}
	}
	b := Bubble{Text: t.Title, URL: in.URL}
	if in.Mini != nil && in.Mini.AppID != "" {
		b.App = in.Mini
	}
	for line := range strings.SplitSeq(t.Content, "\n") {
		match := placeholder.FindStringSubmatchIndex(line)
		if match == nil {
			continue
		}
		key, label := line[match[2]:match[3]], strings.TrimSpace(line[:match[0]])
		value := in.Data[key].Value
		if !t.FreeForm {
			if err := checkKeyword(key, value, t.Values[key]); err != nil {
				return b, err
			}
		} else if label == "" || key == "first" || key == "remark" {
			continue // silently dropped since 2023-05
		} else {
			value = cut(value)
		}
		b.Lines = append(b.Lines, Line{key, label, value})
	}
	return b, nil
}

// cut is what became of free-form values in 2023: one line, no emoji, 20
// characters, all without an error.
func cut(value string) string {
	value, _, _ = strings.Cut(strings.ReplaceAll(value, "\r\n", "\n"), "\n")
	var out strings.Builder
	n := 0
	for _, c := range value {
		if emoji(c) {
			continue
		}
		if n++; n > 20 {
			break
		}
		out.WriteRune(c)
	}
	return out.String()
}

func emoji(c rune) bool {
	return c >= 0x1f000 && c <= 0x1faff || c >= 0x2600 && c <= 0x27bf || c == 0xfe0f || c == 0x200d
}

// templateAdd is POST /cgi-bin/template/api_add_template.
func (r *apiRequest) templateAdd() (any, error) {
	var in struct {
		ShortID  string   `json:"template_id_short"`
		Keywords []string `json:"keyword_name_list"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	t, known := p.library[in.ShortID]
	switch {
	case !known || t.Notice:
		return nil, fail(40037)
	case t.FreeForm:
		return nil, fail(40247)
	case len(p.templatesOf(false)) >= templatesKept:
		return nil, fail(45026)
	}
	if t.Keywords != nil {
		content, err := chosen(t, in.Keywords)
		if err != nil {
			return nil, err
		}
		t.Content = content
	}
	t.ID = ""
	return ok(map[string]any{"template_id": p.addTemplate(t)}), nil
}

// chosen keeps the lines whose labels were asked for, in that order.
func chosen(t Template, keywords []string) (string, error) {
	if len(keywords) == 0 {
		return "", fail(40246)
	}
	var lines []string
	for _, keyword := range keywords {
		found := false
		for line := range strings.SplitSeq(t.Content, "\n") {
			if strings.HasPrefix(line, keyword+"：") || strings.HasPrefix(line, keyword+":") {
				lines, found = append(lines, line), true
			}
		}
		if !found || !slices.Contains(t.Keywords, keyword) {
			return "", failf(40246, "%s", keyword)
		}
	}
	return strings.Join(lines, "\n"), nil
}

// templateList is GET /cgi-bin/template/get_all_private_template.
func (r *apiRequest) templateList() (any, error) {
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	list := []map[string]any{}
	for _, t := range p.templatesOf(false) {
		list = append(list, map[string]any{
			"template_id": t.ID, "title": t.Title, "primary_industry": "", "deputy_industry": "",
			"content": t.Content, "example": "",
		})
	}
	return map[string]any{"template_list": list}, nil
}

// templateDelete is POST /cgi-bin/template/del_private_template.
func (r *apiRequest) templateDelete() (any, error) {
	var in struct {
		ID string `json:"template_id"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	r.p.mu.Lock()
	defer r.p.mu.Unlock()
	return nil, r.p.removeTemplate(in.ID, false)
}

// runes counts characters as the platform's limits do.
func runes(s string) int { return utf8.RuneCountInString(s) }
