package echowall

// RosterSort is one of the lists of a Roster.
type RosterSort string

// The lists of a roster.
const (
	SortCommittee RosterSort = "committee"
	SortBranch    RosterSort = "branch"
	SortGroup     RosterSort = "group"
	SortStation   RosterSort = "station"
	SortGrid      RosterSort = "grid"
	SortPoint     RosterSort = "point"
	SortUnit      RosterSort = "unit"
	SortPerson    RosterSort = "person"
)

// RosterProblem is one thing that is wrong with an entry of a roster.
type RosterProblem struct {
	Sort RosterSort
	ID   string
	// Field is the field concerned, by its name in JSON.
	Field string
	// Why is a refusal for whoever looks after the roster.
	Why *Error
}

// Equal reports whether two problems are the same one.
func (p RosterProblem) Equal(o RosterProblem) bool {
	if p.Sort != o.Sort || p.ID != o.ID || p.Field != o.Field || p.Why.Key != o.Why.Key || len(p.Why.Args) != len(o.Why.Args) {
		return false
	}
	for name, value := range p.Why.Args {
		if o.Why.Args[name] != value {
			return false
		}
	}
	return true
}
