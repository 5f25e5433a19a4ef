package echowall

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Endings that make the name of an area the name of an institution in it. "竹园社区" is where somebody lives and
// is no party; "竹园社区居委会" is.
var (
	stationEndings   = []string{"联络站", "人大代表联络站", "代表联络站"}
	communityEndings = []string{"居委会", "居委", "居民委员会", "工作站", "服务站"}
	villageEndings   = []string{"村委会", "村委", "村民委员会"}
	streetEndings    = []string{"办事处", "街道办", "街道办事处", "办", "政府", "党工委", "人大工委"}
)

// placeWords after the name of an institution mean the place: the lamp in front of it, not those who work in
// it. Greetings address it.
var placeWords = []string{
	"门口", "门前", "门外", "大门", "后门", "旁", "边上", "对面", "附近", "隔壁", "前面", "后面", "楼下", "楼上", "楼里",
	"院内", "院里", "东侧", "西侧", "南侧", "北侧", "东边", "西边", "南边", "北边", "东面", "西面", "南面", "北面", "一带",
	"路口", "广场", "停车场", "围墙", "公交站", "您好", "你好",
}

// institutionNames are the names under which people write about those who work at a station.
func institutionNames(s *Station) []string {
	area := s.Name
	for _, end := range []string{"联络站", "代表", "人大"} {
		area = strings.TrimSuffix(area, end)
	}
	var out []string
	if area != s.Name {
		out = append(out, s.Name)
	}
	add := func(area string, endings []string) {
		if utf8.RuneCountInString(area) < 2 {
			return
		}
		for _, end := range endings {
			out = append(out, area+end)
		}
	}
	add(area, stationEndings)
	switch s.Kind {
	case StationCommunity:
		short := strings.TrimSuffix(strings.TrimSuffix(area, "社区"), "村")
		add(area, communityEndings)
		add(short, stationEndings)
		add(short, communityEndings)
		add(short, villageEndings)
	case StationStreet:
		add(area, streetEndings)
		add(strings.TrimSuffix(area, "街道"), streetEndings)
	case StationTrade:
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// indexParties finds every name that excludes: of stations, units, and of everybody who acts for one of them or
// watches over them.
func (d *Directory) indexParties() *nameIndex {
	x := new(nameIndex)
	for i := range d.Roster.Stations {
		if s := &d.Roster.Stations[i]; !s.Closed {
			for _, name := range institutionNames(s) {
				x.add(name, PartyStation(s.ID), true)
			}
		}
	}
	for i := range d.Roster.Units {
		if u := &d.Roster.Units[i]; !u.Closed {
			for _, name := range append([]string{u.Name}, u.Aliases...) {
				x.add(name, PartyUnit(u.ID), true)
			}
		}
	}
	for g, holders := range d.holders {
		if !slices.Contains(seesWishes, g.Role) {
			continue
		}
		for _, id := range holders {
			x.add(d.people[id].Name, PartyPerson(id), false)
		}
	}
	return x
}

// seesWishes are the roles that let anybody read a wish of somebody else.
var seesWishes = func() []Role {
	var out []Role
	for _, p := range byAction[ActionWishRead] {
		out = append(out, p.Role)
	}
	return out
}()
