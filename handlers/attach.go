package handlers

import (
	"strings"

	"echowall"
	"echowall/bot"
	"echowall/bot/wechat"
)

// loose is what came without a word: photos, voices or a place outside of any dialog.
type loose struct {
	wishDraft
	Picked int `json:"picked,omitempty"`
}

func (a *App) registerAttach(r *bot.Router) {
	r.Flow(a.attachFlow())
	for _, t := range []wechat.Type{wechat.TypeImage, wechat.TypeVoice, wechat.TypeLocation} {
		r.Type(t, a.loose)
	}
}

// loose keeps what came and asks what it is for.
func (a *App) loose(c *bot.Context) (echowall.Message, error) {
	var s loose
	if _, err := a.attach(c, &s.wishDraft); err != nil {
		return echowall.Message{}, err
	}
	c.Conversation().Unknown = 0
	return a.attachFlow().Start(c, s)
}

func (a *App) attachFlow() *bot.Flow[loose] {
	return &bot.Flow[loose]{
		Name: offerAttach, Version: 1, First: "which",
		Steps:  map[string]bot.Step[loose]{"which": {Ask: a.askLoose, Take: a.takeLoose}},
		Finish: a.finishLoose,
	}
}

// use is one thing to do with what came by itself.
type use struct {
	name string
	do   func(c *bot.Context, s *loose) (echowall.Message, error)
}

// uses lists what the person can do with it. A secretary's voice may be today's lesson.
func (a *App) uses(c *bot.Context, s *loose) ([]use, error) {
	w, err := a.newestOpen(c)
	if err != nil {
		return nil, err
	}
	lesson := len(s.Voices) == 1 && len(s.Photos) == 0 && a.mayTeach(c) == nil
	var list []use
	if lesson {
		list = append(list, use{c.Say("study.attach_lesson"), func(c *bot.Context, s *loose) (echowall.Message, error) {
			return a.teachVoice(c, s.Voices[0])
		}})
	}
	list = append(list, use{c.Say("wish.attach_new"), a.wishOf})
	if w != nil {
		list = append(list, use{c.Say("wish.attach_old", "number", w.Number, "title", w.Title()), a.supplementOf})
	}
	if lesson {
		list = append(list, use{c.Say("study.attach_none"), func(c *bot.Context, _ *loose) (echowall.Message, error) {
			return c.Reply("study.attach_dropped")
		}})
	}
	return list, nil
}

func (a *App) askLoose(c *bot.Context, s *loose) (string, error) {
	list, err := a.uses(c, s)
	if err != nil {
		return "", err
	}
	names := make([]string, len(list))
	for i, u := range list {
		names[i] = u.name
	}
	return s.Note + "\n" + c.Say("wish.attach_ask", "choices", choices(c, names)), nil
}

func (a *App) takeLoose(c *bot.Context, s *loose) (string, error) {
	if c.In.Type != wechat.TypeText {
		_, err := a.attach(c, &s.wishDraft)
		return "which", err
	}
	list, err := a.uses(c, s)
	if err != nil {
		return "", err
	}
	s.Picked, err = choice(c, len(list))
	return bot.End, err
}

func (a *App) finishLoose(c *bot.Context, s *loose) (echowall.Message, error) {
	list, err := a.uses(c, s)
	if err != nil {
		return echowall.Message{}, err
	}
	if s.Picked > len(list) {
		return echowall.Message{}, echowall.Refusal(echowall.KindConflict, "errors.conflict")
	}
	return list[s.Picked-1].do(c, s)
}

// wishOf makes a new wish of it.
func (a *App) wishOf(c *bot.Context, s *loose) (echowall.Message, error) {
	f := a.wishFlow()
	if len(s.Voices) > 0 { // a voice has said it
		f.First = s.afterText()
	}
	return f.Start(c, s.wishDraft)
}

// supplementOf adds it to the newest open wish.
func (a *App) supplementOf(c *bot.Context, s *loose) (echowall.Message, error) {
	w, err := a.newestOpen(c)
	if err != nil {
		return echowall.Message{}, err
	}
	if w == nil {
		return echowall.Message{}, echowall.Refusal(echowall.KindConflict, "errors.conflict")
	}
	return a.add(c, w.Number, echowall.Supplement{At: s.At, Media: append(s.Photos, s.Voices...)})
}

// supplement adds the place that follows the command to an own wish: the one named, else the newest open one.
func (a *App) supplement(c *bot.Context) (echowall.Message, error) {
	number, place := splitNumber(a.raw(c))
	if strings.TrimSpace(place) == "" {
		return c.Reply("wish.supplement_how")
	}
	place, err := a.placeText(place)
	if err != nil {
		return echowall.Message{}, err
	}
	if number == "" {
		w, err := a.newestOpen(c)
		if err != nil {
			return echowall.Message{}, err
		}
		if w == nil {
			return c.Reply("wish.none_open")
		}
		number = w.Number
	}
	return a.add(c, number, echowall.Supplement{Place: place})
}

func (a *App) add(c *bot.Context, number string, s echowall.Supplement) (echowall.Message, error) {
	before, err := a.Wishes.Mine(c, c.Turn.Author(), number)
	if err != nil {
		return echowall.Message{}, err
	}
	if s.Place != "" && before.Place != "" && !before.MayMove() {
		return echowall.Message{}, echowall.Refusal(echowall.KindConflict, "wish.place_known", "number", before.Number, "place", before.Place)
	}
	w, err := a.Wishes.Supplement(c, c.Turn.Author(), number, s, echowall.FromChat)
	if err != nil {
		return echowall.Message{}, err
	}
	station, err := a.stationName(c, w.Station)
	if err != nil {
		return echowall.Message{}, err
	}
	return c.Reply("wish.supplemented", "number", w.Number, "station", station)
}
