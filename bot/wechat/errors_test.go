package wechat

import (
	"fmt"
	"testing"
	"time"

	"echowall"
)

// documented is the platform's table as our reference lists it, by class. Where it gives two classes, the
// one chosen is the one that errors.go states.
var documented = []struct {
	reaction echowall.Reaction
	codes    []int
}{
	{echowall.ReactRetry, []int{-1, 42010, 45011, 45066, 89501, 89503, 89504, 89505}},
	{echowall.ReactToken, []int{40001, 40014, 42001}},
	{echowall.ReactUnreachable, []int{40003, 43004, 43019, 43101, 45015, 46004, 48002, 50005, 70000}},
	{echowall.ReactQuota, []int{45009, 45028, 45047, 48006}},
	{echowall.ReactDone, []int{45065, 45072, 45080, 45081, 46003}},
	{echowall.ReactPermanent, []int{
		40013, 40036, 40037, 40054, 40055, 40125, 40164, 40200, 40243, 40246, 40247, 40249, 41030, 43116, 45029,
		45062, 45064, 45113, 48001, 48003, 48004, 48008, 50001, 50002, 50004, 50007, 61004, 65400, 88000, 89506,
		89507, 200011, 200012,
	}},
	{echowall.ReactBadRequest, []int{
		40002, 40004, 40005, 40006, 40007, 40008, 40009, 40010, 40011, 40012, 40016, 40017, 40018, 40019, 40020,
		40022, 40023, 40024, 40025, 40026, 40027, 40029, 40030, 40032, 40033, 40039, 40052, 40053, 40059, 40060,
		40065, 40113, 40130, 40152, 40163, 41001, 41002, 41003, 41004, 41005, 41006, 41007, 41008, 41009, 42002,
		42003, 42007, 43002, 44001, 44002, 44003, 44004, 45001, 45002, 45003, 45004, 45005, 45006, 45007, 45008,
		45056, 45057, 45058, 45059, 45067, 45083, 45084, 45110, 45157, 45158, 45159, 47001, 47003, 48021, 48022,
		49003, 61451, 61452, 61453, 61454, 61455, 61456, 61457, 65301, 65303, 65305, 65306, 65316, 65317, 65320,
		65416, 76001, 76002, 76003, 76004, 76021, 76022, 200014, 200020, 200021, 200022,
	}},
}

func TestReactions(t *testing.T) {
	h := newAPIHost(t)
	c := h.client(t)
	total := 0
	for _, class := range documented {
		for _, code := range class.codes {
			total++
			h.answer(kfPath, fmt.Sprintf(`{"errcode":%d,"errmsg":"no rid: 6510fcad-3d8ae261-25861ec2"}`, code))
			pe := platformError(t, c.SendKF(within(t), testOpenID, hello))
			if pe.Reaction != class.reaction || pe.Code != code || pe.Unknown || pe.Call != kfPath {
				t.Errorf("%d: %+v, want reaction %s", code, pe, class.reaction)
			}
			if pe.Message != "no rid: 6510fcad-3d8ae261-25861ec2" {
				t.Errorf("%d: message %q lost the request id", code, pe.Message)
			}
		}
	}
	if total < 150 {
		t.Fatalf("the table has only %d codes", total)
	}
}

func TestUnknownCodeIsTriedTwice(t *testing.T) {
	h := newAPIHost(t)
	h.answer(kfPath, `{"errcode":98765,"errmsg":"never heard of"}`)
	pe := platformError(t, h.client(t).SendKF(within(t), testOpenID, hello))
	if pe.Reaction != echowall.ReactBadRequest || pe.Unknown {
		t.Errorf("got %+v", pe)
	}
	if n := len(h.to(kfPath)); n != 2 {
		t.Errorf("%d attempts, want 2", n)
	}
}

