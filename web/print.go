package web

import (
	"context"
	"net/http"
	"net/url"

	"golang.org/x/sync/errgroup"

	"echowall"
)

// posterView is a sheet of A4 that hangs at a place.
type posterView struct {
	Name, Station, Phone, Hours, Contact string
	Code                                 qrCode
	Made                                 string
	Renew                                string // address that asks for a new code
}

// slipsView is a sheet of binding slips, eight to a page; without slips it is the question before it.
type slipsView struct {
	Branch, BranchID string
	Open             int // people of the branch who are not bound, as far as the roster tells
	Pages            [][]printedSlip
	NoCodes          bool // the platform gave no scan codes; the typed code does
}

type printedSlip struct {
	Name, Branch, Code, Until string
	QR                        *qrCode
}

// slipsPerPage fit on A4 in two columns.
const slipsPerPage = 8

// slipCalls is how many scan codes are asked for at a time.
const slipCalls = 4

func (s *Server) printRoutes() []deskRoute {
	return []deskRoute{
		{"GET /console/print/point/{id}", echowall.ActionPlacePrint, "places", s.poster(echowall.ScenePoint)},
		{"GET /console/print/station/{id}", echowall.ActionPlacePrint, "places", s.poster(echowall.SceneStation)},
		{"GET /console/print/grid/{id}", echowall.ActionPlacePrint, "places", s.poster(echowall.SceneGrid)},
		{"POST /console/print/point/{id}", echowall.ActionPlacePrint, "places", s.renewPoster(echowall.ScenePoint)},
		{"POST /console/print/station/{id}", echowall.ActionPlacePrint, "places", s.renewPoster(echowall.SceneStation)},
		{"POST /console/print/grid/{id}", echowall.ActionPlacePrint, "places", s.renewPoster(echowall.SceneGrid)},
		{"GET /console/print/slips", echowall.ActionCodeIssue, "people", s.askSlips},
		{"POST /console/print/slips", echowall.ActionCodeIssue, "people", s.printSlips},
	}
}

// poster shows the sheet of a place whose scenes begin with kind. Its code is made at the first look.
func (s *Server) poster(kind string) deskHandler {
	return func(w http.ResponseWriter, r *http.Request, d *desk) error {
		p, err := s.Console.Places.Poster(r.Context(), d.who, kind+r.PathValue("id"))
		if err != nil {
			return err
		}
		code, err := drawQR(p.Code.URL)
		if err != nil {
			return err
		}
		return s.deskShow(w, r, d, "console_poster", p.Spot.Name, posterView{
			Name: p.Spot.Name, Station: p.Station.Name, Phone: p.Station.Phone, Hours: p.Station.Hours, Contact: s.Console.Contact,
			Code: code, Made: s.shortTime(p.Code.Created.In(s.Location)), Renew: r.URL.Path,
		})
	}
}

// renewPoster asks for another code and goes back to the sheet.
func (s *Server) renewPoster(kind string) deskHandler {
	return func(w http.ResponseWriter, r *http.Request, d *desk) error {
		if _, err := s.Console.Places.Renew(r.Context(), d.who, kind+r.PathValue("id")); err != nil {
			return err
		}
		w.Header().Set("Location", (&url.URL{Path: r.URL.Path}).String())
		w.WriteHeader(http.StatusSeeOther)
		return nil
	}
}

// slipsOf is the branch that slips are wanted for, and who is on its roster.
func (s *Server) slipsOf(r *http.Request, d *desk, branch string) (slipsView, []echowall.RosterID, error) {
	b, ok := d.directory.Branch(echowall.BranchID(branch))
	if _, err := s.Console.Logins.Guard.Allow(r.Context(), d.who, echowall.ActionCodeIssue, echowall.Target{Branch: echowall.BranchID(branch)}); err != nil {
		return slipsView{}, nil, err
	}
	if !ok || b.Closed {
		return slipsView{}, nil, echowall.Refusal(echowall.KindNotFound, "errors.not_found")
	}
	var lines []echowall.RosterID
	for i := range d.directory.Roster.People {
		if p := &d.directory.Roster.People[i]; p.Branch == b.ID && !p.Left {
			lines = append(lines, p.ID)
		}
	}
	return slipsView{Branch: b.Name, BranchID: string(b.ID), Open: len(lines)}, lines, nil
}

// askSlips says what printing does: older codes of the same people stop working.
func (s *Server) askSlips(w http.ResponseWriter, r *http.Request, d *desk) error {
	v, _, err := s.slipsOf(r, d, r.URL.Query().Get("branch"))
	if err != nil {
		return err
	}
	return s.deskShow(w, r, d, "console_slips", s.words.Say("places.slips_title"), v)
}

// printSlips makes a code for everybody of the branch who is not bound, and shows them this once.
func (s *Server) printSlips(w http.ResponseWriter, r *http.Request, d *desk) error {
	if err := readForm(w, r, personForm); err != nil {
		return err
	}
	v, lines, err := s.slipsOf(r, d, r.PostForm.Get("branch"))
	if err != nil {
		return err
	}
	slips, err := s.People.Issue(r.Context(), d.who, lines...)
	if err != nil {
		return err
	}
	printed := make([]printedSlip, len(slips))
	for i, slip := range slips {
		printed[i] = printedSlip{Name: slip.Name, Branch: slip.Branch, Code: slip.Code, Until: s.shortTime(slip.Expires.In(s.Location))}
	}
	// The codes are made by now; a platform that gives no picture for them is no reason to lose them.
	v.NoCodes = s.drawSlips(r.Context(), slips, printed) != nil
	for from := 0; from < len(printed); from += slipsPerPage {
		v.Pages = append(v.Pages, printed[from:min(from+slipsPerPage, len(printed))])
	}
	return s.deskShow(w, r, d, "console_slips", s.words.Say("places.slips_title"), v)
}

func (s *Server) drawSlips(ctx context.Context, slips []echowall.Slip, printed []printedSlip) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(slipCalls)
	for i, slip := range slips {
		g.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err() // one was refused; the others would be too
			}
			says, err := s.Console.Places.Temporary(ctx, slip.Scene, slip.Expires.Sub(s.Now()))
			if err != nil {
				return err
			}
			code, err := drawQR(says)
			printed[i].QR = &code
			return err
		})
	}
	return g.Wait()
}
