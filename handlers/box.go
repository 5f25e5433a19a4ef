package handlers

import (
	"context"
	"slices"
	"strings"

	"echowall"
	"echowall/bot"
)

// Box is the to-read box: what no channel could carry waits there for the person's next contact.
type Box interface {
	// Boxed lists at most n debts in the boxes of rs, oldest first.
	Boxed(ctx context.Context, n int, rs ...echowall.Recipient) ([]echowall.Debt, error)
	// ShowBoxed settles debts as paid by the reply of the turn under ctx.
	ShowBoxed(ctx context.Context, debts ...echowall.Debt) error
}

// boxAtOnce is how many waiting messages are shown in one reply.
const boxAtOnce = 5

const commandBox = "待看"

func (a *App) registerBox(r *bot.Router) { a.command(r, commandBox, a.showBox) }

// showBox shows what waits, as one text. What has become untrue is settled without a word.
func (a *App) showBox(c *bot.Context) (echowall.Message, error) {
	debts, err := a.Box.Boxed(c, boxAtOnce, echowall.Recipient(c.Turn.Person()), echowall.Recipient(c.Turn.Author()))
	if err != nil {
		return echowall.Message{}, err
	}
	var texts []string
	for _, d := range debts {
		m, err := a.Write(c, d, echowall.ChannelBox)
		if err != nil && echowall.KindOf(err) != echowall.KindNotFound {
			return echowall.Message{}, err
		}
		if m.Text != "" {
			texts = append(texts, m.Text)
		}
	}
	if err := a.Box.ShowBoxed(c, debts...); err != nil {
		return echowall.Message{}, err
	}
	if len(texts) == 0 {
		return c.Reply("common.to_read_empty")
	}
	text := c.Say("common.to_read_head", "count", len(texts)) + "\n\n" + strings.Join(texts, "\n\n")
	if more := c.Turn.Waiting() - len(debts); more > 0 {
		text += "\n\n" + c.Say("common.to_read_more", "count", more)
	}
	return echowall.Message{Text: text}, nil
}

// boxLooked is how many waiting messages are compared with what a reply says.
const boxLooked = 20

// outOfBox is the key under which a turn counts what its reply took out of the box.
type outOfBox struct{}

// shown settles what waits in the person's box and stands in this reply anyway, so that nothing arrives twice.
// It reports whether there was any.
func (a *App) shown(c *bot.Context, says func(echowall.Debt) bool) (bool, error) {
	if c.Turn.Waiting() == 0 {
		return false, nil
	}
	debts, err := a.Box.Boxed(c, boxLooked, echowall.Recipient(c.Turn.Person()), echowall.Recipient(c.Turn.Author()))
	if err != nil {
		return false, err
	}
	debts = slices.DeleteFunc(debts, func(d echowall.Debt) bool { return !says(d) })
	if n, ok := c.Value(outOfBox{}).(*int); ok {
		*n += len(debts)
	}
	return len(debts) > 0, a.Box.ShowBoxed(c, debts...)
}

// about says yes to debts of some kinds with one subject.
func about(subject string, kinds ...echowall.DebtKind) func(echowall.Debt) bool {
	return func(d echowall.Debt) bool { return d.Subject == subject && slices.Contains(kinds, d.Kind) }
}

// remindBox adds one line about waiting messages to a reply, where the account cannot send them by itself
// and the person is not in the middle of something.
func (a *App) remindBox(next bot.Handler) bot.Handler {
	return func(c *bot.Context) (echowall.Message, error) {
		var taken int
		c.Context = context.WithValue(c.Context, outOfBox{}, &taken)
		m, err := next(c)
		n := c.Turn.Waiting() - taken
		if err != nil || a.Replies || n == 0 || m.Text == "" || c.Command == commandBox || c.Conversation().Dialog != nil {
			return m, err
		}
		m.Text += "\n\n" + c.Say("common.to_read_line", "count", n)
		return m, nil
	}
}
