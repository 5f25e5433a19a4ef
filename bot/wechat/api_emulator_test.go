package wechat

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"echowall"
	"echowall/bot/emulator"
)

// platformAndClient starts a strict platform, which fails the test on anything malformed, and its client.
func platformAndClient(t *testing.T, p *emulator.Platform, change ...func(*Config)) *Client {
	t.Helper()
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "success") }))
	p.CallbackURL = bot.URL + "/wechat"
	p.Account.Secret = testSecret
	if err := p.Start(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		bot.Close()
		for _, v := range p.Violations() {
			t.Errorf("violation: %s", v)
		}
	})
	cfg := Config{
		AppID: p.Account.AppID, AppSecret: testSecret, Type: AccountType(p.Account.Type),
		APIURL: p.URL(), MPURL: p.URL(), OpenURL: p.URL(), Now: p.Time,
	}
	return newTestClient(t, cfg, change)
}

// bubble waits for a bubble that matches.
func bubble(t *testing.T, ctx context.Context, phone *emulator.Phone, match func(emulator.Bubble) bool) emulator.Bubble {
	t.Helper()
	b, err := phone.AwaitBubble(ctx, match)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestEmulatedKF(t *testing.T) {
	p := &emulator.Platform{}
	c, ctx := platformAndClient(t, p), within(t)
	phone := p.Phone("oResident1")
	if pe := platformError(t, c.Send(ctx, "oNobody", hello)); pe.Code != 40003 || pe.Reaction != echowall.ReactUnreachable {
		t.Errorf("a stranger: %v", pe)
	}
	phone.Follow(ctx)
	phone.Say(ctx, "心愿")
	for _, m := range []echowall.Message{
		{Text: "您好 <a href=\"https://x.cn/?a=1&b=2\">看一看</a>\u2028"},
		{Card: &echowall.Card{Title: "微党课", URL: "https://x.cn/m/1"}},
		{Menu: &echowall.ChoiceMenu{Head: "满意吗？", Items: []echowall.Choice{{ID: "r1", Text: "满意"}}}},
	} {
		if err := c.Send(ctx, "oResident1", m); err != nil {
			t.Fatal(err)
		}
	}
	bubble(t, ctx, phone, func(b emulator.Bubble) bool {
		return strings.Contains(b.Text, `?a=1&b=2`) && strings.HasSuffix(b.Text, "\u2028")
	})
	bubble(t, ctx, phone, func(b emulator.Bubble) bool { return len(b.Articles) == 1 && b.Articles[0].Title == "微党课" })
	bubble(t, ctx, phone, func(b emulator.Bubble) bool { return b.Menu != nil && b.Menu.Items[0].ID == "r1" })
	for i := 0; ; i++ { // the windows hold no more than 5 + 3
		err := c.Send(ctx, "oResident1", hello)
		if err == nil && i < 8 {
			continue
		}
		if pe := platformError(t, err); pe.Code != 45047 || pe.Reaction != echowall.ReactQuota || !pe.Until.IsZero() {
			t.Errorf("used up: %v", pe)
		}
		break
	}
	p.Advance(49 * time.Hour)
	if pe := platformError(t, c.Send(ctx, "oResident1", hello)); pe.Code != 45015 || pe.Reaction != echowall.ReactUnreachable {
		t.Errorf("after 49 hours: %v", pe)
	}
}

func TestEmulatedTokens(t *testing.T) {
	p := &emulator.Platform{}
	server := testRedis(t)
	c := platformAndClient(t, p, withRedis(t, server))
	ctx := within(t)
	phone := p.Phone("oResident1")
	send := func(when string) {
		t.Helper()
		phone.Say(ctx, "x")
		if err := c.Send(ctx, "oResident1", hello); err != nil {
			t.Errorf("%s: %v", when, err)
		}
	}
	phone.Follow(ctx)
	send("at first")
	p.RevokeTokens()
	send("after 40001")
	p.ExpireTokens()
	send("after 42001")
	p.Advance(24 * time.Hour)
	send("a day later")
	p.Inject(emulator.Fault{Path: kfPath, ErrCode: -1, Times: 1})
	if pe := platformError(t, c.Send(ctx, "oResident1", hello)); pe.Reaction != echowall.ReactRetry || pe.Unknown {
		t.Errorf("busy: %v", pe)
	}
	if n := p.CallCount(stableTokenPath); n != 4 {
		t.Errorf("%d token calls, want 4", n)
	}
	p.Change(func(p *emulator.Platform) { p.Account.IPWhitelist = []string{"10.9.9.9"} })
	p.RevokeTokens()
	if pe := platformError(t, c.Send(ctx, "oResident1", hello)); pe.Code != 40164 || !strings.Contains(pe.Message, "127.0.0.1") {
		t.Errorf("address not listed: %v", pe)
	}
}

// TestEmulatedUnknown: the platform did the work and the answer was lost.
func TestEmulatedUnknown(t *testing.T) {
	p := &emulator.Platform{}
	c, ctx := platformAndClient(t, p, brief), within(t)
	phone := p.Phone("oResident1")
	phone.Follow(ctx)
	phone.Say(ctx, "x")
	if err := c.Send(ctx, "oResident1", echowall.Message{Text: "first"}); err != nil {
		t.Fatal(err)
	}
	for _, fault := range []emulator.Fault{{Path: kfPath, Cut: true, Times: 1}, {Path: kfPath, Hang: true, Times: 1}} {
		p.Inject(fault)
		if pe := platformError(t, c.Send(ctx, "oResident1", echowall.Message{Text: "lost"})); !pe.Unknown || pe.Reaction != echowall.ReactRetry {
			t.Errorf("%+v: %v", fault, pe)
		}
	}
	arrived := 0
	for _, b := range phone.Chat() {
		if b.Text == "lost" {
			arrived++
		}
	}
	if arrived != 2 || p.CallCount(kfPath) != 3 {
		t.Errorf("%d of the lost messages arrived, %d calls: the client must not repeat them", arrived, p.CallCount(kfPath))
	}
}

func TestEmulatedTemplates(t *testing.T) {
	p := &emulator.Platform{}
	c, ctx := platformAndClient(t, p), within(t)
	phone := p.Phone("oResident1")
	phone.Follow(ctx)
	id := p.AddTemplate(emulator.Template{Title: "进度", Content: "事项：{{thing1.DATA}}\n进度：{{phrase2.DATA}}"})
	m := echowall.TemplateMessage{
		ID: id, Fields: []echowall.NamedText{{Name: "thing1", Value: "路灯不亮"}, {Name: "phrase2", Value: "已答复"}},
		URL: "https://x.cn/m", ClientID: "debt-1",
	}
	p.Inject(emulator.Fault{Path: templatePath, Cut: true, Times: 1})
	if _, err := c.SendTemplate(ctx, "oResident1", m); !platformError(t, err).Unknown {
		t.Errorf("lost answer: %v", err)
	}
	first, err := c.SendTemplate(ctx, "oResident1", m)
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.SendTemplate(ctx, "oResident1", m)
	if err != nil || again != first {
		t.Errorf("asked again: %d after %d, %v", again, first, err)
	}
	shown := 0
	for _, b := range phone.Chat() {
		if b.Kind == emulator.KindTemplate {
			shown++
		}
	}
	if shown != 1 {
		t.Errorf("shown %d times", shown)
	}
	m.Fields[0].Value = strings.Repeat("长", 21)
	if _, err := c.SendTemplate(ctx, "oResident1", m); platformError(t, err).Code != 47003 || !strings.Contains(err.Error(), "thing1") {
		t.Errorf("too long: %v", err)
	}
	notice := p.AddTemplate(emulator.Template{Title: "通知", Content: "事项：{{thing1.DATA}}", Notice: true})
	n := echowall.Message{Template: &echowall.TemplateMessage{ID: notice, Fields: []echowall.NamedText{{Name: "thing1", Value: "开会"}}, Subscription: true}}
	if pe := platformError(t, c.Send(ctx, "oResident1", n)); pe.Code != 43101 {
		t.Errorf("not accepted: %v", pe)
	}
	phone.SubscribePopup(ctx, []string{notice}, nil)
	if err := c.Send(ctx, "oResident1", n); err != nil {
		t.Error(err)
	}
}

func TestEmulatedMass(t *testing.T) {
	p := &emulator.Platform{}
	c, ctx := platformAndClient(t, p), within(t)
	people := []echowall.OpenID{"oMember1", "oMember2"}
	for _, who := range people {
		p.Phone(string(who)).Follow(ctx)
	}
	tag, err := c.CreateTag(ctx, "党员")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.TagUsers(ctx, tag.ID, people); err != nil {
		t.Fatal(err)
	}
	var met []echowall.OpenID
	visit := func(page []echowall.OpenID) error { met = append(met, page...); return nil }
	if err := c.TagMembers(ctx, tag.ID, visit); err != nil || len(met) != 2 {
		t.Errorf("members %d, %v", len(met), err)
	}
	text := MassContent{Text: "今天下午三点开会"}
	if err := c.MassPreview(ctx, "oMember1", text); err != nil {
		t.Fatal(err)
	}
	job, err := c.MassByTag(ctx, tag.ID, text, "notice-1")
	if err != nil || job.ID == 0 || job.Adopted {
		t.Fatalf("%+v, %v", job, err)
	}
	bubble(t, ctx, p.Phone("oMember2"), func(b emulator.Bubble) bool { return b.Via == emulator.ViaMass && b.Text == text.Text })
	if _, err := c.MassByTag(ctx, tag.ID, text, "notice-1"); platformError(t, err).Code != 45066 || platformError(t, err).RetryAfter != time.Minute {
		t.Errorf("again at once: %v", err)
	}
	p.Advance(2 * time.Minute)
	again, err := c.MassByTag(ctx, tag.ID, text, "notice-1")
	if err != nil || again.ID != job.ID || !again.Adopted {
		t.Errorf("%+v, %v", again, err)
	}
	if _, err := c.MassByOpenIDs(ctx, people, text, "notice-2"); err != nil {
		t.Error(err)
	}
	if status, err := c.MassStatus(ctx, job.ID); status != "SEND_SUCCESS" || err != nil {
		t.Errorf("%q, %v", status, err)
	}
	if err := c.MassDelete(ctx, job.ID, 0); platformError(t, err).Code != 40065 {
		t.Errorf("taking back a text: %v", err)
	}
	if err := c.UntagUsers(ctx, tag.ID, people); err != nil {
		t.Error(err)
	}
	if tags, err := c.Tags(ctx); err != nil || len(tags) == 0 {
		t.Errorf("%v, %v", tags, err)
	}
	if err := p.AwaitQuiet(ctx); err != nil {
		t.Error(err)
	}
}

func TestEmulatedMediaAndDrafts(t *testing.T) {
	p := &emulator.Platform{}
	c, ctx := platformAndClient(t, p), within(t)
	data := picture(t)
	id, err := c.UploadTemp(ctx, MediaImage, "a.png", data)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := c.Download(ctx, id); err != nil || !bytes.Equal(m.Data, data) || m.ContentType != "image/png" || m.Filename == "" {
		t.Errorf("%q %q %d bytes, %v", m.ContentType, m.Filename, len(m.Data), err)
	}
	phone := p.Phone("oResident1")
	phone.Follow(ctx)
	phone.Say(ctx, "x")
	if err := c.Send(ctx, "oResident1", echowall.Message{Image: id}); err != nil {
		t.Error(err)
	}
	p.Advance(73 * time.Hour)
	if _, err := c.Download(ctx, id); platformError(t, err).Code != 40007 {
		t.Errorf("after three days: %v", err)
	}
	thumb, address, err := c.UploadPermanent(ctx, MediaImage, "a.png", data, nil)
	if err != nil || address == "" {
		t.Fatalf("%q, %v", address, err)
	}
	inline, err := c.UploadImage(ctx, "b.png", data)
	if err != nil {
		t.Fatal(err)
	}
	article := DraftArticle{Title: "周报", Content: `<p>正文<img src="` + inline + `"></p>`, ThumbID: thumb}
	draft, err := c.DraftAdd(ctx, []DraftArticle{article})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.DraftGet(ctx, draft); err != nil || len(got) != 1 || got[0].Title != "周报" {
		t.Errorf("%+v, %v", got, err)
	}
	if job, err := c.Publish(ctx, draft); err != nil || job == 0 {
		t.Errorf("%d, %v", job, err)
	}
	other, err := c.DraftAdd(ctx, []DraftArticle{article})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.DraftDelete(ctx, other); err != nil {
		t.Error(err)
	}
	if err := p.AwaitQuiet(ctx); err != nil {
		t.Error(err)
	}
}

func TestEmulatedPeopleAndCodes(t *testing.T) {
	p := &emulator.Platform{FollowersPage: 2}
	c, ctx := platformAndClient(t, p), within(t)
	qr, err := c.CreateQR(ctx, Scene{Text: "point-12"})
	if err != nil {
		t.Fatal(err)
	}
	if m, err := c.QRImage(ctx, qr.Ticket); err != nil || len(m.Data) == 0 {
		t.Errorf("%q, %v", m.ContentType, err)
	}
	if _, err := c.CreateQR(ctx, Scene{ID: 7, Life: time.Hour}); err != nil {
		t.Error(err)
	}
	p.Phone("o1").ScanTicket(ctx, qr.Ticket)
	for _, who := range []string{"o2", "o3", "o4", "o5"} {
		p.Phone(who).Follow(ctx)
	}
	var met []string
	if err := c.Followers(ctx, func(page []echowall.OpenID) error { met = append(met, plain(page)...); return nil }); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(met, " "); got != "o1 o2 o3 o4 o5" {
		t.Errorf("followers %s", got)
	}
	u, err := c.UserInfo(ctx, "o1")
	if err != nil || !u.Subscribed || u.SceneText != "point-12" {
		t.Errorf("%+v, %v", u, err)
	}
	if users, err := c.UserInfoBatch(ctx, []echowall.OpenID{"o2", "o3"}); err != nil || len(users) != 2 || users[1].OpenID != "o3" {
		t.Errorf("%d users, %v", len(users), err)
	}
}

func TestEmulatedPages(t *testing.T) {
	p := &emulator.Platform{}
	c, ctx := platformAndClient(t, p), within(t)
	var code string
	page := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { code = r.URL.Query().Get("code") }))
	defer page.Close()
	login := func() {
		t.Helper()
		res, err := p.Phone("oResident1").Browser().Get(c.OAuthURL(page.URL+"/m/back?to=/m/x&k=1", ScopeBase, "abc123"))
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
	}
	login()
	if who, snapshot, err := c.OAuthExchange(ctx, code); who != "oResident1" || snapshot || err != nil {
		t.Errorf("%q, %v, %v", string(who), snapshot, err)
	}
	if _, _, err := c.OAuthExchange(ctx, code); !RestartOAuth(err) {
		t.Errorf("code used twice: %v", err)
	}
	p.Change(func(p *emulator.Platform) { p.SnapshotUsers = true })
	login()
	if who, snapshot, err := c.OAuthExchange(ctx, code); who == "" || !snapshot || err != nil {
		t.Errorf("%v, %v", snapshot, err)
	}
	if cfg, err := c.JSConfig(ctx, page.URL); err != nil || cfg.Signature == "" {
		t.Errorf("%+v, %v", cfg, err)
	}
}

