package handlers

import (
	"testing"

	"echowall/content"
)

// Who accuses an official is sent elsewhere; who is angry about a car is not.
func TestDenounces(t *testing.T) {
	pack, _, err := content.Load(content.Starter())
	if err != nil {
		t.Fatal(err)
	}
	a := &App{Pack: pack}
	for text, want := range map[string]bool{
		"举报社区主任": true,
		"我要举报，村书记优先给亲戚办低保": true,
		"先举报乱停车，再举报李科长":    true,
		"实名检举：街道干部不作为":     true,
		"有人行贿":             true,
		"公职人员违纪没人管":        true,
		"举报乱停车":            false,
		"我要举报楼下饭店油烟":       false,
		"尊敬的领导，我要举报楼上半夜装修": false,
		"举报楼上装修，请书记来看一看":   false,
		"投诉物业主任态度不好":       false,
		"垃圾没人清，腐败发臭":       false,
		"书记好，路灯坏了":         false,
		"举报":               false,
	} {
		if got := a.denounces(text); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
