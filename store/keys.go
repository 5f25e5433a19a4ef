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

// seen: string "R:<token>" while a message runs, "D:<sealed reply>" after; expires.
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

// reach: hash f (following, 0 or 1), ft (when the person left, unix s), mu (message window until, unix s), ml (left), au, al (act window), td,
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

// binding: document echowall.Binding of one line of the roster.
func (k keys) binding(id echowall.RosterID) string { return k.join("binding", string(id)) }

// tries: document echowall.Tries, the wrong codes of one person; expires.
func (k keys) tries(p echowall.PersonID) string { return k.join("tries", string(p)) }

// rebind: document echowall.Rebinding, the proposal to bind a line of the roster anew; expires.
func (k keys) rebind(id echowall.RosterID) string { return k.join("rebind", string(id)) }

// bound: string, PersonID that a line of the roster is bound to.
func (k keys) bound(id echowall.RosterID) string { return k.join("bound", string(id)) }

// The roster. A generation is a whole roster: one hash for each sort of entry, id → JSON. While an import
// writes a new generation, its hashes expire; the directory names the one in use, whose hashes do not.

// directory: document directoryDoc, the roster's revision and its generation.
func (k keys) directory() string { return k.join("directory") }

// directoryLog: list of the latest changes to the generation in use, newest first, trimmed: JSON of a revision
// and the entries that it wrote.
func (k keys) directoryLog() string { return k.join("directorylog") }

func (k keys) committees(gen string) string { return k.join("committees", gen) }
func (k keys) branches(gen string) string   { return k.join("branches", gen) }
func (k keys) groups(gen string) string     { return k.join("groups", gen) }
func (k keys) stations(gen string) string   { return k.join("stations", gen) }
func (k keys) grids(gen string) string      { return k.join("grids", gen) }
func (k keys) points(gen string) string     { return k.join("points", gen) }
func (k keys) units(gen string) string      { return k.join("units", gen) }
func (k keys) roster(gen string) string     { return k.join("roster", gen) }

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

// named: hash receipt number → JSON of echowall.NamedEntry, for the queued wishes in which somebody is named who must
// not know of them.
func (k keys) named() string { return k.join("named") }

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

// erasures: hash order → sealed erasureDoc, the erasures that were ordered and are not finished.
func (k keys) erasures() string { return k.join("erasures") }

// erased: hash order → sealed erasedDoc in base64, the erasures that were carried out lately.
func (k keys) erased() string { return k.join("erased") }

// rewrite: string, mark that the database's files hold what was erased; see Compact.
func (k keys) rewrite() string { return k.join("rewrite") }

// upload: string, sealed file that one person brought and may still apply; expires.
func (k keys) upload(p echowall.PersonID, token string) string {
	return k.join("upload", string(p), token)
}

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

// Logging in to the console.

// login: document echowall.LoginTicket; expires.
func (k keys) login(id string) string { return k.join("login", id) }

// loginCode: document of the person whom a six-digit code lets in, under the hash of the code; expires.
func (k keys) loginCode(hash string) string { return k.join("logincode", hash) }

// loginCodeOf: string, hash of the code that a person holds; expires.
func (k keys) loginCodeOf(p echowall.PersonID) string { return k.join("logincodeof", string(p)) }

// loginCount: integer, what was counted in one span; expires.
func (k keys) loginCount(what, span string) string { return k.join("logincount", what, span) }

// session: string, a sealed session under its kind and the hash of its token, "-" for one that was ended; expires.
func (k keys) session(id string) string { return k.join("session", id) }

// sessions: sorted set of the ids of one person's sessions, scored by when they end (unix s); expires.
func (k keys) sessions(p echowall.PersonID) string { return k.join("sessions", string(p)) }

// pulse: hash station → number that grows with every change of a wish there, so that open pages and remembered
// queues notice; "" → the mark under which pulses can be compared, see queueMemory.
func (k keys) pulse() string { return k.join("pulse") }

// Access.

// accessLog: stream of the lines of the access log, JSON each under the number of the line.
func (k keys) accessLog() string { return k.join("accesslog") }

// accessHead: document accessHead, number and hash of the last line.
func (k keys) accessHead() string { return k.join("accesshead") }

// accessTail: string, number and hash of the last line that was removed because it was kept long enough.
func (k keys) accessTail() string { return k.join("accesstail") }

// accessOf: sorted set of the numbers of the lines about one recipient, scored by themselves.
func (k keys) accessOf(r echowall.Recipient) string { return k.join("accessof", string(r)) }

// denied: string, mark of a denial that is on record; expires.
func (k keys) denied(p echowall.PersonID, a echowall.Action) string {
	return k.join("denied", string(p), string(a))
}

// contact: string, sealed phone number and consents of an author.
func (k keys) contact(a echowall.AuthorID) string { return k.join("contact", string(a)) }

// Backup.

// restoring: string, token of a restore that is under way or was interrupted.
func (k keys) restoring() string { return k.join("restoring") }
