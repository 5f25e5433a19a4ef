// Package bot is the conversation engine: it takes one message at a time from each person, finds the dialog
// or command it belongs to, runs it, and answers within the platform's deadline.
//
// Read first receive.go (how a message is handled once, whatever happens), then router.go (which handler)
// and flow.go (guided dialogs). DESIGN.md tells the invariants.
package bot
