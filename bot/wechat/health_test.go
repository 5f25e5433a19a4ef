package wechat

import (
	"fmt"
	"testing"
	"time"

	"echowall"
)

func TestHealth(t *testing.T) {
	h := newAPIHost(t)
	c, ctx := h.client(t), within(t)
	if life, err := c.CheckToken(ctx); life != 2*time.Hour || err != nil {
		t.Errorf("%v, %v", life, err)
	}
	h.answer(callbackIPPath, `{"ip_list":["101.226.62.77","101.226.62.78"]}`)
	if ips, err := c.CallbackIPs(ctx); fmt.Sprint(ips) != "[101.226.62.77 101.226.62.78]" || err != nil {
		t.Errorf("%v, %v", ips, err)
	}
	h.answer(clearQuotaPath, `{"errcode":48006,"errmsg":"x"}`)
	if pe := platformError(t, c.ClearQuota(ctx)); pe.Reaction != echowall.ReactQuota || pe.Until.IsZero() {
		t.Errorf("got %v", pe)
	}
	sameJSON(t, h.only(t, clearQuotaPath).Body, `{"appid":"wx0e1c2d3b4a596877"}`)
}
