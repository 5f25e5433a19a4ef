// Package store keeps everything in Redis: every key, every script, one file an aggregate.
//
// Read first keys.go (what is stored where), then change.go (how a change becomes visible in one step) and
// turn.go (how one message of a person is handled exactly once).
package store
