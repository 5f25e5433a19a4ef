// Package schedule is the clock table: what the account does when nobody asks.
//
// Read first table.go (what happens when, and what if it was missed), then clock.go (how each firing runs
// exactly once on any number of replicas).
package schedule
