package handlers_test

import (
	"testing"
	"time"
	"unicode/utf8"

	"echowall"
	"echowall/handlers"
)

// Letters tell what is true when they are written, to those whom it still concerns.
func TestLetters(t *testing.T) {
	g := newTalk(t)
	ctx := t.Context()
	number := g.wish("居民王", "竹园路灯坏了")
	author, officer, stranger := echowall.Recipient(g.author("居民王")), echowall.Recipient(g.person("联络员李")), echowall.Recipient(g.person("外站吴"))
	g.meet("联络员李")
	g.meet("外站吴")
	write := func(kind echowall.DebtKind, to echowall.Recipient, subject string) string {
		t.Helper()
		m, err := g.app.Write(ctx, echowall.NewDebt(kind, to, subject, "", g.Now()), echowall.ChannelReply)
		if err != nil {
			t.Fatal(err)
		}
		return m.Text
	}
	none := func(kind echowall.DebtKind, to echowall.Recipient, subject string) {
		t.Helper()
		if got := write(kind, to, subject); got != "" {
			t.Errorf("%s says %q, want nothing", kind, got)
		}
	}
	none(echowall.DebtWishAccepted, author, number)
	g.want(write(echowall.DebtWishNew, officer, "zhuyuan"), "有心愿等签收", number)
	none(echowall.DebtWishNew, stranger, "zhuyuan")
	none(echowall.DebtWishNew, stranger, "heyan")
	none(echowall.DebtWishDue, stranger, number)
	g.want(write(echowall.DebtWishDue, officer, number), number, "还有 1 个工作日")
	g.advance(48 * time.Hour)
	g.want(write(echowall.DebtWishDue, officer, number), "已超期 1 个工作日")

	g.say("联络员李", "签收 "+number)
	none(echowall.DebtWishNew, officer, number)
	none(echowall.DebtWishAnswered, author, number)
	none(echowall.DebtWishAccepted, echowall.Recipient(g.author("居民赵")), number)
	g.want(write(echowall.DebtWishAccepted, author, number), "已受理")
	g.answer("联络员李", "居民王", number, "A", "路灯已经换好，今晚亮灯。")
	none(echowall.DebtWishAnswered, echowall.Recipient(g.author("居民赵")), number)
	none(echowall.DebtWishDue, officer, number)
	none(echowall.DebtWishRedo, officer, number)
	g.say("居民王", "A")
	none(echowall.DebtWishAnswered, author, number)
	g.want(write(echowall.DebtHuman, officer, ""), "有居民在找工作人员")
	none(echowall.DebtHuman, stranger, number)

	late := echowall.NewDebt(echowall.DebtLateReply, author, "m1", "0", g.Now())
	late.Body = &echowall.Message{Text: "迟到的回复"}
	if m, err := g.app.Write(ctx, late, echowall.ChannelReply); err != nil || m.Text != "迟到的回复" {
		t.Errorf("late reply %+v, %v", m, err)
	}
	if _, err := g.app.Write(ctx, echowall.NewDebt("unheard", author, "", "", g.Now()), echowall.ChannelReply); err == nil {
		t.Error("a debt of an unknown kind was written")
	}
	if _, err := g.app.Write(ctx, echowall.NewDebt(echowall.DebtWishAccepted, author, "XY9", "", g.Now()), echowall.ChannelReply); echowall.KindOf(err) != echowall.KindNotFound {
		t.Errorf("a wish that is gone: %v", err)
	}
}

func TestTemplatesAreFilled(t *testing.T) {
	g := newTalk(t)
	number := g.wish("居民王", "竹园社区北门到公交站一段路晚上没有路灯，老人孩子走路很不方便")
	g.say("联络员李", "签收 "+number)
	d := echowall.NewDebt(echowall.DebtWishAccepted, echowall.Recipient(g.author("居民王")), number, "", g.Now())
	if _, err := g.app.Write(t.Context(), d, echowall.ChannelTemplate); err == nil {
		t.Error("a template that is not configured was filled")
	}
	template := handlers.Template{ID: "T1", Fields: []handlers.TemplateField{{"thing1", "title"}, {"number2", "number"}, {"time3", "time"}, {"thing4", "station"}}}
	g.app.Templates = map[echowall.DebtKind]handlers.Template{d.Kind: template}
	g.app.Subscriptions = map[echowall.DebtKind]handlers.Template{d.Kind: template}
	for ch, subscription := range map[echowall.Channel]bool{echowall.ChannelTemplate: false, echowall.ChannelSubscription: true} {
		m, err := g.app.Write(t.Context(), d, ch)
		if err != nil || m.Template == nil {
			t.Fatalf("%s: %+v, %v", ch, m, err)
		}
		got := m.Template
		if got.ID != "T1" || got.Subscription != subscription || (got.ClientID == d.ID) == subscription || got.URL == "" || len(got.Fields) != 4 {
			t.Errorf("%s: %+v", ch, got)
		}
		for _, f := range got.Fields {
			if n := utf8.RuneCountInString(f.Value); n == 0 || n > 20 {
				t.Errorf("%s has %d characters: %s", f.Name, n, f.Value)
			}
		}
	}
}
