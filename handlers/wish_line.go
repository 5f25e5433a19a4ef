package handlers

import (
	"strings"

	"echowall"
	"echowall/bot"
)

// wishLine hands in a wish written in one line, with everything else at its most careful default.
func (a *App) wishLine(c *bot.Context, text string) (echowall.Message, error) {
	seen := a.look(text)
	if err := seen.refusal(); err != nil {
		return echowall.Message{}, err
	}
	w, next := echowall.Wish{Text: text}, c.Say("wish.add_later")
	spot, here, err := a.here(c)
	if err != nil {
		return echowall.Message{}, err
	}
	if here {
		w.Place, next = spot.Name, c.Say("places.other_later")
		w.Put(spot.Place)
	}
	return a.submit(c, w, seen, next)
}

// submit hands in a wish, in whose text there is seen to notice, and writes the receipt. Officers hear of
// danger at once.
func (a *App) submit(c *bot.Context, w echowall.Wish, seen sight, next string) (echowall.Message, error) {
	w.Author = c.Turn.Author()
	kept, err := a.Wishes.Submit(c, w, echowall.FromChat)
	if err != nil {
		return echowall.Message{}, err
	}
	c.Conversation().Here = nil // it was for this wish
	if seen.alarms {
		if err := a.Duty.Alarm(c, kept); err != nil {
			return echowall.Message{}, err
		}
	}
	by, err := a.whoSorts(c, kept)
	if err != nil {
		return echowall.Message{}, err
	}
	lines := append(seen.warnings(c), c.Say("wish.received", "number", kept.Number, "due", a.when(kept.Due)), by)
	if kept.MayPublish {
		lines = append(lines, c.Say("wish.may_publish"))
	} else {
		lines = append(lines, c.Say("wish.private"))
	}
	lines = append(lines, c.Say("wish.how_to_ask", "number", kept.Number))
	if next != "" {
		lines = append(lines, next)
	}
	lines = append(lines, link(a.WishURL(kept.Number, kept.Author), c.Say("wish.details")))
	return echowall.Message{Text: strings.Join(lines, "\n")}, nil
}

// whoSorts says who looks at a wish first, and where it was recorded if a code or a position said so.
func (a *App) whoSorts(c *bot.Context, w *echowall.Wish) (string, error) {
	if w.Station == echowall.TriageStation {
		return c.Say("places.received_triage"), nil
	}
	station, err := a.stationName(c, w.Station)
	if err != nil {
		return "", err
	}
	by := c.Say("wish.received_by", "station", station)
	if w.Placed == echowall.PlacedScene {
		by = c.Say("places.recorded", "place", w.Place) + by
	}
	return by, nil
}
