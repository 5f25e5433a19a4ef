package store

import (
	"strings"

	"echowall"
)

// keys makes every Redis key of one account. The braces keep the account's keys in one slot, so that
// scripts stay atomic on Redis Cluster while many accounts spread over it.
type keys struct{ prefix string }

func newKeys(account string) keys { return keys{"ew:{" + account + "}:"} }

func (k keys) join(parts ...string) string {
	if len(parts) == 2 { // most keys; one allocation
		return k.prefix + parts[0] + ":" + parts[1]
	}
	return k.prefix + strings.Join(parts, ":")
}

// Conversations and the once-only marks of the callback.

// seen: string "R:<token>" while a message runs, "D:<reply>" after; expires.
func (k keys) seen(message string) string { return k.join("seen", message) }

// once: string, mark of a change that was applied outside of a turn; expires.
func (k keys) once(token string) string { return k.join("once", token) }

// fingerprint: string, message key that used this signed request; expires.
func (k keys) fingerprint(f string) string { return k.join("fp", f) }

// conversation: document.
func (k keys) conversation(p echowall.PersonID) string { return k.join("conv", string(p)) }

// late: hash message key → sealed message that was acknowledged before it was done.
func (k keys) late() string { return k.join("late") }

// lateDue: sorted set of the message keys in late, scored by when to look whether the worker lives (unix s).
func (k keys) lateDue() string { return k.join("latedue") }

// reach: hash f (following, 0 or 1), mu (message window until, unix s), ml (left), au, al (act window), td,
// tu (template day and count), ls (last sent, unix s), rd (day of the last study reminder), sw, su (week and
// count of study messages), s:<template> (subscription notices accepted and unused), n (drawn anew by every
// writer).
func (k keys) reach(p echowall.PersonID) string { return k.join("reach", string(p)) }

// People.

// who: document echowall.Who.
func (k keys) who(p echowall.PersonID) string { return k.join("who", string(p)) }

// vault: string, sealed openid of a PersonID or AuthorID.
func (k keys) vault(r echowall.Recipient) string { return k.join("vault", string(r)) }

// holders: set of PersonIDs that hold role in scope.
func (k keys) holders(g echowall.Grant) string { return k.join("holders", string(g.Role), g.Scope) }

// people: set of all PersonIDs with a who document.
func (k keys) people() string { return k.join("people") }

// code: document echowall.BindingCode under the hash of the code; expires.
func (k keys) code(hash string) string { return k.join("code", hash) }

// stations and branches: hash id → JSON.
func (k keys) stations() string { return k.join("stations") }
func (k keys) branches() string { return k.join("branches") }

// Wishes.

// wish: document echowall.Wish with its events.
func (k keys) wish(number string) string { return k.join("wish", number) }

// wishCounter: integer, last receipt number given out.
func (k keys) wishCounter() string { return k.join("wishes") }

// wishesBy: sorted set of the receipt numbers of one author, scored by creation (unix s).
func (k keys) wishesBy(a echowall.AuthorID) string { return k.join("by", string(a)) }

// queue: sorted set of receipt numbers of one station in one state, scored by due time (unix s).
func (k keys) queue(s echowall.StationID, state echowall.WishState) string {
	return k.join("queue", string(s), string(state))
}

// counts: hash state → number of wishes in it.
func (k keys) counts() string { return k.join("counts") }

// wall: sorted set of published receipt numbers, scored by time of publication (unix s).
func (k keys) wall() string { return k.join("wall") }

// Places.

// scenes: hash scene of a place → JSON of its permanent scan code.
func (k keys) scenes() string { return k.join("scenes") }

// Study and notices.

// study: document echowall.StudyRecord.
func (k keys) study(p echowall.PersonID) string { return k.join("study", string(p)) }

// branchLesson: document echowall.Lesson that a secretary recorded for one branch and day.
func (k keys) branchLesson(b echowall.BranchID, day string) string {
	return k.join("lesson", string(b), day)
}

// notice: document echowall.Notice.
func (k keys) notice(id string) string { return k.join("notice", id) }

// noticeCounter: integer, last notice number given out.
func (k keys) noticeCounter() string { return k.join("notices") }

// noticesOf: sorted set of notice ids of a branch, scored by creation (unix s).
func (k keys) noticesOf(b echowall.BranchID) string { return k.join("noticesof", string(b)) }

// receipts: hash PersonID → unix s of confirmation.
func (k keys) receipts(notice string) string { return k.join("receipts", notice) }

// media: string, bytes of one photo or voice; mediaInfo: document echowall.Media.
func (k keys) media(id string) string     { return k.join("media", id) }
func (k keys) mediaInfo(id string) string { return k.join("mediainfo", id) }

// The owed ledger.

// debt: document echowall.Debt.
func (k keys) debt(id string) string { return k.join("debt", id) }

// due: sorted set of debt ids to be looked at, scored by when (unix s).
func (k keys) due() string { return k.join("due") }

// box: sorted set of debt ids waiting in the to-read box of one recipient, scored by creation (unix s).
func (k keys) box(r echowall.Recipient) string { return k.join("box", string(r)) }

// reopened: set of recipients whose boxed debts can be paid now because they wrote again.
func (k keys) reopened() string { return k.join("reopened") }

// dead and unknown: sorted sets of debt ids for a person to look at, scored by since when (unix s).
func (k keys) dead() string    { return k.join("dead") }
func (k keys) unknown() string { return k.join("unknown") }

// attempts: stream of attempts that did not pay: debt id → "result channel errcode", trimmed. An attempt that
// paid is in the debt's mark.
func (k keys) attempts() string { return k.join("attempts") }

// The clock.

// started: integer, the account's first day (20060102).
func (k keys) started() string { return k.join("started") }

// jobs: hash job → due time of the last firing handled (unix s).
func (k keys) jobs() string { return k.join("jobs") }

// fired: string, claim on one firing (job, due time); expires.
func (k keys) fired(job, due string) string { return k.join("fired", job, due) }

// runs: stream of what the clock did, trimmed.
func (k keys) runs() string { return k.join("runs") }

// Backup.

// restoring: string, token of a restore that is under way or was interrupted.
func (k keys) restoring() string { return k.join("restoring") }