func TestEmulatedMenuAndHealth(t *testing.T) {
	p := &emulator.Platform{}
	c, ctx := platformAndClient(t, p), within(t)
	if got, err := c.MenuGet(ctx); got != nil || err != nil {
		t.Errorf("before: %v, %v", got, err)
	}
	menu := []Button{
		{Name: "今日微课", Type: "click", Key: "LESSON"},
		{Name: "民情", Sub: []Button{{Name: "说心愿 <新>", Type: "view", URL: "https://x.cn/m?a=1&b=2"}}},
	}
	if err := c.MenuPush(ctx, menu); err != nil {
		t.Fatal(err)
	}
	if got, err := c.MenuGet(ctx); err != nil || len(got) != 2 || got[1].Sub[0].Name != "说心愿 <新>" {
		t.Errorf("%+v, %v", got, err)
	}
	if err := c.MenuDelete(ctx); err != nil {
		t.Error(err)
	}
	if life, err := c.CheckToken(ctx); err != nil || life <= 0 {
		t.Errorf("%v, %v", life, err)
	}
	if ips, err := c.CallbackIPs(ctx); err != nil || len(ips) == 0 {
		t.Errorf("%v, %v", ips, err)
	}
	if err := c.ClearQuota(ctx); err != nil {
		t.Error(err)
	}
}

