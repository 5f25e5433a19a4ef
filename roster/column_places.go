package roster

import (
	"strings"

	"echowall"
)

var stationKinds = []named[echowall.StationKind]{
	{echowall.StationStreet, []string{"街道", "乡镇", "镇"}},
	{echowall.StationCommunity, []string{"社区", "村"}},
	{echowall.StationTrade, []string{"行业"}},
}

var deputyLevels = []named[echowall.DeputyLevel]{
	{echowall.DeputyNational, []string{"全国"}},
	{echowall.DeputyProvincial, []string{"省级", "省"}},
	{echowall.DeputyCity, []string{"市级", "市"}},
	{echowall.DeputyDistrict, []string{"区级", "区", "县级", "县", "区县级"}},
}

var stationKind = &kind[echowall.Station]{
	name: sheetStations,
	columns: append(append([]column[echowall.Station]{
		idColumn("c01", func(x *echowall.Station) string { return string(x.ID) }),
		nameColumn("名称", "竹园社区联络站", func(x *echowall.Station) *string { return &x.Name }),
		{
			title: "类型", required: true, field: "kind", width: 8, example: "社区", help: "roster.help_stations_kind",
			get: func(x *echowall.Station) string { return nameOf(x.Kind, stationKinds) },
			set: func(x *echowall.Station, c cell) (err *echowall.Error) {
				x.Kind, err = choice(c.text, stationKinds)
				return err
			},
		},
		moving(refColumn("上级编号", "parent", "s1", "roster.help_stations_parent", func(x *echowall.Station) *echowall.StationID { return &x.Parent })),
		listColumn("别名", "aliases", "竹园；竹园新村", "roster.help_stations_aliases", func(x *echowall.Station) *[]string { return &x.Aliases }),
	}, positionColumns(func(x *echowall.Station) *float64 { return &x.Lat }, func(x *echowall.Station) *float64 { return &x.Lng })...),
		textColumn("电话", "phone", 16, "0571-5551010", "roster.help_stations_phone", func(x *echowall.Station) *string { return &x.Phone }),
		textColumn("开放时间", "hours", 24, "周一至周五 8:30–17:00", "roster.help_stations_hours", func(x *echowall.Station) *string { return &x.Hours }),
		refColumn("站长", "head", "r0005", "roster.help_stations_head", func(x *echowall.Station) *echowall.RosterID { return &x.Head }),
		refsColumn("联络员", "officers", "r0004", "roster.help_stations_officers", func(x *echowall.Station) *[]echowall.RosterID { return &x.Officers }),
		column[echowall.Station]{
			title: "代表", field: "deputies", width: 28, example: "林志明 市级；方秋月 区级 r0012",
			help: "roster.help_stations_deputies",
			get: func(x *echowall.Station) string {
				out := make([]string, len(x.Deputies))
				for i, d := range x.Deputies {
					out[i] = strings.TrimSpace(d.Name + " " + nameOf(d.Level, deputyLevels) + " " + string(d.Person))
				}
				return joined(out)
			},
			set: func(x *echowall.Station, c cell) *echowall.Error {
				out, err := readDeputies(c.text)
				if err == nil {
					x.Deputies = out
				}
				return err
			},
		},
		state("启用", "停用", func(x *echowall.Station) *bool { return &x.Closed }),
	),
	id:     func(x *echowall.Station) string { return string(x.ID) },
	sort:   func(*echowall.Station) echowall.RosterSort { return echowall.SortStation },
	closed: func(x *echowall.Station) *bool { return &x.Closed },
	blank:  func(id string) echowall.Station { return echowall.Station{ID: echowall.StationID(id)} },
	find: func(d *echowall.Directory, id string) (echowall.Station, bool) {
		return value(d.Station(echowall.StationID(id)))
	},
	list: func(r *echowall.Roster) []echowall.Station { return r.Stations },
	put: func(r *echowall.Roster, list []echowall.Station) {
		r.Stations = merged(r.Stations, list, func(x *echowall.Station) string { return string(x.ID) })
	},
}

func value[T any](x *T, ok bool) (T, bool) {
	if !ok {
		var none T
		return none, false
	}
	return *x, true
}

func readDeputies(s string) ([]echowall.Deputy, *echowall.Error) {
	var out []echowall.Deputy
	for _, part := range list(s) {
		words := strings.Fields(part)
		if len(words) < 2 || len(words) > 3 {
			return nil, refuse("roster.cell_deputy")
		}
		level, err := choice(words[1], deputyLevels)
		if err != nil {
			return nil, err
		}
		d := echowall.Deputy{Name: words[0], Level: level}
		if len(words) == 3 {
			d.Person = echowall.RosterID(number(words[2]))
		}
		out = append(out, d)
	}
	return out, nil
}

