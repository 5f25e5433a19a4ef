package handlers

import (
	"slices"
	"testing"

	"echowall/content"
)

// Every command of the table that people may type leads somewhere, unless it only means something in a dialog.
func TestCommandsHaveHandlers(t *testing.T) {
	pack, _, err := content.Load(content.Starter())
	if err != nil {
		t.Fatal(err)
	}
	r := (&App{Pack: pack}).Router()
	inDialogs := []string{"取消", "上一步", "继续", wordDone, wordSkip}
	for _, name := range pack.Commands.Names() {
		if r.HasCommand(name) == slices.Contains(inDialogs, name) {
			t.Errorf("command %s: handler %v", name, r.HasCommand(name))
		}
	}
	for _, b := range pack.Menu.Buttons {
		for _, s := range append(b.Sub, b) {
			if s.Key != "" && !r.HasCommand(s.Key) {
				t.Errorf("menu button %s: no handler for %s", s.Name, s.Key)
			}
		}
	}
}
