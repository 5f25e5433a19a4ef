// Package delivery pays what the account owes people: it takes due debts out of the ledger, asks the rules
// which channel is open, has the letter written, sends it and records what became of it.
//
// Read first delivery.go (what it needs, how it starts and stops), then worker.go (one debt, step by step)
// and react.go (what an answer of the platform means). pump.go moves ids from the ledger into the queue and
// on to the workers, supply.go fetches the backlog for all of them, recall.go guards against a ledger that
// crashed and forgot.
//
// The ledger is the truth and the queue only carries: a task is a list of debt ids, is never retried by the
// queue, and may be lost or run twice without harm. A debt is claimed in the ledger, with the attempt
// recorded, before the call; so a worker that dies leaves at most the one debt it was sending in doubt.
package delivery