var gridKind = &kind[echowall.Grid]{
	name: sheetGrids,
	columns: append(append([]column[echowall.Grid]{
		idColumn("w0101", func(x *echowall.Grid) string { return string(x.ID) }),
		nameColumn("名称", "竹园一网格", func(x *echowall.Grid) *string { return &x.Name }),
		required(moving(refColumn("联络站", "station", "c01", "roster.help_grids_station", func(x *echowall.Grid) *echowall.StationID { return &x.Station }))),
		refColumn("民情联络员", "officer", "r0020", "roster.help_grids_officer", func(x *echowall.Grid) *echowall.RosterID { return &x.Officer }),
	}, positionColumns(func(x *echowall.Grid) *float64 { return &x.Lat }, func(x *echowall.Grid) *float64 { return &x.Lng })...),
		state("启用", "停用", func(x *echowall.Grid) *bool { return &x.Closed }),
	),
	id:     func(x *echowall.Grid) string { return string(x.ID) },
	sort:   func(*echowall.Grid) echowall.RosterSort { return echowall.SortGrid },
	closed: func(x *echowall.Grid) *bool { return &x.Closed },
	blank:  func(id string) echowall.Grid { return echowall.Grid{ID: echowall.GridID(id)} },
	find: func(d *echowall.Directory, id string) (echowall.Grid, bool) {
		return value(d.Grid(echowall.GridID(id)))
	},
	list: func(r *echowall.Roster) []echowall.Grid { return r.Grids },
	put: func(r *echowall.Roster, list []echowall.Grid) {
		r.Grids = merged(r.Grids, list, func(x *echowall.Grid) string { return string(x.ID) })
	},
}

var pointKind = &kind[echowall.CollectionPoint]{
	name: sheetPoints,
	columns: append(append([]column[echowall.CollectionPoint]{
		idColumn("p01", func(x *echowall.CollectionPoint) string { return string(x.ID) }),
		nameColumn("名称", "竹园东门民意墙", func(x *echowall.CollectionPoint) *string { return &x.Name }),
		required(moving(refColumn("联络站", "station", "c01", "roster.help_points_station", func(x *echowall.CollectionPoint) *echowall.StationID { return &x.Station }))),
		refColumn("网格", "grid", "w0101", "roster.help_points_grid", func(x *echowall.CollectionPoint) *echowall.GridID { return &x.Grid }),
	}, positionColumns(func(x *echowall.CollectionPoint) *float64 { return &x.Lat }, func(x *echowall.CollectionPoint) *float64 { return &x.Lng })...),
		state("启用", "停用", func(x *echowall.CollectionPoint) *bool { return &x.Closed }),
	),
	id:     func(x *echowall.CollectionPoint) string { return string(x.ID) },
	sort:   func(*echowall.CollectionPoint) echowall.RosterSort { return echowall.SortPoint },
	closed: func(x *echowall.CollectionPoint) *bool { return &x.Closed },
	blank: func(id string) echowall.CollectionPoint {
		return echowall.CollectionPoint{ID: echowall.PointID(id)}
	},
	find: func(d *echowall.Directory, id string) (echowall.CollectionPoint, bool) {
		return value(d.Point(echowall.PointID(id)))
	},
	list: func(r *echowall.Roster) []echowall.CollectionPoint { return r.Points },
	put: func(r *echowall.Roster, list []echowall.CollectionPoint) {
		r.Points = merged(r.Points, list, func(x *echowall.CollectionPoint) string { return string(x.ID) })
	},
}

var unitKind = &kind[echowall.Unit]{
	name: sheetUnits,
	columns: []column[echowall.Unit]{
		idColumn("u1", func(x *echowall.Unit) string { return string(x.ID) }),
		nameColumn("名称", "街道城市管理办公室", func(x *echowall.Unit) *string { return &x.Name }),
		listColumn("别名", "aliases", "城管办", "roster.help_units_aliases", func(x *echowall.Unit) *[]string { return &x.Aliases }),
		required(refsColumn("经办人", "handlers", "r0030", "roster.help_units_handlers", func(x *echowall.Unit) *[]echowall.RosterID { return &x.Handlers })),
		required(refsColumn("审核人", "approvers", "r0031", "roster.help_units_approvers", func(x *echowall.Unit) *[]echowall.RosterID { return &x.Approvers })),
		refColumn("分管领导", "leader", "r0032", "roster.help_units_leader", func(x *echowall.Unit) *echowall.RosterID { return &x.Leader }),
		textColumn("电话", "phone", 16, "0571-5552001", "roster.help_units_phone", func(x *echowall.Unit) *string { return &x.Phone }),
		state("启用", "停用", func(x *echowall.Unit) *bool { return &x.Closed }),
	},
	id:     func(x *echowall.Unit) string { return string(x.ID) },
	sort:   func(*echowall.Unit) echowall.RosterSort { return echowall.SortUnit },
	closed: func(x *echowall.Unit) *bool { return &x.Closed },
	blank:  func(id string) echowall.Unit { return echowall.Unit{ID: echowall.UnitID(id)} },
	find: func(d *echowall.Directory, id string) (echowall.Unit, bool) {
		return value(d.Unit(echowall.UnitID(id)))
	},
	list: func(r *echowall.Roster) []echowall.Unit { return r.Units },
	put: func(r *echowall.Roster, list []echowall.Unit) {
		r.Units = merged(r.Units, list, func(x *echowall.Unit) string { return string(x.ID) })
	},
}
