package handlers

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"echowall"
	"echowall/bot"
	"echowall/bot/wechat"
)

// The secretary's dialog for a notice. What goes out is shown first, with how many it goes to, and confirmed
// by four digits that only the preview tells; any change makes new ones.
const (
	flowNotice  = "notice"
	stepTitle   = "title"
	stepBody    = "body"
	stepReceipt = "receipt"
)

type noticeDraft struct {
	Title   string `json:"title,omitempty"`
	Body    string `json:"body,omitempty"`
	Confirm bool   `json:"confirm,omitempty"`
	preview
}

// preview is what a dialog knows once everything is told.
type preview struct {
	People int    `json:"people,omitempty"` // how many it goes to
	Code   string `json:"code,omitempty"`   // "" while something is still asked for
	Edit   bool   `json:"edit,omitempty"`   // one thing is being changed; the preview is next
	Note   string `json:"note,omitempty"`   // said above the next question, once
}

// show goes on to the preview of something for so many people.
func (p *preview) show(people int) string {
	*p = preview{People: people, Code: newCode()}
	return stepConfirm
}

// next is the step after one that was answered: the given one, or the preview when that is it or only one
// thing was changed.
func (p *preview) next(step string, people func() (int, error)) (string, error) {
	if step != stepConfirm && !p.Edit {
		return step, nil
	}
	n, err := people()
	return p.show(n), err
}

// edit goes back to one step; the digits shown so far are worth nothing any more.
func (p *preview) edit(step string) string {
	p.Code, p.Edit = "", true
	return step
}

// noted is a question under the note, if there is one.
func (p *preview) noted(question string) string {
	if p.Note == "" {
		return question
	}
	return p.Note + "\n" + question
}

// typed reads the answer to a preview: the digits end the dialog, unless it goes to other people by now.
func (p *preview) typed(c *bot.Context, people int) (string, error) {
	switch {
	case p.Code == "" || strings.ReplaceAll(c.Text, " ", "") != p.Code:
		return "", echowall.Refusal(echowall.KindInvalid, "common.bad_code")
	case people != p.People:
		p.show(people)
		p.Note = c.Say("common.code_expired")
		return stepConfirm, nil
	}
	return bot.End, nil
}

func (a *App) noticeFlow() *bot.Flow[noticeDraft] {
	return &bot.Flow[noticeDraft]{
		Name: flowNotice, Version: 1, First: stepTitle,
		Steps: map[string]bot.Step[noticeDraft]{
			stepTitle:   {Ask: askNotice("notice.ask_title"), Take: a.takeNoticeTitle},
			stepBody:    {Ask: askNoticeBody, Take: a.takeNoticeBody},
			stepReceipt: {Ask: askNotice("notice.ask_receipt"), Take: a.takeReceipt},
			stepConfirm: {Ask: a.previewNotice, Take: a.takeNoticeCode},
		},
		Finish: func(c *bot.Context, s *noticeDraft) (echowall.Message, error) {
			n, err := a.Notices.Send(c, c.Who(), echowall.Notice{Title: s.Title, Body: s.Body, Confirm: s.Confirm})
			if err != nil {
				return echowall.Message{}, err
			}
			return c.Reply("notice.sent", "number", n.ID, "count", len(n.To), "when", a.goesOut(c, echowall.DebtNotice))
		},
	}
}

// sendNotice starts the dialog if there is somebody to send to.
func (a *App) sendNotice(c *bot.Context) (echowall.Message, error) {
	if _, err := a.audience(c); err != nil {
		return echowall.Message{}, err
	}
	return a.noticeFlow().Start(c, noticeDraft{})
}

func askNotice(key string) func(*bot.Context, *noticeDraft) (string, error) {
	return func(c *bot.Context, _ *noticeDraft) (string, error) { return c.Say(key), nil }
}

func askNoticeBody(c *bot.Context, s *noticeDraft) (string, error) {
	if s.Body == "" {
		return c.Say("notice.ask_body"), nil
	}
	return c.Say("notice.body_more", "count", utf8.RuneCountInString(s.Body)), nil
}

