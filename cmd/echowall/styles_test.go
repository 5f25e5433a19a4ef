package main

import (
	"bytes"
	"os"
	"testing"
)

// The emulator may import nothing of the product, so it has the design's two style sheets of its own; phones
// and pages must not drift apart.
func TestStyleSheetsAgree(t *testing.T) {
	for _, name := range []string{"tokens.css", "base.css"} {
		ours, err := os.ReadFile("../../web/assets/" + name)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := os.ReadFile("../../bot/emulator/assets/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(ours, theirs) {
			t.Errorf("%s differs between web and bot/emulator: change both", name)
		}
	}
}
