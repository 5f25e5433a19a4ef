package emulator

import (
	"slices"
	"strings"
	"testing"
)

func TestCapabilityMatrix(t *testing.T) {
	// One call of each ability; the columns say who is let through.
	rows := []struct {
		method, path string
		allowed      string
	}{
		{"GET", "/cgi-bin/getcallbackip", "P O V S0 SV T"},
		{"GET", "/cgi-bin/get_current_selfmenu_info", "P O V S0 SV T"},
		{"POST", "/cgi-bin/message/custom/send", "V SV T"},
		{"POST", "/cgi-bin/message/custom/typing", "V SV T"},
		{"POST", "/cgi-bin/message/template/send", "SV T"},
		{"POST", "/cgi-bin/message/subscribe/bizsend", "SV"},
		{"POST", "/cgi-bin/message/mass/sendall", "V SV"},
		{"POST", "/cgi-bin/message/mass/send", "SV"},
		{"POST", "/cgi-bin/draft/batchget", "P O V S0 SV"},
		{"POST", "/cgi-bin/freepublish/submit", "V SV"},
		{"POST", "/cgi-bin/material/get_material", "P O V S0 SV T"},
		{"GET", "/cgi-bin/media/get", "P O V S0 SV T"},
		{"GET", "/cgi-bin/menu/get", "V SV T"},
		{"POST", "/cgi-bin/menu/addconditional", "V SV"},
		{"GET", "/cgi-bin/tags/get", "V SV T"},
		{"POST", "/cgi-bin/qrcode/create", "SV T"},
		{"POST", "/cgi-bin/clear_quota", "V SV"},
		{"GET", "/sns/userinfo", "SV T"},
		{"GET", "/cgi-bin/ticket/getticket?type=jsapi", "P O V S0 SV T"},
	}
	for _, kind := range []AccountType{P, O, V, S0, SV, T} {
		p := &Platform{Account: Account{Type: kind}}
		start(t, p)
		c := newCaller(t, p)
		for _, row := range rows {
			_, data := c.do(row.method, row.path, "application/json", []byte(`{}`))
			refused := c.parse(data).code() == 48001
			if allowed := slices.Contains(strings.Fields(row.allowed), string(kind)); allowed == refused {
				t.Errorf("%s %s: %s", kind, row.path, data)
			}
		}
	}
}

func TestOverrideGrantsAndWithdraws(t *testing.T) {
	a := Account{Type: P, Override: map[Ability]bool{AbilityKf: true, AbilityMedia: false}}
	if !a.Can(AbilityKf) || a.Can(AbilityMedia) || a.Can(AbilityQR) || !a.Can("") {
		t.Error("Override must win over the table, and only where it speaks")
	}
	if !(Account{}).Can(AbilityQR) {
		t.Error("the zero Account must be a verified service account")
	}
}

func TestLocationEventsNeedTheAbility(t *testing.T) {
	p := &Platform{Account: Account{Type: V}}
	start(t, p)
	ph := p.Phone("oU1")
	ph.Follow(t.Context())
	if d := ph.ReportLocation(t.Context(), 1, 2, 3); d.Err != ErrNotGranted {
		t.Errorf("subscription account got a LOCATION event: %s", d.Outcome)
	}
	p.Change(func(p *Platform) { p.Account.Type = SV })
	if d := ph.ReportLocation(t.Context(), 1, 2, 3); d.Outcome != Acked {
		t.Errorf("service account: %s", d.Outcome)
	}
}
