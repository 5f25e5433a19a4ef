package handlers

import (
	"strings"

	"echowall"
	"echowall/bot"
)

const flowErase = "erase"

// erasing is the dialog before a person is erased.
type erasing struct{}

func (a *App) registerErase(r *bot.Router) {
	a.command(r, commandData, a.ownData)
	a.command(r, commandErase, func(c *bot.Context) (echowall.Message, error) { return a.eraseFlow().Start(c, erasing{}) })
	r.Flow(a.eraseFlow())
}

// ownData says what is held about the person, in numbers, and where to see it.
func (a *App) ownData(c *bot.Context) (echowall.Message, error) {
	list, err := a.Wishes.MineAll(c, c.Turn.Author(), countedWishes)
	if err != nil {
		return echowall.Message{}, err
	}
	lines := []string{c.Say("privacy.own", "wishes", len(list))}
	if len(c.Who().Grants) > 0 {
		lines = append(lines, c.Say("privacy.own_roles"))
	}
	if a.OwnPages {
		lines = append(lines, link(a.PageURL("/m/data"), c.Say("privacy.own_link")))
	}
	lines = append(lines, c.Say("privacy.own_ways"))
	return echowall.Message{Text: strings.Join(lines, "\n")}, nil
}

// countedWishes bounds what is read to count them.
const countedWishes = 500

// sureWords are what has to be typed: nothing that one types by mistake.
var sureWords = []string{"确认删除"}

// eraseFlow names what will go and what stays, and erases whoever types that they are sure.
func (a *App) eraseFlow() *bot.Flow[erasing] {
	return &bot.Flow[erasing]{
		Name: flowErase, Version: 1, First: "sure",
		Steps: map[string]bot.Step[erasing]{"sure": {
			Ask: func(c *bot.Context, _ *erasing) (string, error) {
				list, err := a.Wishes.MineAll(c, c.Turn.Author(), countedWishes)
				if err != nil {
					return "", err
				}
				open := 0
				for _, w := range list {
					if isOpen(w) {
						open++
					}
				}
				lines := []string{c.Say("privacy.erase_goes", "wishes", len(list))}
				if open > 0 {
					lines = append(lines, c.Say("privacy.erase_open", "open", open))
				}
				if len(c.Who().Grants) > 0 {
					lines = append(lines, c.Say("privacy.erase_staff"))
				}
				lines = append(lines, c.Say("privacy.erase_stays"), c.Say("privacy.erase_ask"))
				return strings.Join(lines, "\n"), nil
			},
			Take: func(c *bot.Context, _ *erasing) (string, error) {
				for _, w := range sureWords {
					if strings.Trim(c.Text, "“”\"。 ") == w {
						return bot.End, nil
					}
				}
				return "", echowall.Refusal(echowall.KindInvalid, "privacy.erase_unsure")
			},
		}},
		Finish: func(c *bot.Context, _ *erasing) (echowall.Message, error) {
			self := echowall.Self{Person: c.Turn.Person(), Author: c.Turn.Author()}
			if err := a.Erasure.Order(c, self, echowall.FromChat); err != nil {
				return echowall.Message{}, err
			}
			return c.Reply("privacy.erased")
		},
	}
}
