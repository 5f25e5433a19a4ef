package echowall

import "context"

// WishFor returns a wish to which who may do a, for what leads up to it: a question, a preview.
func (u *Wishes) WishFor(ctx context.Context, who *Who, a Action, number string) (*Wish, error) {
	w, _, err := u.allowed(ctx, who, a, number)
	return w, err
}