// prose is a text of the person that is not a command; commands typed by mistake must not go to a branch.
func (a *App) prose(c *bot.Context) (string, error) {
	if c.In.Type != wechat.TypeText {
		return "", echowall.Refusal(echowall.KindInvalid, "notice.text_only")
	}
	if word := a.word(c); word != "" {
		return "", echowall.Refusal(echowall.KindInvalid, "notice.is_command", "command", word)
	}
	return strings.TrimSpace(c.In.Text), nil
}

// title is prose in one line of at most limit characters.
func (a *App) title(c *bot.Context, limit int) (string, error) {
	text, err := a.prose(c)
	if err != nil {
		return "", err
	}
	text = strings.Join(strings.Fields(text), " ")
	if n := utf8.RuneCountInString(text); n == 0 || n > limit {
		return "", echowall.Refusal(echowall.KindInvalid, "notice.title_length", "limit", strconv.Itoa(limit))
	}
	return text, nil
}

func (a *App) takeNoticeTitle(c *bot.Context, s *noticeDraft) (string, error) {
	title, err := a.title(c, echowall.NoticeTitleLimit)
	if err != nil {
		return "", err
	}
	s.Title = title
	return s.next(stepBody, func() (int, error) { return a.audience(c) })
}

// takeNoticeBody gathers the body from several messages.
func (a *App) takeNoticeBody(c *bot.Context, s *noticeDraft) (string, error) {
	if c.In.Type == wechat.TypeText && a.word(c) == wordDone {
		if s.Body == "" {
			return "", echowall.Refusal(echowall.KindInvalid, "notice.body_empty")
		}
		return s.next(stepReceipt, func() (int, error) { return a.audience(c) })
	}
	text, err := a.prose(c)
	if err != nil {
		return "", err
	}
	body := strings.TrimSpace(s.Body + "\n" + text)
	if utf8.RuneCountInString(body) > echowall.NoticeBodyLimit {
		return "", echowall.Refusal(echowall.KindInvalid, "notice.body_full", "limit", strconv.Itoa(echowall.NoticeBodyLimit))
	}
	s.Body = body
	return stepBody, nil
}

func (a *App) takeReceipt(c *bot.Context, s *noticeDraft) (string, error) {
	switch c.Text {
	case "1", "不需要":
		s.Confirm = false
	case "2", "需要", "需确认", "默认", wordSkip:
		s.Confirm = true
	default:
		return "", echowall.Refusal(echowall.KindInvalid, "common.choose", "last", "2")
	}
	return s.next(stepConfirm, func() (int, error) { return a.audience(c) })
}

// audience counts who a notice of the person would go to.
func (a *App) audience(c *bot.Context) (int, error) {
	to, err := a.Notices.Audience(c, c.Who())
	return len(to), err
}

// noticeShown is how much of the body the preview shows, in characters, so that it stays one message.
const noticeShown = 400

func (a *App) previewNotice(c *bot.Context, s *noticeDraft) (string, error) {
	receipt := "notice.receipt_no"
	if s.Confirm {
		receipt = "notice.receipt_yes"
	}
	text := c.Say("notice.preview", "title", s.Title, "body", clip(s.Body, noticeShown), "receipt", c.Say(receipt),
		"count", s.People, "when", a.goesOut(c, echowall.DebtNotice), "code", s.Code)
	return s.noted(text), nil
}

func (a *App) takeNoticeCode(c *bot.Context, s *noticeDraft) (string, error) {
	switch c.Text {
	case "1":
		return s.edit(stepTitle), nil
	case "2":
		s.Body = ""
		return s.edit(stepBody), nil
	case "3":
		return s.edit(stepReceipt), nil
	}
	n, err := a.audience(c)
	if err != nil {
		return "", err
	}
	return s.typed(c, n)
}

// goesOut says when messages of a kind that are owed now go out, as far as the hour and the day decide.
func (a *App) goesOut(c *bot.Context, kind echowall.DebtKind) string {
	rules := echowall.Rules{Calendar: a.calendar()}
	at, why := rules.Earliest(kind, c.Now)
	local := at.In(a.calendar().Location())
	switch why {
	case echowall.WhyNone:
		return c.Say("notice.now")
	case echowall.WhyRestDay:
		return c.Say("notice.after_rest", "time", a.date(local))
	}
	return c.Say("notice.after_quiet", "time", a.date(local))
}
