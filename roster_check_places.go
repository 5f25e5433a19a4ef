package echowall

import "strconv"

func decimal(n int) string { return strconv.Itoa(n) }

func (c *rosterCheck) organisations() {
	seen := make(map[string]bool)
	for _, x := range c.d.Roster.Committees {
		if !c.begin(SortCommittee, seen, string(x.ID), x.Name) || x.Parent == "" {
			continue
		}
		up, ok := c.d.Committee(x.Parent)
		switch {
		case !ok:
			c.wrong("parent", "roster.no_committee", "id", string(x.Parent))
		case up.Closed && !x.Closed:
			c.wrong("parent", "roster.parent_closed", "id", string(x.Parent))
		case c.committeeCycle(x.ID):
			c.wrong("parent", "roster.cycle")
		}
	}
	seen = make(map[string]bool)
	for _, x := range c.d.Roster.Branches {
		if !c.begin(SortBranch, seen, string(x.ID), x.Name) || x.Committee == "" {
			continue
		}
		if up, ok := c.d.Committee(x.Committee); !ok {
			c.wrong("parent", "roster.no_committee", "id", string(x.Committee))
		} else if up.Closed && !x.Closed {
			c.wrong("parent", "roster.parent_closed", "id", string(x.Committee))
		}
	}
	seen = make(map[string]bool)
	for _, x := range c.d.Roster.Groups {
		if !c.begin(SortGroup, seen, string(x.ID), x.Name) {
			continue
		}
		if up, ok := c.d.Branch(x.Branch); !ok {
			c.wrong("parent", "roster.no_branch", "id", string(x.Branch))
		} else if up.Closed && !x.Closed {
			c.wrong("parent", "roster.parent_closed", "id", string(x.Branch))
		}
	}
}

// committeeCycle reports whether the way up from id comes back to it.
func (c *rosterCheck) committeeCycle(id CommitteeID) bool {
	at, ok := c.d.Committee(id)
	for steps := 0; ok && at.Parent != "" && steps <= len(c.d.Roster.Committees); steps++ {
		if at.Parent == id {
			return true
		}
		at, ok = c.d.Committee(at.Parent)
	}
	return false
}

func (c *rosterCheck) stationCycle(id StationID) bool {
	at, ok := c.d.Station(id)
	for steps := 0; ok && at.Parent != "" && steps <= len(c.d.Roster.Stations); steps++ {
		if at.Parent == id {
			return true
		}
		at, ok = c.d.Station(at.Parent)
	}
	return false
}

func (c *rosterCheck) stations() {
	seen := make(map[string]bool)
	for i := range c.d.Roster.Stations {
		x := &c.d.Roster.Stations[i]
		if !c.begin(SortStation, seen, string(x.ID), x.Name) {
			continue
		}
		if x.ID == TriageStation {
			c.wrong("id", "roster.id_reserved", "id", string(x.ID))
		}
		switch x.Kind {
		case StationStreet, StationCommunity, StationTrade:
		default:
			c.wrong("kind", "roster.station_kind")
		}
		c.stationParent(x)
		c.texts("aliases", x.Aliases)
		c.position(x.Lat, x.Lng)
		c.text("phone", x.Phone, RosterTextLength)
		c.text("hours", x.Hours, RosterTextLength)
		c.person("head", x.Head, x.Closed)
		c.persons("officers", x.Officers, x.Closed)
		if len(x.Deputies) > RosterListLength {
			c.wrong("deputies", "roster.list_long", "limit", decimal(RosterListLength))
		}
		for _, d := range x.Deputies {
			switch d.Level {
			case DeputyNational, DeputyProvincial, DeputyCity, DeputyDistrict:
			default:
				c.wrong("deputies", "roster.deputy_level", "name", d.Name)
			}
			if d.Name == "" {
				c.wrong("deputies", "roster.name_missing")
			}
			c.text("deputies", d.Name, RosterNameLength)
			c.person("deputies", d.Person, x.Closed)
		}
	}
}

// stationParent: streets are the top or below another street, communities and trades below a street.
func (c *rosterCheck) stationParent(x *Station) {
	if x.Parent == "" {
		return
	}
	up, ok := c.d.Station(x.Parent)
	switch {
	case !ok:
		c.wrong("parent", "roster.no_station", "id", string(x.Parent))
	case c.stationCycle(x.ID):
		c.wrong("parent", "roster.cycle")
	case up.Kind != StationStreet:
		c.wrong("parent", "roster.station_parent", "id", string(x.Parent))
	case up.Closed && !x.Closed:
		c.wrong("parent", "roster.parent_closed", "id", string(x.Parent))
	}
}

func (c *rosterCheck) places() {
	seen := make(map[string]bool)
	for i := range c.d.Roster.Grids {
		x := &c.d.Roster.Grids[i]
		if !c.begin(SortGrid, seen, string(x.ID), x.Name) {
			continue
		}
		c.home(x.Station, x.Closed)
		c.person("officer", x.Officer, x.Closed)
		c.position(x.Lat, x.Lng)
		if len(x.Outline) > 0 {
			if err := CheckOutline(x.Outline, x.Holes); err != nil {
				c.wrong("outline", "roster.outline")
			}
		}
	}
	seen = make(map[string]bool)
	for i := range c.d.Roster.Points {
		x := &c.d.Roster.Points[i]
		if !c.begin(SortPoint, seen, string(x.ID), x.Name) {
			continue
		}
		c.home(x.Station, x.Closed)
		c.position(x.Lat, x.Lng)
		if x.Grid == "" {
			continue
		}
		g, ok := c.d.Grid(x.Grid)
		switch {
		case !ok:
			c.wrong("grid", "roster.no_grid", "id", string(x.Grid))
		case g.Station != x.Station:
			c.wrong("grid", "roster.grid_elsewhere", "id", string(x.Grid), "station", string(g.Station))
		case g.Closed && !x.Closed:
			c.wrong("grid", "roster.parent_closed", "id", string(x.Grid))
		}
	}
}

// home looks at the station that a grid or point belongs to.
func (c *rosterCheck) home(id StationID, closed bool) {
	up, ok := c.d.Station(id)
	switch {
	case id == "":
		c.wrong("station", "roster.station_missing")
	case !ok:
		c.wrong("station", "roster.no_station", "id", string(id))
	case up.Closed && !closed:
		c.wrong("station", "roster.parent_closed", "id", string(id))
	}
}

// units: whoever writes a reply does not sign it off (citizen-feedback reference 4.1).
func (c *rosterCheck) units() {
	seen := make(map[string]bool)
	for i := range c.d.Roster.Units {
		x := &c.d.Roster.Units[i]
		if !c.begin(SortUnit, seen, string(x.ID), x.Name) {
			continue
		}
		c.texts("aliases", x.Aliases)
		c.text("phone", x.Phone, RosterTextLength)
		c.persons("handlers", x.Handlers, x.Closed)
		c.persons("approvers", x.Approvers, x.Closed)
		c.person("leader", x.Leader, x.Closed)
		if x.Closed {
			continue
		}
		if len(x.Handlers) == 0 {
			c.wrong("handlers", "roster.no_handler")
		}
		switch {
		case len(x.Approvers) == 0:
			c.wrong("approvers", "roster.no_approver")
		case len(x.Handlers) == 1 && len(x.Approvers) == 1 && x.Handlers[0] == x.Approvers[0]:
			c.wrong("approvers", "roster.own_approver")
		}
	}
}
