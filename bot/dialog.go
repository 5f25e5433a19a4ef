package bot

import (
	"encoding/json"

	"echowall"
	"echowall/bot/wechat"
)

// The words that work in the middle of every dialog.
const (
	WordCancel = "取消"
	WordBack   = "上一步"
	WordHelp   = "帮助"
	WordHuman  = "人工"
	WordResume = "继续"
)

// global answers the words that come before any dialog step.
func (r *Router) global(c *Context) (m echowall.Message, done bool, err error) {
	if c.In.Type != wechat.TypeText {
		return m, false, nil
	}
	found := c.matched(r.Words)
	if !found.ok || found.rest != "" {
		return m, false, nil
	}
	d := c.Conversation().Dialog
	switch word := found.name; word {
	case WordCancel:
		if d == nil {
			m, err = c.Reply("common.nothing_to_cancel")
			return m, true, err
		}
		c.Conversation().Dialog = nil
		m, err = c.Reply("common.cancelled")
		return m, true, err
	case WordBack:
		if d == nil {
			m, err = c.Reply("common.nothing_to_cancel")
			return m, true, err
		}
		f, known := r.flows[d.Name]
		if !known {
			return m, false, nil
		}
		m, err = f.back(c)
		return m, true, err
	case WordResume:
		draft := c.Conversation().Draft
		if d != nil || draft == nil {
			return m, false, nil
		}
		f, known := r.flows[draft.Name]
		if !known {
			return m, false, nil
		}
		c.Conversation().Dialog, c.Conversation().Draft = draft, nil
		m, err = f.ask(c)
		return m, true, err
	case WordHelp, WordHuman:
		h, known := r.commands[word]
		if !known {
			return m, false, nil
		}
		c.Command = word
		m, err = h(c)
		return m, true, err
	}
	return m, false, nil
}

// expire turns a dialog that waited too long into a draft, and drops a draft that is too old.
func (r *Router) expire(c *Context) {
	conv := c.Conversation()
	if d := conv.Dialog; d != nil && c.Now.Sub(d.Touched) > echowall.DialogTimeout {
		leave(c)
	}
	if d := conv.Draft; d != nil && c.Now.Sub(d.Touched) > echowall.DraftKept {
		conv.Draft = nil
	}
}

// leave keeps the open dialog as a draft.
func leave(c *Context) {
	conv := c.Conversation()
	if conv.Dialog != nil {
		conv.Draft, conv.Dialog = conv.Dialog, nil
	}
}

// open makes d the open dialog.
func open(c *Context, name, step string, version int, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return echowall.Errorf(echowall.KindInternal, "bot: dialog %s: %w", name, err)
	}
	c.Conversation().Dialog = &echowall.Dialog{Name: name, Step: step, Version: version, Data: raw, Touched: c.Now}
	return nil
}
