package handlers

import (
	"context"
	"strings"

	"echowall"
)

// letterAccepted tells the author that the station works on it, and until when.
func (a *App) letterAccepted(ctx context.Context, d echowall.Debt, _ echowall.Channel) (letter, error) {
	w, err := a.Wishes.Store.Wish(ctx, d.Subject)
	if err != nil || w.State != echowall.WishAccepted || d.To != echowall.Recipient(w.Author) {
		return letter{}, err
	}
	return a.wishLetter(ctx, w, a.WishURL(w.Number, w.Author), func(station string) []string {
		return []string{a.say("letters.wish_accepted", "number", w.Number, "title", w.Title(), "station", station, "due", a.when(w.Due))}
	})
}

// letterAnswered brings the author the answer and asks for the verdict.
func (a *App) letterAnswered(ctx context.Context, d echowall.Debt, _ echowall.Channel) (letter, error) {
	w, err := a.Wishes.Store.Wish(ctx, d.Subject)
	if err != nil || w.State != echowall.WishToVerify || d.To != echowall.Recipient(w.Author) {
		return letter{}, err
	}
	return a.wishLetter(ctx, w, a.WishURL(w.Number, w.Author), func(string) []string {
		class := a.say(outcomeNames[w.Answer.Class])
		lines := []string{a.say("letters.wish_answered", "class", class, "number", w.Number, "title", w.Title()), ""}
		lines = append(lines, a.answerText(w)...)
		return append(lines, "", a.say("letters.wish_rate"))
	})
}

// letterRedo tells the officer who answered that it is not solved.
func (a *App) letterRedo(ctx context.Context, d echowall.Debt, _ echowall.Channel) (letter, error) {
	w, err := a.Wishes.Store.Wish(ctx, d.Subject)
	if err != nil || w.State != echowall.WishRedo {
		return letter{}, err
	}
	return a.caseLetter(ctx, w, d, "letters.wish_redo")
}

// letterDue reminds an officer of a deadline.
func (a *App) letterDue(ctx context.Context, d echowall.Debt, _ echowall.Channel) (letter, error) {
	w, err := a.Wishes.Store.Wish(ctx, d.Subject)
	if err != nil || !isOpen(w) {
		return letter{}, err
	}
	return a.caseLetter(ctx, w, d, "letters.wish_due")
}

// letterNew tells an officer that something came in: one wish that speaks of danger, or that the station
// has wishes nobody has signed for.
func (a *App) letterNew(ctx context.Context, d echowall.Debt, _ echowall.Channel) (letter, error) {
	if bareNumber.MatchString(d.Subject) {
		w, err := a.Wishes.Store.Wish(ctx, d.Subject)
		if err != nil || w.State != echowall.WishSubmitted {
			return letter{}, err
		}
		return a.caseLetter(ctx, w, d, "letters.wish_alarm")
	}
	const shown, looked = 5, 50
	list, err := a.Wishes.Store.Queue(ctx, echowall.StationID(d.Subject), []echowall.WishState{echowall.WishSubmitted}, looked)
	if err != nil {
		return letter{}, err
	}
	if list, err = a.seenBy(ctx, d.To, list); err != nil || len(list) == 0 {
		return letter{}, err
	}
	var lines []string
	for _, w := range list[:min(shown, len(list))] {
		lines = append(lines, a.say("staff.todo_line", "number", w.Number, "title", w.Title(),
			"state", a.say(stateNames[w.State]), "left", a.left(w.Due)))
	}
	if len(list) > shown {
		lines = append(lines, a.say("letters.wish_new_more"))
	}
	text := a.say("letters.wish_new", "lines", strings.Join(lines, "\n"))
	first := list[0]
	return letter{message: echowall.Message{Text: text}, facts: a.facts(first, ""), url: a.caseURL(first.Number)}, nil
}

// letterHuman asks an officer to look after somebody who asked for a person.
func (a *App) letterHuman(ctx context.Context, d echowall.Debt, _ echowall.Channel) (letter, error) {
	if d.Subject == "" {
		who, err := a.People.Store.Person(ctx, echowall.PersonID(d.To))
		if err != nil || !who.Can(echowall.ActionTodo) {
			return letter{}, err
		}
		text := a.say("letters.human")
		return letter{message: echowall.Message{Text: text}, facts: map[string]string{"title": text}}, nil
	}
	w, err := a.Wishes.Store.Wish(ctx, d.Subject)
	if err != nil || w.Erased() {
		return letter{}, err
	}
	return a.caseLetter(ctx, w, d, "letters.human_wish")
}

// wishLetter is a letter about a wish.
func (a *App) wishLetter(ctx context.Context, w *echowall.Wish, url string, lines func(station string) []string) (letter, error) {
	station, err := a.stationName(ctx, w.Station)
	if err != nil {
		return letter{}, err
	}
	text := strings.Join(lines(station), "\n")
	if url != "" {
		text += "\n" + link(url, a.say("wish.details"))
	}
	return letter{message: echowall.Message{Text: text}, facts: a.facts(w, station), url: url}, nil
}

// caseLetter is a letter to an officer, who must still work for the wish's station.
func (a *App) caseLetter(ctx context.Context, w *echowall.Wish, d echowall.Debt, key string) (letter, error) {
	if seen, err := a.seenBy(ctx, d.To, []*echowall.Wish{w}); len(seen) == 0 || err != nil {
		return letter{}, err
	}
	return a.wishLetter(ctx, w, a.caseURL(w.Number), func(string) []string {
		left := ""
		if !w.Due.IsZero() {
			left = a.left(w.Due)
		}
		return []string{a.say(key, "number", w.Number, "title", w.Title(), "left", left)}
	})
}

// seenBy keeps the wishes that an officer still has to do with: who left the station, or is named in a wish,
// hears nothing of it.
func (a *App) seenBy(ctx context.Context, to echowall.Recipient, list []*echowall.Wish) ([]*echowall.Wish, error) {
	who, err := a.People.Store.Person(ctx, echowall.PersonID(to))
	if err != nil {
		return nil, err
	}
	d, err := a.Wishes.Guard.Directory(ctx)
	if err != nil {
		return nil, err
	}
	var seen []*echowall.Wish
	for _, w := range list {
		if d.Allow(who, echowall.ActionTodo, w.Target()) == nil {
			seen = append(seen, w)
		}
	}
	return seen, nil
}

func (a *App) caseURL(number string) string {
	if a.CaseURL == nil {
		return ""
	}
	return a.CaseURL(number)
}

// facts fill the fields of templates.
func (a *App) facts(w *echowall.Wish, station string) map[string]string {
	f := map[string]string{"number": w.Number, "title": w.Title(), "state": a.say(stateNames[w.State]), "station": station}
	if !w.Due.IsZero() {
		f["time"] = a.when(w.Due)
	} else {
		f["time"] = a.when(w.History[len(w.History)-1].At)
	}
	return f
}
