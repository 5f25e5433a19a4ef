package handlers

import (
	"context"

	"echowall"
)

// Template is a template or subscription notice approved by the platform, and what goes into its fields.
type Template struct {
	ID     string
	Fields []TemplateField
}

// TemplateField names one field of a template and which fact fills it: number, title, state, time, station
// or what else the letters of the kind offer.
type TemplateField struct{ Name, Fact string }

// fieldLimit is the longest value of a template field, in characters (platform reference 2.2).
const fieldLimit = 20

// letter is what one debt says: as a message, and as facts for the fields of a template.
type letter struct {
	message echowall.Message
	facts   map[string]string
	url     string
}

// writers are the letters by kind. Each says what is true now; the zero letter says that there is nothing
// to say any more. For ChannelBox the message is a text.
func (a *App) writers() map[echowall.DebtKind]func(context.Context, echowall.Debt, echowall.Channel) (letter, error) {
	return map[echowall.DebtKind]func(context.Context, echowall.Debt, echowall.Channel) (letter, error){
		echowall.DebtWishAccepted:  a.letterAccepted,
		echowall.DebtWishRouted:    a.letterRouted,
		echowall.DebtWishAnswered:  a.letterAnswered,
		echowall.DebtWishRedo:      a.letterRedo,
		echowall.DebtWishDue:       a.letterDue,
		echowall.DebtWishNew:       a.letterNew,
		echowall.DebtHuman:         a.letterHuman,
		echowall.DebtLesson:        a.letterLesson,
		echowall.DebtStudyReminder: a.letterReminder,
		echowall.DebtNotice:        a.letterNotice,
		echowall.DebtLateReply:     letterLate,
	}
}

// Write is delivery's writer: the message that pays d through ch.
func (a *App) Write(ctx context.Context, d echowall.Debt, ch echowall.Channel) (echowall.Message, error) {
	write, ok := a.writers()[d.Kind]
	if !ok {
		return echowall.Message{}, echowall.Errorf(echowall.KindInternal, "handlers: no letter for debts of kind %q", d.Kind)
	}
	l, err := write(ctx, d, ch)
	if err != nil || l.message.IsZero() {
		return echowall.Message{}, err
	}
	switch ch {
	case echowall.ChannelTemplate:
		return l.fill(a.Templates[d.Kind], d, false)
	case echowall.ChannelSubscription:
		return l.fill(a.Subscriptions[d.Kind], d, true)
	}
	l.message.Text = a.tame(l.message.Text)
	return l.message, nil
}

// fill makes a template message of the letter's facts.
func (l letter) fill(t Template, d echowall.Debt, subscription bool) (echowall.Message, error) {
	if t.ID == "" {
		return echowall.Message{}, echowall.Errorf(echowall.KindInternal, "handlers: no template for debts of kind %q", d.Kind)
	}
	m := echowall.TemplateMessage{ID: t.ID, URL: l.url, Subscription: subscription}
	if !subscription {
		m.ClientID = d.ID
	}
	for _, f := range t.Fields {
		m.Fields = append(m.Fields, echowall.NamedText{Name: f.Name, Value: echowall.Shorten(l.facts[f.Fact], fieldLimit)})
	}
	return echowall.Message{Template: &m}, nil
}

// letterLate is an answer that missed the reply deadline, as it was written then.
func letterLate(_ context.Context, d echowall.Debt, _ echowall.Channel) (letter, error) {
	if d.Body == nil {
		return letter{}, nil
	}
	return letter{message: *d.Body}, nil
}
