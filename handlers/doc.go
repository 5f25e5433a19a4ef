// Package handlers is what the account says and asks in the chat: one file for each feature.
//
// Read first app.go (what the features need, and the list of them), then unknown.go (what happens to a text
// that is no command) and wish.go (the longest dialog). Dialogs are bot.Flow tables; every sentence comes
// from content by its key. A handler changes things only through use cases called with its bot.Context and
// may run twice; see bot/DESIGN.md. testdata/*.txt are conversations that can be read.
package handlers
