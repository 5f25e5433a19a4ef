package echowall

import "time"

// Five wrong codes in a row lock whoever types them for an hour.
const (
	TriesLimit = 5
	TriesLock  = time.Hour
)

// Tries counts the wrong codes of one person. The zero value is nobody's fault.
type Tries struct {
	Wrong int       `json:"wrong"`
	Last  time.Time `json:"last"`
}

// LockedUntil is when the person may try again; zero when now.
func (t *Tries) LockedUntil(now time.Time) time.Time {
	if until := t.Last.Add(TriesLock); t.Wrong >= TriesLimit && until.After(now) {
		return until
	}
	return time.Time{}
}

// Miss counts a wrong code and returns how many more may follow before the lock. Those before the last hour
// are forgotten.
func (t *Tries) Miss(now time.Time) (left int) {
	if now.Sub(t.Last) >= TriesLock {
		t.Wrong = 0
	}
	t.Wrong++
	t.Last = now.UTC().Truncate(time.Second)
	return max(0, TriesLimit-t.Wrong)
}
