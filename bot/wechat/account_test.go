package wechat

import (
	"strings"
	"testing"
	"time"

	"echowall"
)

func TestParseAccountType(t *testing.T) {
	for word, want := range map[string]AccountType{
		"service": "S0", "service+verified": "SV", "Service + Verified": "SV", "subscription": "O", "subscription+verified": "V",
		"personal": "P", "test": "T", "sv": "SV", " T ": "T",
	} {
		if got, err := ParseAccountType(word); got != want || err != nil {
			t.Errorf("%q is %q, %v", word, got, err)
		}
	}
	for _, word := range []string{"", "verified", "test+verified", "X"} {
		if got, err := ParseAccountType(word); err == nil {
			t.Errorf("%q is %q", word, got)
		}
	}
}

// table is section 5 of our platform reference: Y and N where it is certain, ? where the account may try.
const table = `
                   P O V S0 SV T
location           N N N N  Y  Y
kf                 N N Y N  Y  Y
template           N N N N  Y  Y
notice             N N ? N  Y  ?
mass               N N Y N  Y  N
mass by openid     N N N N  Y  N
draft              Y Y Y Y  Y  ?
publish            N N Y N  Y  N
permanent          Y ? Y ?  Y  Y
temp               ? ? Y ?  Y  Y
menu               N N Y ?  Y  Y
users              N N Y N  Y  Y
oauth              N N N N  Y  Y
qr                 N N N N  Y  Y
jssdk              Y Y Y Y  Y  Y
`

func TestCapabilities(t *testing.T) {
	features := []Feature{
		FeatureLocation, FeatureKF, FeatureTemplate, FeatureNotice, FeatureMass, FeatureMassOpenIDs, FeatureDraft, FeaturePublish,
		FeaturePermanentMedia, FeatureTempMedia, FeatureMenu, FeatureUsers, FeatureOAuth, FeatureQR, FeatureJSSDK,
	}
	lines := strings.Split(strings.TrimSpace(table), "\n")
	kinds := strings.Fields(lines[0])
	if len(lines)-1 != len(features) {
		t.Fatalf("%d lines for %d features", len(lines)-1, len(features))
	}
	for i, f := range features {
		cells := strings.Fields(lines[i+1])
		cells = cells[len(cells)-len(kinds):]
		for j, kind := range kinds {
			got := AccountType(kind).Can(f)
			if cells[j] == "Y" && !got || cells[j] == "N" && got {
				t.Errorf("%s, %s: %v, want %s", kind, f, got, cells[j])
			}
		}
	}
	if AccountType("").Can(FeatureJSSDK) {
		t.Error("an unknown account can do something")
	}
}

// TestForbiddenCallsStayHome: what the account may not do is refused without a call, token included.
func TestForbiddenCallsStayHome(t *testing.T) {
	h := newAPIHost(t)
	c := h.client(t, func(cfg *Config) { cfg.Type = AccountSubscription })
	ctx := within(t)
	tm := echowall.TemplateMessage{ID: "t", Fields: []echowall.NamedText{{Name: "a", Value: "b"}}}
	button := []Button{{Name: "a", Type: "click", Key: "k"}}
	for name, call := range map[string]func() error{
		"kf":       func() error { return c.SendKF(ctx, "o1", hello) },
		"object":   func() error { return c.SendKFObject(ctx, "o1", KFNews{"a"}) },
		"typing":   func() error { return c.SendTyping(ctx, "o1", true) },
		"template": func() error { _, err := c.SendTemplate(ctx, "o1", tm); return err },
		"notice":   func() error { return c.SendSubscription(ctx, "o1", tm) },
		"mass":     func() error { _, err := c.MassByTag(ctx, 1, MassContent{Text: "x"}, "k"); return err },
		"list":     func() error { _, err := c.MassByOpenIDs(ctx, two, MassContent{Text: "x"}, "k"); return err },
		"preview":  func() error { return c.MassPreview(ctx, "o1", MassContent{Text: "x"}) },
		"status":   func() error { _, err := c.MassStatus(ctx, 1); return err },
		"recall":   func() error { return c.MassDelete(ctx, 1, 0) },
		"publish":  func() error { _, err := c.Publish(ctx, "d"); return err },
		"menu":     func() error { return c.MenuPush(ctx, button) },
		"get menu": func() error { _, err := c.MenuGet(ctx); return err },
		"no menu":  func() error { return c.MenuDelete(ctx) },
		"tag":      func() error { _, err := c.CreateTag(ctx, "x"); return err },
		"tags":     func() error { _, err := c.Tags(ctx); return err },
		"tagging":  func() error { return c.TagUsers(ctx, 1, two) },
		"members":  func() error { return c.TagMembers(ctx, 1, nil) },
		"user":     func() error { _, err := c.UserInfo(ctx, "o1"); return err },
		"users":    func() error { _, err := c.UserInfoBatch(ctx, two); return err },
		"all":      func() error { return c.Followers(ctx, nil) },
		"login":    func() error { _, _, err := c.OAuthExchange(ctx, "c"); return err },
		"code":     func() error { _, err := c.CreateQR(ctx, Scene{ID: 1}); return err },
		"quota":    func() error { return c.ClearQuota(ctx) },
	} {
		if pe := platformError(t, call()); pe.Code != CodeUnauthorized || pe.Reaction != echowall.ReactPermanent {
			t.Errorf("%s: %v", name, pe)
		}
	}
	if len(h.calls) != 0 {
		t.Errorf("%d calls left the house", len(h.calls))
	}
}

func TestNewClientRefuses(t *testing.T) {
	good := Config{AppID: "wx1", AppSecret: testSecret, Type: AccountTest}
	for name, change := range map[string]func(*Config){
		"no app":        func(c *Config) { c.AppID = "" },
		"no secret":     func(c *Config) { c.AppSecret = "" },
		"no type":       func(c *Config) { c.Type = "" },
		"bad type":      func(c *Config) { c.Type = "service" },
		"bad api":       func(c *Config) { c.APIURL = "api.weixin.qq.com" },
		"bad scheme":    func(c *Config) { c.MPURL = "ftp://x.cn" },
		"unusable open": func(c *Config) { c.OpenURL = "http://[::1" },
	} {
		cfg := good
		change(&cfg)
		if _, err := NewClient(cfg); err == nil || strings.Contains(err.Error(), testSecret) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, err := NewClient(good)
	if err != nil {
		t.Fatal(err)
	}
	if c.api.String() != defaultAPIURL || c.mp.String() != defaultMPURL || c.open.String() != defaultOpenURL || c.timeout != 5*time.Second || c.Type() != AccountTest {
		t.Errorf("defaults %v %v %v %v", c.api, c.mp, c.open, c.timeout)
	}
}
