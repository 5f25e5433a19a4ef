package echowall

import "slices"

// RosterID is the number of one person on the roster. It stays the same when name, branch or duties change,
// and is never given out again.
type RosterID string

// Standing is how a person stands to the party (study.md B5).
type Standing string

// The standings.
const (
	StandingFull      Standing = "full"      // 正式党员
	StandingProbation Standing = "probation" // 预备党员
	StandingActivist  Standing = "activist"  // 入党积极分子
	StandingNone      Standing = "none"      // 群众: staff who are no members
)

// Member reports whether the standing makes somebody a member, probationary ones included.
func (s Standing) Member() bool { return s == StandingFull || s == StandingProbation }

// RosterPerson is one line of the roster (花名册). It holds what the service needs and nothing else: no identity
// number, no date of birth (Personal Information Protection Law, arts. 6 and 19).
type RosterPerson struct {
	ID        RosterID   `json:"id"`
	Name      string     `json:"name"`
	Branch    BranchID   `json:"branch,omitempty"` // the home branch
	Joint     []BranchID `json:"joint,omitempty"`  // further branches (兼合式)
	Group     GroupID    `json:"group,omitempty"`
	Standing  Standing   `json:"standing,omitempty"`
	Post      string     `json:"post,omitempty"`       // duty in the branch, as written
	Secretary bool       `json:"secretary,omitempty"`  // the post is that of the home branch's secretary
	PhoneTail string     `json:"phone_tail,omitempty"` // last four digits, to tell namesakes apart
	Joined    Date       `json:"joined,omitzero"`      // day of joining the party
	Exempt    string     `json:"exempt,omitempty"`     // category of the reason for being excused from study; "" when not excused
	Tags      []string   `json:"tags,omitempty"`
	// Duties are roles that follow from no other line of the roster: supervisor, auditor and the like.
	Duties []Grant `json:"duties,omitempty"`
	// Left says that the person acts no longer; the line stays, because history points to it.
	Left   bool `json:"left,omitempty"`
	LeftOn Date `json:"left_on,omitzero"`
	// Past are former home branches, oldest first, at most PastBranches.
	Past []PastBranch `json:"past,omitempty"`
}

// PastBranches bounds the former branches that a line keeps.
const PastBranches = 20

// PastBranch is a branch that somebody belonged to until a day.
type PastBranch struct {
	Branch BranchID `json:"branch"`
	Until  Date     `json:"until"`
}

// MoveTo makes branch the home branch from day on. A group and the secretary's post stay behind; joint
// membership in the new home ends, since nobody is in one branch twice.
func (p *RosterPerson) MoveTo(branch BranchID, group GroupID, day Date) {
	if branch != p.Branch {
		if p.Branch != "" {
			p.Past = append(slices.Clone(p.Past), PastBranch{p.Branch, day})
			p.Past = p.Past[max(0, len(p.Past)-PastBranches):]
		}
		if p.Secretary {
			p.Secretary, p.Post = false, ""
		}
		p.Joint = slices.DeleteFunc(slices.Clone(p.Joint), func(b BranchID) bool { return b == branch })
		p.Branch = branch
	}
	p.Group = group
}

// Leave ends what the person may do from day on. The line keeps its number, which nobody gets again.
func (p *RosterPerson) Leave(day Date) {
	if !p.Left {
		p.Left, p.LeftOn = true, day
	}
}

// Return undoes Leave.
func (p *RosterPerson) Return() { p.Left, p.LeftOn = false, Date{} }
