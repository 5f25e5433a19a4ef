package handlers

import (
	"slices"
	"strings"

	"echowall"
	"echowall/bot"
	"echowall/content"
)

// letterRule is one feature that is answered by typing bare letters.
type letterRule struct {
	// name is the key of what the letters would do, as a choice.
	name string
	// open reports whether the person has an open question of this kind that the letters fit.
	open func(c *bot.Context, letters string) (bool, error)
	take func(c *bot.Context, letters string) (echowall.Message, error)
	// idle, when not nil, says whether to take letters even though nothing is open anywhere.
	idle func(c *bot.Context, letters string) bool
}

// meant is what a letter waits for while the person is asked what it was meant for.
type meant struct {
	Letters string   `json:"letters"`
	Names   []string `json:"names"`
	Picked  int      `json:"picked,omitempty"`
}

// typedLetters reads "b", "Ｂ", "选B。", "A、C" as letters; ok is false for anything else.
func typedLetters(text string) (letters string, ok bool) {
	text = strings.ToUpper(content.Normalise(text))
	for _, lead := range []string{"我选择", "我选", "选择", "答案是", "答案", "选"} {
		if rest, cut := strings.CutPrefix(text, lead); cut {
			text = rest
			break
		}
	}
	var picked []rune
	for _, r := range text {
		switch {
		case r >= 'A' && r <= 'H':
			picked = append(picked, r)
		case strings.ContainsRune(" ,，.。、;；", r):
		default:
			return "", false
		}
	}
	slices.Sort(picked)
	picked = slices.Compact(picked)
	return string(picked), len(picked) > 0
}

// takeLetters gives letters to the one feature that waits for them, and asks when there are several.
func (a *App) takeLetters(c *bot.Context, letters string) (m echowall.Message, done bool, err error) {
	var open []letterRule
	for _, rule := range a.letters {
		ok, err := rule.open(c, letters)
		if err != nil {
			return m, false, err
		}
		if ok {
			open = append(open, rule)
		}
	}
	if len(open) == 0 {
		i := slices.IndexFunc(a.letters, func(r letterRule) bool { return r.idle != nil && r.idle(c, letters) })
		if i < 0 {
			return m, false, nil
		}
		open = a.letters[i : i+1]
	}
	c.Conversation().Unknown = 0
	if len(open) == 1 {
		m, err = open[0].take(c, letters)
		return m, true, err
	}
	ask := meant{Letters: letters}
	for _, rule := range open {
		ask.Names = append(ask.Names, rule.name)
	}
	m, err = a.lettersFlow().Start(c, ask)
	return m, true, err
}

func (a *App) lettersFlow() *bot.Flow[meant] {
	return &bot.Flow[meant]{
		Name: offerLetters, Version: 1, First: "which",
		Steps: map[string]bot.Step[meant]{"which": {
			Ask: func(c *bot.Context, s *meant) (string, error) {
				var names []string
				for _, key := range s.Names {
					names = append(names, c.Say(key))
				}
				return c.Say("common.letter_for", "letters", s.Letters, "choices", choices(c, names)), nil
			},
			Take: func(c *bot.Context, s *meant) (next string, err error) {
				s.Picked, err = choice(c, len(s.Names))
				return bot.End, err
			},
		}},
		Finish: func(c *bot.Context, s *meant) (echowall.Message, error) {
			for _, rule := range a.letters {
				if rule.name == s.Names[s.Picked-1] {
					return rule.take(c, s.Letters)
				}
			}
			return echowall.Message{}, echowall.Refusal(echowall.KindConflict, "common.dialog_changed")
		},
	}
}
