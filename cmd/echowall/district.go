package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"echowall"
)

// districtFile is the demo's made-up district; no place or person in it exists.
//
//go:embed demo/district.json
var districtFile []byte

// district is who and what a demo starts with.
type district struct {
	Committees []echowall.Committee       `json:"committees"`
	Branches   []echowall.Branch          `json:"branches"`
	Groups     []echowall.Group           `json:"groups"`
	Stations   []echowall.Station         `json:"stations"`
	Grids      []echowall.Grid            `json:"grids"`
	Points     []echowall.CollectionPoint `json:"points"`
	Units      []echowall.Unit            `json:"units"`
	Roster     []echowall.RosterPerson    `json:"roster"`
	People     []districtPerson           `json:"people"`
	Wishes     []districtWish             `json:"wishes"`
}

// roster is the district as an account keeps it.
func (d *district) roster() *echowall.Roster {
	return &echowall.Roster{
		Committees: d.Committees, Branches: d.Branches, Groups: d.Groups, Stations: d.Stations,
		Grids: d.Grids, Points: d.Points, Units: d.Units, People: d.Roster,
	}
}

// districtPerson is one of the forty. Seat names one of the four phones on the demo's page.
type districtPerson struct {
	OpenID string `json:"openid"`
	Name   string `json:"name"`
	Note   string `json:"note"`
	Seat   string `json:"seat,omitempty"`
	// Roster is the line of the roster that the phone is bound to; "" for residents.
	Roster echowall.RosterID `json:"roster,omitempty"`
	// Says is typed after following; it opens the 48 hours in which messages can arrive. Those who say
	// nothing find theirs in the to-read box.
	Says string `json:"says,omitempty"`
}

// districtWish is a wish of the past: when it was handed in, in working days before the demo's first day,
// and what became of it.
type districtWish struct {
	DaysAgo int             `json:"days_ago"`
	Author  string          `json:"author"` // openid
	Place   string          `json:"place"`
	Text    string          `json:"text"`
	Public  string          `json:"public,omitempty"` // redacted text; "" keeps it private
	Accept  bool            `json:"accept,omitempty"`
	Answer  *districtAnswer `json:"answer,omitempty"`
	Rating  echowall.Rating `json:"rating,omitempty"`
	// Told leaves what the last move owes in the ledger, so that the demo begins with a message.
	Told bool `json:"told,omitempty"`
}

type districtAnswer struct {
	Class echowall.Outcome `json:"class"`
	Text  string           `json:"text"`
	// PromiseMonths promises it by the end of the month that is so many months after the demo's first day;
	// 0 promises nothing.
	PromiseMonths int `json:"promise_months,omitempty"`
}

// promise is the promised day of an answer in a demo that begins on first.
func (a *districtAnswer) promise(first echowall.Date) echowall.Date {
	if a.PromiseMonths == 0 {
		return echowall.Date{}
	}
	return echowall.DateOf(time.Date(first.Year, first.Month+time.Month(a.PromiseMonths)+1, 0, 0, 0, 0, 0, time.UTC))
}

func readDistrict() (*district, error) {
	d := new(district)
	if err := json.Unmarshal(districtFile, d); err != nil {
		return nil, fmt.Errorf("demo district: %w", err)
	}
	return d, nil
}

// seat returns the person on one of the four phones.
func (d *district) seat(name string) (districtPerson, bool) {
	for _, p := range d.People {
		if p.Seat == name {
			return p, true
		}
	}
	return districtPerson{}, false
}
