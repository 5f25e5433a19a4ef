package echowall

import (
	"context"
	"slices"
)

// Open reports whether the wish stands where move m can be made; by whom is for the permissions to say.
func (w *Wish) Open(m Move) bool { return slices.Contains(rules[m].from, w.State) }

// TryAnswer asks the rules about an answer without giving it, and returns the wish as it would be.
func (u *Wishes) TryAnswer(ctx context.Context, who *Who, number string, ans Answer) (*Wish, error) {
	w, grant, err := u.allowed(ctx, who, ActionWishAnswer, number)
	if err != nil {
		return nil, err
	}
	try := *w
	try.History = slices.Clone(w.History)
	if err := try.Reply(u.Now(), u.Calendar, Actor{Role: grant.Role, By: who.Person}, ans); err != nil {
		return nil, err
	}
	return &try, nil
}
