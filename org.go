package echowall

// CommitteeID, BranchID and GroupID are the roster's numbers of party organisations.
type (
	CommitteeID string
	BranchID    string
	GroupID     string
)

// Committee is a party committee or general branch (党委、党总支): the inner nodes of the organisation tree.
type Committee struct {
	ID     CommitteeID `json:"id"`
	Name   string      `json:"name"`
	Parent CommitteeID `json:"parent,omitempty"` // "" for the root
	Closed bool        `json:"closed,omitempty"` // dissolved; kept for its history
}

// Branch is a party branch (党支部).
type Branch struct {
	ID        BranchID    `json:"id"`
	Name      string      `json:"name"`
	Committee CommitteeID `json:"committee,omitempty"`
	Closed    bool        `json:"closed,omitempty"`
}

// Group is a party group (党小组) within one branch.
type Group struct {
	ID     GroupID  `json:"id"`
	Name   string   `json:"name"`
	Branch BranchID `json:"branch"`
	Closed bool     `json:"closed,omitempty"`
}
