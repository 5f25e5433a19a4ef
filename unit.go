package echowall

// UnitID is the roster's number of a handling unit.
type UnitID string

// Unit is a handling unit (承办单位): it gets wishes dispatched, never the person behind them. Whoever writes
// a reply does not sign it off, so a unit has at least one approver who is not its only handler
// (citizen-feedback reference 4.1).
type Unit struct {
	ID        UnitID     `json:"id"`
	Name      string     `json:"name"`
	Aliases   []string   `json:"aliases,omitempty"` // how residents call it
	Handlers  []RosterID `json:"handlers"`          // 经办人
	Approvers []RosterID `json:"approvers"`         // 审核人
	Leader    RosterID   `json:"leader,omitempty"`  // 分管领导
	Phone     string     `json:"phone,omitempty"`
	Closed    bool       `json:"closed,omitempty"`
}
