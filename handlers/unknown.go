package handlers

import (
	"unicode/utf8"

	"echowall"
	"echowall/bot"
	"echowall/bot/wechat"
)

// likelyWish is from how many characters on a text that is no command may well be somebody's wish: 路灯坏了.
const likelyWish = 4

// picks are the commands offered after a text that was not understood; Wish is that text when the first
// choice is to hand it in.
type picks struct {
	Commands []string `json:"commands"`
	Wish     string   `json:"wish,omitempty"`
	Picked   int      `json:"picked,omitempty"`
}

func (a *App) registerUnknown(r *bot.Router) {
	r.Flow(a.pickFlow())
	r.Flow(a.lettersFlow())
	r.Unknown(a.unknown)
}

// unknown answers what is no command: a receipt number by itself, a letter, or something to guess at.
func (a *App) unknown(c *bot.Context) (echowall.Message, error) {
	if c.In.Type != wechat.TypeText {
		return c.Reply("common.unsupported")
	}
	if bareNumber.MatchString(c.Text) {
		return a.byNumber(c)
	}
	if bareNotice.MatchString(c.Text) {
		return a.run(c, "通知", c.Text)
	}
	if letters, ok := typedLetters(c.Text); ok {
		if m, done, err := a.takeLetters(c, letters); done || err != nil {
			return m, err
		}
	}
	if m, done, err := a.takeWords(c); done || err != nil {
		return m, err
	}
	m, err := a.guess(c)
	if err == nil && a.danger(c.In.Text) {
		m.Text = c.Say("wish.danger") + "\n" + m.Text
	}
	return m, err
}

// guess offers what the text may have meant: a whole sentence is probably a wish, anything else a mistyped
// command. The second text in a row that is not understood gets a person offered.
func (a *App) guess(c *bot.Context) (echowall.Message, error) {
	p := picks{Commands: a.Pack.Commands.Nearest(c.Text, 3, a.offered(c.Who()))}
	if utf8.RuneCountInString(c.Text) >= likelyWish {
		if _, err := a.checkText(c.In.Text); err != nil {
			return echowall.Message{}, err
		}
		p = picks{Commands: p.Commands[:2], Wish: c.In.Text}
		return a.pickFlow().Start(c, p)
	}
	conv := c.Conversation()
	conv.Unknown++
	if conv.Unknown > 1 {
		return c.Reply("common.unknown_twice")
	}
	return a.pickFlow().Start(c, p)
}

// byNumber shows a wish to an officer of its station, or its progress to whoever asks.
func (a *App) byNumber(c *bot.Context) (echowall.Message, error) {
	if c.Who().Can(echowall.ActionWishRead) {
		m, err := a.run(c, "办理", c.Text)
		if echowall.KindOf(err) != echowall.KindNotFound {
			return m, err
		}
	}
	return a.run(c, "进度", c.Text)
}

// offered says which commands are worth offering to a person.
func (a *App) offered(who *echowall.Who) func(string) bool {
	return func(name string) bool {
		if _, ok := a.commands[name]; !ok {
			return false
		}
		switch name {
		case "学习", "听课", "答题", "通知", "收到", "提醒", "提醒开", "提醒关":
			return who.Can(echowall.ActionNoticeRead)
		case "发通知", "回执", "发党课":
			return who.Can(echowall.ActionNoticeSend)
		case "待办", "签收", "答复", "办理", "转站", "上墙", "公开":
			return who.Can(echowall.ActionTodo)
		case "联系":
			return who.Can(echowall.ActionContactSee)
		case "评价", "补充":
			return false // they need a number
		case "你好", "谢谢", "举报":
			return false // nobody means them by something else
		}
		return true
	}
}

func (a *App) pickFlow() *bot.Flow[picks] {
	return &bot.Flow[picks]{
		Name: offerPick, Version: 1, First: "which",
		Steps: map[string]bot.Step[picks]{"which": {Ask: a.askPick, Take: takePick}},
		Finish: func(c *bot.Context, p *picks) (echowall.Message, error) {
			if p.Wish == "" {
				return a.run(c, p.Commands[p.Picked-1], "")
			}
			if p.Picked == 1 {
				return a.startWishWith(c, p.Wish)
			}
			return a.run(c, p.Commands[p.Picked-2], "")
		},
	}
}

func (a *App) askPick(c *bot.Context, p *picks) (string, error) {
	text := ""
	if p.Wish != "" {
		text = c.Say("common.unknown_wish", "choices", choices(c, append([]string{c.Say("common.pick_wish")}, p.Commands...)))
	} else {
		text = c.Say("common.unknown", "choices", choices(c, p.Commands))
	}
	if c.Conversation().Draft != nil {
		text += "\n" + c.Say("common.draft_waits", "command", bot.WordResume)
	}
	return text, nil
}

func takePick(c *bot.Context, p *picks) (string, error) {
	n := len(p.Commands)
	if p.Wish != "" {
		n++
	}
	i, err := choice(c, n)
	p.Picked = i
	return bot.End, err
}
