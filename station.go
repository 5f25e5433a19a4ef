package echowall

// StationID, GridID and PointID are the roster's numbers of places.
type (
	StationID string
	GridID    string
	PointID   string
)

// StationKind tells street, community and trade stations apart (街道 / 社区 / 行业).
type StationKind string

// The kinds of station.
const (
	StationStreet    StationKind = "street"
	StationCommunity StationKind = "community"
	StationTrade     StationKind = "trade"
)

// TriageStation receives every wish whose place is not known; a person sorts it, the program never guesses.
const TriageStation StationID = "triage"

// Station is a liaison station (人大代表联络站).
type Station struct {
	ID       StationID   `json:"id"`
	Name     string      `json:"name"`
	Kind     StationKind `json:"kind"`
	Parent   StationID   `json:"parent,omitempty"`
	Aliases  []string    `json:"aliases,omitempty"` // names of estates and villages that residents write
	Lat      float64     `json:"lat,omitempty"`     // degrees, GCJ-02 as the platform sends it
	Lng      float64     `json:"lng,omitempty"`
	Phone    string      `json:"phone,omitempty"`
	Hours    string      `json:"hours,omitempty"`    // opening hours as people read them
	Head     RosterID    `json:"head,omitempty"`     // 站长
	Officers []RosterID  `json:"officers,omitempty"` // 联络员
	Deputies []Deputy    `json:"deputies,omitempty"`
	Closed   bool        `json:"closed,omitempty"`
}

// DeputyLevel is the congress a deputy sits in.
type DeputyLevel string

// The four levels above and at the district whose deputies receive residents at stations.
const (
	DeputyNational   DeputyLevel = "national"   // 全国
	DeputyProvincial DeputyLevel = "provincial" // 省级
	DeputyCity       DeputyLevel = "city"       // 市级
	DeputyDistrict   DeputyLevel = "district"   // 区（县）级
)

// Deputy is a people's congress deputy who receives residents at a station. A deputy is never a handling unit
// (citizen-feedback reference 4.1).
type Deputy struct {
	Name  string      `json:"name"`
	Level DeputyLevel `json:"level"`
	// Person is the deputy's entry in the roster; "" when the deputy does not use the account.
	Person RosterID `json:"person,omitempty"`
}

// Grid is the smallest area of service (网格); it belongs to one station.
type Grid struct {
	ID      GridID    `json:"id"`
	Name    string    `json:"name"`
	Station StationID `json:"station"`
	Officer RosterID  `json:"officer,omitempty"` // 民情联络员
	Lat     float64   `json:"lat,omitempty"`     // degrees, GCJ-02
	Lng     float64   `json:"lng,omitempty"`
	// Outline is the closed border as longitude, latitude pairs (GeoJSON's order); empty when only the point is
	// known.
	Outline [][2]float64 `json:"outline,omitempty"`
	// Holes are rings like Outline that do not belong to the grid: another grid inside of it.
	Holes  [][][2]float64 `json:"holes,omitempty"`
	Closed bool           `json:"closed,omitempty"`
}

// CollectionPoint is a place with a code to scan: 民意墙, 民生驿站, a lamp post.
type CollectionPoint struct {
	ID      PointID   `json:"id"`
	Name    string    `json:"name"`
	Station StationID `json:"station"`
	Grid    GridID    `json:"grid,omitempty"`
	Lat     float64   `json:"lat,omitempty"`
	Lng     float64   `json:"lng,omitempty"`
	Closed  bool      `json:"closed,omitempty"`
}
