package echowall

// Action is something that a person may be allowed to do; the table of permissions names them all.
type Action string

// What everybody may do with what is their own.
const (
	ActionWishSubmit     Action = "wish.submit"     // hand in a wish
	ActionWishOwn        Action = "wish.own"        // read the own wishes
	ActionWishRate       Action = "wish.rate"       // say whether it is solved
	ActionWishSupplement Action = "wish.supplement" // add to the own wish
	ActionStudyOwn       Action = "study.own"       // the own lessons, answers and reminders
	ActionContactOwn     Action = "contact.own"     // see, set and remove the own phone number
	ActionDataOwn        Action = "data.own"        // see and take along everything held about oneself
	ActionDataChange     Action = "data.change"     // correct it, withdraw consents
	ActionDataErase      Action = "data.erase"      // erase it
	ActionAccessOwn      Action = "access.own"      // see who looked at one's identity and why
	ActionSessionOwn     Action = "session.own"     // see and end the own sessions
	ActionUnbindOwn      Action = "unbind.own"      // give up the own roles on this phone
)

// What staff may do with wishes.
const (
	ActionTodo        Action = "wish.todo"    // the list of what waits for the own hand
	ActionQueue       Action = "wish.queue"   // look at a queue
	ActionWishRead    Action = "wish.read"    // read one wish: the problem, never the person
	ActionWishAccept  Action = "wish.accept"  // sign for it
	ActionWishAnswer  Action = "wish.answer"  // answer its author
	ActionWishRedact  Action = "wish.redact"  // propose the text for the wall
	ActionWishPublish Action = "wish.publish" // put somebody else's text on the wall
	ActionWishRoute   Action = "wish.route"   // give it to another station
	ActionContactSee  Action = "contact.see"  // see how to reach the author, who agreed to it
)

// What happens in branches.
const (
	ActionNoticeRead     Action = "notice.read"     // read and confirm notices of the branch
	ActionNoticeSend     Action = "notice.send"     // see how many a notice goes to, and send it
	ActionNoticeReceipts Action = "notice.receipts" // see how many have confirmed
	ActionLessonTeach    Action = "lesson.teach"    // make today's lesson of the branch
)

// People, places and the office.
const (
	ActionRosterRead    Action = "roster.read"    // see people of the roster
	ActionRosterChange  Action = "roster.change"  // change one entry: move, rename, leave
	ActionRosterImport  Action = "roster.import"  // bring in a workbook
	ActionRosterExport  Action = "roster.export"  // take the roster out
	ActionCodeIssue     Action = "code.issue"     // make binding codes and slips
	ActionRebindPropose Action = "rebind.propose" // somebody has lost the phone
	ActionRebindConfirm Action = "rebind.confirm" // the second person's word
	ActionUnbind        Action = "unbind"         // take the roles from somebody's phone
	ActionPlaceRead     Action = "place.read"     // see stations, grids and points
	ActionPlacePrint    Action = "place.print"    // print posters
	ActionPlaceChange   Action = "place.change"   // outlines, scene codes
	ActionContentRead   Action = "content.read"   // see lessons, words and the calendar
	ActionOwedRead      Action = "owed.read"      // see what is owed and what could not be sent
	ActionOwedRetry     Action = "owed.retry"     // send it again
	ActionPermissions   Action = "permissions"    // read the table of permissions
	ActionAccessRead    Action = "access.read"    // read and verify the access log
	ActionSessionRevoke Action = "session.revoke" // end somebody else's sessions
	ActionDataExport    Action = "data.export"    // take out data of the account
	ActionConsole       Action = "console"        // log in to the console at all
)

// Extent is how far a permission goes, seen from the scope of the role that gives it.
type Extent string

// The extents.
const (
	ExtentOwn     Extent = "own"     // what the person made or is about: the own wish, the own data
	ExtentScope   Extent = "scope"   // the branch, station, grid or unit itself
	ExtentSubtree Extent = "subtree" // the scope and everything below it
	ExtentAll     Extent = "all"     // the whole account
)

// Permission is one line of the table: role may do action as far as extent.
type Permission struct {
	Action Action
	Role   Role
	Extent Extent
}

// Target is what an action is done to; what does not apply stays empty. An empty Target is the account as a
// whole, which only roles held everywhere reach.
type Target struct {
	// Own says that the person made it or is whom it is about. The use case has compared the ids: those of
	// authors and those of people on the roster cannot be told to belong together.
	Own     bool
	Number  string // how the refusal names it: a receipt number
	Station StationID
	Grid    GridID
	Unit    UnitID
	Branch  BranchID
	// Excluded are the parties named in a wish.
	Excluded []Party
}

// Target is the wish as permissions see it.
func (w *Wish) Target() Target {
	return Target{Number: w.Number, Station: w.Station, Grid: w.Grid, Excluded: w.Excluded}
}
