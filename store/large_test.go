package store

import (
	"fmt"
	"strconv"
	"testing"

	"echowall"
	"echowall/store/redistest"
)

// A script takes some 8,000 words for one command; a large branch, a city's stations and a big box must not
// come near.
func TestLargeAccounts(t *testing.T) {
	s, ctx := openAt(t, redistest.Run(t).URL(), "wx1"), t.Context()
	const many = 5000
	to := make([]echowall.PersonID, many)
	for i := range to {
		to[i] = echowall.PersonID(fmt.Sprintf("p%015d", i))
	}
	n := &echowall.Notice{Branch: "b1", Title: "开会", Body: "周五下午", By: "p1", Created: exportNoon, To: to}
	err := s.AddNotice(ctx, n, func(n *echowall.Notice) []echowall.Debt {
		var debts []echowall.Debt
		for _, p := range n.To {
			debts = append(debts, echowall.NewDebt(echowall.DebtNotice, echowall.Recipient(p), n.ID, "", exportNoon))
		}
		return debts
	})
	if err != nil {
		t.Fatalf("a notice to %d: %v", many, err)
	}
	if c, err := s.DebtCounts(ctx); err != nil || c.Waiting != many {
		t.Errorf("%d owed, %v; want %d", c.Waiting, err, many)
	}
	stations := make([]echowall.Station, many)
	for i := range stations {
		stations[i] = echowall.Station{ID: echowall.StationID(strconv.Itoa(i)), Name: "站" + strconv.Itoa(i)}
	}
	if err := s.PutStations(ctx, stations...); err != nil {
		t.Fatalf("%d stations: %v", many, err)
	}
	if list, err := s.Stations(ctx); err != nil || len(list) != many {
		t.Errorf("%d stations, %v", len(list), err)
	}
}
