package handlers

import (
	"context"

	"echowall"
	"echowall/bot"
)

// arrive remembers the place whose code was scanned and says that the next wish will be recorded there.
func (a *App) arrive(c *bot.Context, scene string) (echowall.Message, error) {
	d, err := a.Wishes.Guard.Directory(c)
	if err != nil {
		return echowall.Message{}, err
	}
	spot, err := d.SpotOf(scene)
	if err != nil {
		return echowall.Message{}, err
	}
	conv := c.Conversation()
	conv.Here = &echowall.Here{Scene: scene, At: c.Now}
	conv.Unknown = 0
	text := c.Say("places.here", "place", spot.Name, "station", stationOf(d, spot.Place))
	if conv.Dialog != nil && conv.Dialog.Name == flowWish {
		return echowall.Message{Text: text + "\n" + c.Say("places.here_go_on")}, nil
	}
	return echowall.Message{Text: text + "\n" + c.Say("places.here_next")}, nil
}

// here is the place that the next wish will be recorded at; ok is false when no code was scanned lately, or
// its place was closed since.
func (a *App) here(c *bot.Context) (spot echowall.Spot, ok bool, err error) {
	h := c.Conversation().Here
	if h == nil || !h.Holds(c.Now) {
		return spot, false, nil
	}
	d, err := a.Wishes.Guard.Directory(c)
	if err != nil {
		return spot, false, err
	}
	spot, err = d.SpotOf(h.Scene)
	if _, gone := c.Refused(err); gone {
		return spot, false, nil
	}
	return spot, err == nil, err
}

// stationOf is the name of a place's station.
func stationOf(d *echowall.Directory, p echowall.Place) string {
	if s, ok := d.Station(p.Station); ok {
		return s.Name
	}
	return ""
}

// located says where a sent position is: the grid and its station, or that a person will sort it.
func (a *App) located(ctx context.Context, at *echowall.Position) (string, error) {
	d, err := a.Wishes.Guard.Directory(ctx)
	if err != nil {
		return "", err
	}
	p := d.Locate(at.Lat, at.Lng)
	if !p.Known() {
		return a.say("places.located_nowhere"), nil
	}
	if g, ok := d.Grid(p.Grid); ok {
		return a.say("places.located_grid", "grid", g.Name, "station", stationOf(d, p)), nil
	}
	return a.say("places.located", "station", stationOf(d, p)), nil
}
