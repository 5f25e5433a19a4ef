package web

import (
	"net/http"

	"echowall"
)

// dataView is what is held about a person, in plain words by kind.
type dataView struct {
	Kinds  []dataKind
	Looks  []lookView
	Member bool
}

// dataKind is one kind of data: what it is, how much there is, and an example.
type dataKind struct {
	Head, What, Sample string
	Count              int
}

// lookView is one line of the access log about the person.
type lookView struct {
	When, Who, What, Case, Why string
}

// dataLooks is how many lines of the access log the page shows; the copies have more.
const dataLooks = 20

func (s *Server) data(w http.ResponseWriter, r *http.Request, me *mine) error {
	ctx := r.Context()
	own, err := s.Phone.Data.Wishes(ctx, me.Author)
	if err != nil {
		return err
	}
	person, err := s.Phone.Data.Person(ctx, me.Person)
	if err != nil {
		return err
	}
	v := dataView{Kinds: s.dataKinds(own, person), Member: person.Line != nil || len(person.Roles) > 0}
	stations, err := s.stationsByID(ctx)
	if err != nil {
		return err
	}
	for _, l := range append(own.Looks, person.Looks...) {
		if len(v.Looks) == dataLooks {
			break
		}
		v.Looks = append(v.Looks, s.lookView(stations, l))
	}
	return s.show(w, r, http.StatusOK, "phone_data", frame{Title: s.words.Say("phone.data"), Data: v})
}

// dataKinds lists the kinds in the order in which people ask for them. What is held about nobody is said too.
func (s *Server) dataKinds(own *echowall.OwnWishes, p *echowall.OwnPerson) []dataKind {
	kind := func(name string, count int, sample string) dataKind {
		return dataKind{Head: s.words.Say("phone.kind_" + name), What: s.words.Say("phone.kind_" + name + "_what"), Count: count, Sample: sample}
	}
	files, sample := 0, ""
	for _, w := range own.Wishes {
		files += len(w.Files)
	}
	if len(own.Wishes) > 0 {
		sample = own.Wishes[0].Number + " " + echowall.Shorten(own.Wishes[0].Text, headlineLimit)
	}
	out := []dataKind{kind("wishes", len(own.Wishes), sample), kind("files", files, "")}
	phone := 0
	sample = ""
	if own.Contact != nil {
		phone, sample = 1, hideDigits(own.Contact.Phone)
	}
	out = append(out, kind("contact", phone, sample))
	talk := 0
	if p.Dialog != nil {
		talk++
	}
	if p.Draft != nil {
		talk++
	}
	out = append(out, kind("talk", talk, ""), kind("owed", len(own.Owed)+len(p.Owed), ""))
	reach := 1 // whether the person follows
	for _, n := range p.Reach.Accepted {
		reach += n
	}
	sample = s.words.Say("phone.reach_follows")
	if !p.Reach.Following {
		sample = s.words.Say("phone.reach_left")
	}
	out = append(out, kind("reach", reach, sample), kind("sessions", len(p.Sessions), ""))
	if p.Line != nil || len(p.Roles) > 0 || p.Name != "" {
		out = append(out, kind("roles", len(p.Roles), p.Name))
	}
	if n := len(p.Study.Days); n > 0 {
		out = append(out, kind("study", n, ""))
	}
	if n := len(p.Receipts); n > 0 {
		out = append(out, kind("receipts", n, p.Receipts[0].Title))
	}
	return out
}

// hideDigits keeps the last four digits of a number.
func hideDigits(number string) string {
	const seen = 4
	if len(number) <= seen {
		return number
	}
	return "…" + number[len(number)-seen:]
}

// lookView says a line of the log to the person concerned: roles and stations, never names.
func (s *Server) lookView(stations map[echowall.StationID]echowall.Station, l echowall.AccessLook) lookView {
	v := lookView{
		When: s.shortTime(l.At.In(s.Location)), What: s.words.Say(lookKey(l.Kind)), Case: l.Case,
		Who: s.words.Say("phone.look_self"),
	}
	if l.Role != "" {
		v.Who = s.words.role(l.Role)
		if st, ok := stations[echowall.StationID(l.Scope)]; ok {
			v.Who = st.Name + v.Who
		}
	}
	v.Why = s.words.why(l.Why)
	return v
}

func lookKey(k echowall.AccessKind) string { return "phone.look_" + string(k) }
