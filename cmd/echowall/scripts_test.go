package main

import (
	"testing"

	"echowall/handlers/script"
)

// TestConversations plays the conversations through everything: the platform's pushes over HTTP in safe mode,
// a real Redis, delivery and the clock table. The chat by itself plays them in handlers.
func TestConversations(t *testing.T) {
	for _, s := range script.Read(t, "../../handlers/testdata") {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			s.Play(t, newStage(t, s.Subscription, 0))
		})
	}
}

// TestConversationsTwice plays them with a platform that delivers every message twice at the same time, as it
// does when an answer is lost. Nothing else may happen, and both answers are the same bytes.
func TestConversationsTwice(t *testing.T) {
	for _, s := range script.Read(t, "../../handlers/testdata") {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			s.Play(t, newStage(t, s.Subscription, 1))
		})
	}
}
