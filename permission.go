package echowall

// Action is something that a person may be allowed to do; the table of permissions names them all.
type Action string

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
