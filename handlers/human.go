package handlers

import (
	"strings"

	"echowall"
	"echowall/bot"
)

// human says how to reach a person and tells the officers on duty that somebody asks: those of the station
// that has the person's newest open wish, else those who sort what has no place. They do not learn who it
// is; with a wish they can answer through it.
func (a *App) human(c *bot.Context) (echowall.Message, error) {
	c.Conversation().Unknown = 0
	station, number := echowall.TriageStation, ""
	w, err := a.newestOpen(c)
	if err != nil {
		return echowall.Message{}, err
	}
	if w != nil {
		station, number = w.Station, w.Number
	}
	told, err := a.Duty.Call(c, c.Turn.Author(), station, number)
	if err != nil {
		return echowall.Message{}, err
	}
	parts := make([]string, 0, 4)
	switch {
	case told > 0 && number != "":
		parts = append(parts, c.Say("help.human_told_wish", "number", number))
	case told > 0:
		parts = append(parts, c.Say("help.human_told"))
	}
	phones, err := a.phones(c, station)
	if err != nil {
		return echowall.Message{}, err
	}
	contact := strings.TrimSpace(strings.Join([]string{a.Office.Contact, phones}, "\n"))
	switch {
	case contact != "" && a.Office.Hours != "":
		parts = append(parts, c.Say("help.human", "contact", contact, "hours", a.Office.Hours))
	case contact != "":
		parts = append(parts, c.Say("help.human_contact", "contact", contact))
	default:
		parts = append(parts, c.Say("help.human_plain"))
	}
	if c.Conversation().Dialog != nil {
		parts = append(parts, c.Say("help.in_dialog"))
	}
	return echowall.Message{Text: strings.Join(parts, "\n")}, nil
}

// phones lists the number of the station that has the person's wish, else those of the street stations.
func (a *App) phones(c *bot.Context, station echowall.StationID) (string, error) {
	list, err := a.stationsNow(c)
	if err != nil {
		return "", err
	}
	var lines []string
	for _, s := range list {
		if s.Phone == "" {
			continue
		}
		if s.ID == station || station == echowall.TriageStation && s.Kind == echowall.StationStreet {
			lines = append(lines, c.Say("help.phone", "station", s.Name, "phone", s.Phone))
		}
	}
	const most = 8
	return strings.Join(lines[:min(most, len(lines))], "\n"), nil
}

// newestOpen is the newest wish of the person that a station still works on, nil when there is none.
func (a *App) newestOpen(c *bot.Context) (*echowall.Wish, error) {
	list, err := a.Wishes.MineAll(c, c.Turn.Author(), listLength)
	if err != nil {
		return nil, err
	}
	for _, w := range list {
		if isOpen(w) {
			return w, nil
		}
	}
	return nil, nil
}

func isOpen(w *echowall.Wish) bool {
	for _, s := range echowall.OpenStates {
		if w.State == s {
			return true
		}
	}
	return false
}
