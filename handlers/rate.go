package handlers

import (
	"strings"

	"echowall"
	"echowall/bot"
)

func (a *App) registerRate(r *bot.Router) {
	a.command(r, "评价", a.rate)
	a.letters = append(a.letters, letterRule{name: "wish.letter_rates", open: a.rateOpen, take: a.rateLetter})
}

// rateOpen reports whether an own wish waits for the letter.
func (a *App) rateOpen(c *bot.Context, letters string) (bool, error) {
	if !echowall.Rating(letters).Valid() {
		return false, nil
	}
	list, err := a.toVerify(c)
	return len(list) > 0, err
}

// toVerify are the own wishes that wait for the verdict, newest first.
func (a *App) toVerify(c *bot.Context) ([]*echowall.Wish, error) {
	list, err := a.Wishes.MineAll(c, c.Turn.Author(), listLength)
	if err != nil {
		return nil, err
	}
	var out []*echowall.Wish
	for _, w := range list {
		if w.State == echowall.WishToVerify {
			out = append(out, w)
		}
	}
	return out, nil
}

// rateLetter takes a bare letter for the one wish that waits; of several, the person names one.
func (a *App) rateLetter(c *bot.Context, letters string) (echowall.Message, error) {
	list, err := a.toVerify(c)
	if err != nil {
		return echowall.Message{}, err
	}
	switch len(list) {
	case 0:
		return c.Reply("wish.nothing_to_rate")
	case 1:
		return a.rateWish(c, list[0].Number, letters)
	}
	var lines []string
	for _, w := range list {
		lines = append(lines, c.Say("wish.rate_which_line", "number", w.Number, "title", w.Title()))
	}
	return c.Reply("wish.rate_which", "lines", strings.Join(lines, "\n"), "number", list[0].Number, "letter", letters)
}

// rate is 评价 XY2031 A.
func (a *App) rate(c *bot.Context) (echowall.Message, error) {
	number, letters := splitNumber(c.Rest)
	if number == "" {
		if letters, ok := typedLetters(c.Rest); ok {
			return a.rateLetter(c, letters)
		}
		list, err := a.toVerify(c)
		if err != nil {
			return echowall.Message{}, err
		}
		if len(list) == 0 {
			return c.Reply("wish.nothing_to_rate")
		}
		return c.Reply("wish.rate_how")
	}
	if l, ok := typedLetters(letters); ok {
		letters = l
	}
	return a.rateWish(c, number, letters)
}

func (a *App) rateWish(c *bot.Context, number, letters string) (echowall.Message, error) {
	w, err := a.Wishes.Rate(c, c.Turn.Author(), number, echowall.Rating(letters), echowall.FromChat)
	if err != nil {
		return echowall.Message{}, err
	}
	if w.State == echowall.WishRedo {
		return c.Reply("wish.rated_redo", "number", w.Number, "due", a.when(w.Due))
	}
	return c.Reply("wish.rated", "number", w.Number, "rating", c.Say(ratingNames[w.Rating]))
}
