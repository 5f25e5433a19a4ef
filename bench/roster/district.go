package main

import (
	"fmt"
	"os"

	"github.com/xuri/excelize/v2"

	"echowall"
	"echowall/roster"
)

// district is a made-up district; the first renamed people have another name than usual.
func district(people, renamed int) *echowall.Roster {
	r := &echowall.Roster{Committees: []echowall.Committee{{ID: "d0", Name: "区委"}}}
	stations, grids, branches := people/100, people/10, people/40
	id := func(letter string, n int) string { return fmt.Sprintf("%s%06d", letter, n) }
	person := func(n int) echowall.RosterID { return echowall.RosterID(id("r", n%people)) }
	for i := range branches {
		b := echowall.BranchID(id("b", i))
		r.Branches = append(r.Branches, echowall.Branch{ID: b, Name: fmt.Sprintf("第%d社区第%d党支部", i/3, i%3+1), Committee: "d0"})
		r.Groups = append(r.Groups, echowall.Group{ID: echowall.GroupID(id("g", i)), Name: "第一党小组", Branch: b})
	}
	for i := range stations {
		s := echowall.Station{
			ID: echowall.StationID(id("s", i)), Name: fmt.Sprintf("第%d社区联络站", i), Kind: echowall.StationCommunity, Parent: echowall.StationID(id("s", i/20*20)),
			Aliases: []string{fmt.Sprintf("第%d小区", i), fmt.Sprintf("第%d新村", i)}, Lat: 30 + float64(i)*1e-3, Lng: 120 + float64(i)*1e-3,
			Phone: fmt.Sprintf("0571-%07d", 5550000+i), Hours: "周一至周五 8:30–17:00", Head: person(i * 100), Officers: []echowall.RosterID{person(i*100 + 1), person(i*100 + 2)},
			Deputies: []echowall.Deputy{{Name: "林志明", Level: echowall.DeputyCity}},
		}
		if i%20 == 0 {
			s.Kind, s.Parent = echowall.StationStreet, ""
		}
		r.Stations = append(r.Stations, s)
		r.Points = append(r.Points, echowall.CollectionPoint{ID: echowall.PointID(id("p", i)), Name: fmt.Sprintf("第%d民意墙", i), Station: s.ID, Lat: s.Lat, Lng: s.Lng})
	}
	for i := range grids {
		s := &r.Stations[i/10]
		r.Grids = append(r.Grids, echowall.Grid{
			ID: echowall.GridID(id("w", i)), Name: fmt.Sprintf("第%d网格", i), Station: s.ID, Officer: person(i * 10), Lat: s.Lat + float64(i%10)*1e-4, Lng: s.Lng,
		})
	}
	for i := range people / 1000 {
		r.Units = append(r.Units, echowall.Unit{
			ID: echowall.UnitID(id("u", i)), Name: fmt.Sprintf("第%d办公室", i), Handlers: []echowall.RosterID{person(i*7 + 3)}, Approvers: []echowall.RosterID{person(i*7 + 4)},
		})
	}
	for i := range people {
		b := i % branches
		p := echowall.RosterPerson{
			ID: person(i), Name: name(i), Branch: echowall.BranchID(id("b", b)), Group: echowall.GroupID(id("g", b)), Standing: echowall.StandingFull,
			PhoneTail: fmt.Sprintf("%04d", i*7919%10000), Joined: echowall.Date{Year: 1970 + i%50, Month: 7, Day: 1},
		}
		if i < renamed {
			p.Name += "子"
		}
		if i < branches {
			p.Post, p.Secretary = "书记", true
		}
		if i%50 == 0 {
			p.Joint = []echowall.BranchID{echowall.BranchID(id("b", (b+1)%branches))}
		}
		if i%30 == 0 {
			p.Exempt, p.Tags = "年老体弱", []string{"流动党员"}
		}
		r.People = append(r.People, p)
	}
	return r
}

// name repeats itself as names do: some thousand different ones.
func name(i int) string {
	family, first, second := []rune("王李张刘陈杨黄赵吴周徐孙马朱胡"), []rune("建国秀英文静立新淑芬志强美玲晓燕"), []rune("敏伟芳娜磊军洋勇艳杰娟涛明超霞")
	return string([]rune{family[i%len(family)], first[i/15%len(first)], second[i/240%len(second)]})
}

func say(*echowall.Error) string { return "" }

// writeFiles writes a district in both ways, in the second one with a tenth of the people renamed.
func writeFiles(streamed, shared string, people int) error {
	if err := writeStreamed(streamed, district(people, 0)); err != nil {
		return err
	}
	return writeShared(shared, district(people, people/10))
}

// writeStreamed writes the workbook as our own export does.
func writeStreamed(name string, r *echowall.Roster) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := roster.WriteRoster(f, r, say); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// writeShared writes it with a table of shared texts, as spreadsheet programs do.
func writeShared(name string, r *echowall.Roster) (err error) {
	streamed := name + ".streamed"
	if err := writeStreamed(streamed, r); err != nil {
		return err
	}
	in, err := excelize.OpenFile(streamed)
	if err != nil {
		return err
	}
	defer in.Close()
	out := excelize.NewFile()
	defer out.Close()
	for _, sheet := range in.GetSheetList() {
		if _, err := out.NewSheet(sheet); err != nil {
			return err
		}
		rows, err := in.Rows(sheet)
		if err != nil {
			return err
		}
		for n := 1; rows.Next(); n++ {
			cells, err := rows.Columns()
			if err != nil {
				return err
			}
			for j, text := range cells {
				if text == "" {
					continue
				}
				at, err := excelize.CoordinatesToCellName(j+1, n)
				if err != nil {
					return err
				}
				if err := out.SetCellStr(sheet, at, text); err != nil {
					return err
				}
			}
		}
		if err := rows.Close(); err != nil {
			return err
		}
	}
	return out.SaveAs(name)
}
