package script

import (
	"strings"
	"time"

	"echowall"
)

// Zone is the time zone of the conversations.
var Zone = time.FixedZone("CST", 8*3600)

// Start is when every conversation begins: a working day, early in the morning.
var Start = time.Date(2026, 11, 23, 6, 0, 0, 0, Zone)

// Stations are those of the conversations: a street and two communities of it.
func Stations() []echowall.Station {
	return []echowall.Station{
		{ID: "heyan", Name: "河沿社区联络站", Kind: echowall.StationCommunity, Parent: "liuqiao", Aliases: []string{"河沿"}, Lat: 30.20, Lng: 120.30},
		{ID: "liuqiao", Name: "柳桥街道联络站", Kind: echowall.StationStreet, Phone: "0571-88880000"},
		{ID: "zhuyuan", Name: "竹园社区联络站", Kind: echowall.StationCommunity, Parent: "liuqiao", Aliases: []string{"竹园"}, Lat: 30.10, Lng: 120.20, Phone: "0571-88880001"},
	}
}

// Branch is the one branch of the conversations.
func Branch() echowall.Branch { return echowall.Branch{ID: "b1", Name: "竹园社区第一党支部"} }

// Roster is what the account of the conversations begins with. Nobody on it is bound; the line slip makes a code.
func Roster() *echowall.Roster {
	stations := Stations()
	for i := range stations {
		if stations[i].ID == "zhuyuan" {
			stations[i].Officers = []echowall.RosterID{"P02"}
		}
	}
	return &echowall.Roster{
		Branches: []echowall.Branch{Branch()},
		Stations: stations,
		Grids: []echowall.Grid{
			{ID: "H01", Name: "河沿第一网格", Station: "heyan", Outline: [][2]float64{{120.29, 30.19}, {120.31, 30.19}, {120.31, 30.21}, {120.29, 30.21}, {120.29, 30.19}}},
			{ID: "Z01", Name: "竹园第一网格", Station: "zhuyuan", Lat: 30.1010, Lng: 120.2010},
		},
		Points: []echowall.CollectionPoint{
			{ID: "dong", Name: "竹园东门民意墙", Station: "zhuyuan", Grid: "Z01"},
			{ID: "jiu", Name: "竹园老门灯杆", Station: "zhuyuan", Closed: true},
		},
		People: []echowall.RosterPerson{
			{ID: "P01", Name: "齐远航", Branch: "b1", Standing: echowall.StandingFull},
			{ID: "P02", Name: "鲁念慈", Branch: "b1", Standing: echowall.StandingProbation}, // and officer of zhuyuan
			{ID: "P03", Name: "石佳音", Branch: "b1", Standing: echowall.StandingFull, Secretary: true},
			{ID: "P04", Name: "齐远航", Branch: "b1", Standing: echowall.StandingActivist, Duties: []echowall.Grant{{Role: echowall.RoleSupervisor, Scope: echowall.ScopeEverywhere}}},
			{ID: "P05", Name: "唐疏影", Duties: []echowall.Grant{{Role: echowall.RoleRegistrar, Scope: echowall.ScopeEverywhere}}},
			{ID: "P06", Name: "齐远航", Branch: "b1", Standing: echowall.StandingFull},
		},
	}
}

// personas are the roles by the beginning of a name.
var personas = map[string][]echowall.Grant{
	"居民":  nil,
	"联络员": {{Role: echowall.RoleLiaison, Scope: "zhuyuan"}},
	"站长":  {{Role: echowall.RoleHead, Scope: "zhuyuan"}},
	"街道":  {{Role: echowall.RoleHead, Scope: "liuqiao"}},
	"代表":  {{Role: echowall.RoleDeputy, Scope: "zhuyuan"}},
	"外站":  {{Role: echowall.RoleLiaison, Scope: "heyan"}},
	"分办":  {{Role: echowall.RoleLiaison, Scope: string(echowall.TriageStation)}},
	"党员":  {{Role: echowall.RoleMember, Scope: "b1"}},
	"书记":  {{Role: echowall.RoleMember, Scope: "b1"}, {Role: echowall.RoleSecretary, Scope: "b1"}},
}

// Grants are the roles of a person by the name; residents have none.
func Grants(name string) []echowall.Grant {
	for prefix, grants := range personas {
		if strings.HasPrefix(name, prefix) {
			return grants
		}
	}
	return nil
}

// Registrar is somebody who keeps the whole roster and takes no part in the conversation.
func Registrar() *echowall.Who {
	return &echowall.Who{Person: "registrar", Grants: []echowall.Grant{{Role: echowall.RoleRegistrar, Scope: echowall.ScopeEverywhere}}}
}