// TestEmulatedAccountTypes: what we think an account may not do, the platform refuses too.
func TestEmulatedAccountTypes(t *testing.T) {
	abilities := map[Feature]emulator.Ability{
		FeatureKF: emulator.AbilityKf, FeatureTemplate: emulator.AbilityTemplate, FeatureNotice: emulator.AbilityNotice,
		FeatureMass: emulator.AbilityMass, FeatureMassOpenIDs: emulator.AbilityMassOpenID, FeatureDraft: emulator.AbilityDraft,
		FeaturePublish: emulator.AbilityPublish, FeaturePermanentMedia: emulator.AbilityMaterial, FeatureTempMedia: emulator.AbilityMedia,
		FeatureMenu: emulator.AbilityMenu, FeatureUsers: emulator.AbilityUsers, FeatureOAuth: emulator.AbilityOAuth,
		FeatureQR: emulator.AbilityQR, FeatureJSSDK: emulator.AbilityJSSDK, FeatureClearQuota: emulator.AbilityClearQuota,
		FeatureLocation: emulator.AbilityLocation,
	}
	if len(abilities) != len(capabilities) {
		t.Fatalf("%d of %d features compared", len(abilities), len(capabilities))
	}
	for f, ability := range abilities {
		for _, kind := range accountNames {
			if (emulator.Account{Type: emulator.AccountType(kind)}).Can(ability) && !kind.Can(f) {
				t.Errorf("%s: the platform lets type %s, we do not", f, kind)
			}
		}
	}
	// Where the table is open the account may try, and the platform's refusal arrives as such.
	p := &emulator.Platform{Account: emulator.Account{Type: emulator.S0}}
	c := platformAndClient(t, p)
	err := c.MenuPush(within(t), []Button{{Name: "a", Type: "click", Key: "k"}})
	if pe := platformError(t, err); pe.Code != CodeUnauthorized || p.CallCount(menuCreatePath) != 1 {
		t.Errorf("got %v after %d calls", pe, p.CallCount(menuCreatePath))
	}
}
