package echowall

import "slices"

// Open reports whether the wish stands where move m can be made; by whom is for the permissions to say.
func (w *Wish) Open(m Move) bool { return slices.Contains(rules[m].from, w.State) }
