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
	return a.submit(c, echowall.Wish{Text: text}, seen, c.Say("wish.add_later"))
}

// submit hands in a wish, in whose text there is seen to notice, and writes the receipt. Officers hear of
// danger at once.
func (a *App) submit(c *bot.Context, w echowall.Wish, seen sight, next string) (echowall.Message, error) {
	stations, err := a.stationsNow(c)
	if err != nil {
		return echowall.Message{}, err
	}
	w.Author = c.Turn.Author()
	kept, err := a.Wishes.Submit(c, w, stations, echowall.FromChat)
	if err != nil {
		return echowall.Message{}, err
	}
	if seen.alarms {
		if err := a.Duty.Alarm(c, kept); err != nil {
			return echowall.Message{}, err
		}
	}
	station, err := a.stationName(c, kept.Station)
	if err != nil {
		return echowall.Message{}, err
	}
	lines := append(seen.warnings(c),
		c.Say("wish.received", "number", kept.Number, "due", a.when(kept.Due)),
		c.Say("wish.received_by", "station", station))
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