func TestWaitsAndQuotas(t *testing.T) {
	now := time.Date(2026, 11, 30, 23, 30, 0, 0, beijing)
	day, month := time.Date(2026, 12, 1, 0, 0, 0, 0, beijing), time.Date(2026, 12, 1, 0, 0, 0, 0, beijing)
	early := time.Date(2026, 11, 21, 20, 0, 0, 0, time.UTC) // the 22nd in Beijing
	tests := []struct {
		code  int
		kind  AccountType
		now   time.Time
		wait  time.Duration
		until time.Time
	}{
		{45011, AccountServiceVerified, now, time.Minute, time.Time{}},
		{45066, AccountServiceVerified, now, time.Minute, time.Time{}},
		{42010, AccountServiceVerified, now, time.Minute, time.Time{}},
		{89503, AccountServiceVerified, now, 5 * time.Minute, time.Time{}},
		{89506, AccountServiceVerified, now, 24 * time.Hour, time.Time{}},
		{89507, AccountServiceVerified, now, time.Hour, time.Time{}},
		{45009, AccountServiceVerified, now, 0, day},
		{45009, AccountServiceVerified, early, 0, time.Date(2026, 11, 23, 0, 0, 0, 0, beijing)},
		{45028, AccountSubscriptionVerified, early, 0, time.Date(2026, 11, 23, 0, 0, 0, 0, beijing)},
		{45028, AccountServiceVerified, early, 0, month},
		{48006, AccountServiceVerified, early, 0, month},
		{45047, AccountServiceVerified, now, 0, time.Time{}},
	}
	for _, tt := range tests {
		h := newAPIHost(t)
		c := h.client(t, func(cfg *Config) { cfg.Type, cfg.Now = tt.kind, func() time.Time { return tt.now } })
		h.answer(kfPath, fmt.Sprintf(`{"errcode":%d,"errmsg":"x"}`, tt.code))
		pe := platformError(t, c.SendKF(within(t), testOpenID, hello))
		if pe.RetryAfter != tt.wait || !pe.Until.Equal(tt.until) {
			t.Errorf("%d on %s: wait %v until %v, want %v and %v", tt.code, tt.kind, pe.RetryAfter, pe.Until, tt.wait, tt.until)
		}
	}
}

// TestTokenCallCodes: what asks for a refresh elsewhere means a wrong secret on the token call itself.
func TestTokenCallCodes(t *testing.T) {
	for _, code := range []int{40001, 40125, 40164, 40243} {
		h := newAPIHost(t)
		h.answer(stableTokenPath, fmt.Sprintf(`{"errcode":%d,"errmsg":"invalid ip 10.1.2.3, not in whitelist"}`, code))
		pe := platformError(t, h.client(t).SendKF(within(t), testOpenID, hello))
		if pe.Reaction != echowall.ReactPermanent || pe.Call != stableTokenPath || pe.Unknown {
			t.Errorf("%d: %+v", code, pe)
		}
		if want := "invalid ip 10.1.2.3, not in whitelist"; pe.Message != want {
			t.Errorf("message %q: the operator needs the address", pe.Message)
		}
		if n := len(h.to(stableTokenPath)); n != 1 {
			t.Errorf("%d: %d token calls, want 1", code, n)
		}
	}
}

func TestRestartOAuth(t *testing.T) {
	for code, want := range map[int]bool{40029: true, 40163: true, 42003: true, 42007: true, 42002: true, 40030: true, 45009: false, 40125: false} {
		h := newAPIHost(t)
		h.answer(oauthPath, fmt.Sprintf(`{"errcode":%d,"errmsg":"x"}`, code))
		_, _, err := h.client(t).OAuthExchange(within(t), "code1")
		if got := RestartOAuth(err); got != want {
			t.Errorf("RestartOAuth(%d) = %v", code, got)
		}
	}
	if RestartOAuth(nil) || RestartOAuth(echowall.Errorf(echowall.KindInternal, "x")) {
		t.Error("other errors restart the login")
	}
}
