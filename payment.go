package echowall

import "time"

// How debts that did not go through are treated.
const (
	// ClaimLasts is how long a worker may take between recording an attempt and recording its result. Later
	// the worker counts as dead and the outcome as unknown. Calls have to be given up well before.
	ClaimLasts = time.Minute
	// KeyLasts is how long a template send may be repeated under its idempotency key (platform reference
	// 2.2: about 10 minutes), with a margin.
	KeyLasts = 9 * time.Minute
	// MaxAttempts is how many calls are made for one debt before it is dead.
	MaxAttempts = 12

	firstRetry = 5 * time.Second
	slowRetry  = 30 * time.Minute
)

// Payment is one debt being worked on: the debt, whom it goes to and what is known about reaching them.
type Payment struct {
	Debt  Debt
	To    OpenID // "" when the vault knows nobody by this recipient
	Reach Reach
	// Ledger is the ledger's own: what it read, to be compared when it writes.
	Ledger any
}

// Claim is the intent to send one message now. It is recorded before the call.
type Claim struct {
	Payment  *Payment
	Decision Decision
	After    Reach // the quota book once the message counts
}

// Claimed is what became of a Claim.
type Claimed int

// The answers to a claim.
const (
	ClaimNone  Claimed = iota // none was asked for
	ClaimTaken                // send it
	ClaimLost                 // somebody else has this debt
	ClaimStale                // the quota book changed; Payment holds the new one, plan again
)

// Spent says what becomes of the quota that a claim took.
type Spent int

// What becomes of the quota.
const (
	SpentKept   Spent = iota // the message counts
	SpentBack                // it was refused: the quota is given back
	SpentClosed              // it was refused because the channel is closed to this person: so is the book
)

// Settlement is what became of one payment.
type Settlement struct {
	Payment *Payment
	State   DebtState
	// Until is when to look again, for DebtOwed and DebtSending.
	Until time.Time
	// Result goes into the list of attempts: "paid", "unknown", a Reaction, or a Why.
	Result string
	Code   int // the platform's errcode
	Spent  Spent
}

// Resume says what to do about a debt that is found in DebtSending: wait until a moment, send again under
// its idempotency key, or (neither) call the outcome unknown.
func (d *Debt) Resume(now time.Time) (wait time.Time, again bool) {
	if len(d.Attempts) == 0 {
		return time.Time{}, false
	}
	last := d.Attempts[len(d.Attempts)-1]
	if until := last.At.Add(ClaimLasts); now.Before(until) {
		return until, false
	}
	first := last
	for i := len(d.Attempts) - 1; i >= 0 && d.Attempts[i].Channel == ChannelTemplate; i-- {
		if r := d.Attempts[i].Result; r != "" && r != string(DebtUnknown) {
			break
		}
		first = d.Attempts[i]
	}
	return time.Time{}, last.Channel == ChannelTemplate && now.Sub(first.At) < KeyLasts
}

// Backoff is how long to wait after the debt's latest failed attempt, and whether to try again at all.
func (d *Debt) Backoff() (time.Duration, bool) {
	n := len(d.Attempts)
	if n >= MaxAttempts {
		return 0, false
	}
	return min(firstRetry<<max(n-1, 0), slowRetry), true
}
