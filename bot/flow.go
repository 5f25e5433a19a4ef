package bot

import (
	"encoding/json"
	"fmt"

	"echowall"
)

// End is the step after the last one.
const End = ""

// Flow is a guided dialog as data: named steps with one question each, and a typed state T that is stored
// as JSON between messages. Version changes when T changes its meaning; an older dialog is then dropped.
type Flow[T any] struct {
	Name    string
	Version int
	First   string
	Steps   map[string]Step[T]
	// Finish runs after the last step; with its message the dialog ends.
	Finish func(c *Context, s *T) (echowall.Message, error)
}

// Step is one question. Ask writes it; Take reads the answer and names the next step. An error of Take with
// a sentence is shown above the question, asked again; nothing typed before is lost.
type Step[T any] struct {
	Ask  func(c *Context, s *T) (string, error)
	Take func(c *Context, s *T) (next string, err error)
}

// trail is what is stored: the state now, and the steps walked with the state before each, for 上一步.
type trail[T any] struct {
	State T         `json:"state"`
	Back  []mark[T] `json:"back,omitempty"`
}

type mark[T any] struct {
	Step  string `json:"step"`
	State T      `json:"state"`
}

// flow is a Flow of any state.
type flow interface {
	name() string
	take(c *Context) (echowall.Message, error)
	back(c *Context) (echowall.Message, error)
	ask(c *Context) (echowall.Message, error)
}

func (f *Flow[T]) name() string { return f.Name }

// Validate reports steps that do not fit together, for a test of the table.
func (f *Flow[T]) Validate() error {
	if _, ok := f.Steps[f.First]; !ok {
		return fmt.Errorf("flow %s: first step %q does not exist", f.Name, f.First)
	}
	for name, s := range f.Steps {
		if name == End || s.Ask == nil || s.Take == nil {
			return fmt.Errorf("flow %s: step %q needs a name, Ask and Take", f.Name, name)
		}
	}
	if f.Finish == nil {
		return fmt.Errorf("flow %s: no Finish", f.Name)
	}
	return nil
}

// Start opens the dialog with s and asks the first question. An open dialog becomes a draft.
func (f *Flow[T]) Start(c *Context, s T) (echowall.Message, error) {
	leave(c)
	if err := open(c, f.Name, f.First, f.Version, trail[T]{State: s}); err != nil {
		return echowall.Message{}, err
	}
	return f.ask(c)
}

func (f *Flow[T]) load(c *Context) (t trail[T], step Step[T], err error) {
	d := c.Conversation().Dialog
	if d.Version == f.Version {
		if s, ok := f.Steps[d.Step]; ok {
			if err := json.Unmarshal(d.Data, &t); err == nil {
				return t, s, nil
			}
		}
	}
	// Written by another version of the program: say so instead of guessing.
	c.Conversation().Dialog = nil
	return t, step, echowall.Refusal(echowall.KindConflict, "common.dialog_changed")
}

func (f *Flow[T]) ask(c *Context) (echowall.Message, error) {
	t, step, err := f.load(c)
	if err != nil {
		return echowall.Message{}, err
	}
	c.Conversation().Dialog.Touched = c.Now
	text, err := step.Ask(c, &t.State)
	return echowall.Message{Text: text}, err
}

func (f *Flow[T]) take(c *Context) (echowall.Message, error) {
	t, step, err := f.load(c)
	if err != nil {
		return echowall.Message{}, err
	}
	d := c.Conversation().Dialog
	d.Touched = c.Now
	before := mark[T]{d.Step, t.State}
	next, err := step.Take(c, &t.State)
	if text, ok := c.Refused(err); ok {
		c.Turn.Discard()
		question, err := step.Ask(c, &before.State)
		return echowall.Message{Text: text + "\n" + question}, err
	}
	if err != nil {
		return echowall.Message{}, err
	}
	if next == End {
		return f.finish(c, t)
	}
	if _, ok := f.Steps[next]; !ok {
		return echowall.Message{}, echowall.Errorf(echowall.KindInternal, "bot: flow %s has no step %q", f.Name, next)
	}
	if next != before.Step {
		t.Back = append(t.Back, before)
	}
	if err := open(c, f.Name, next, f.Version, t); err != nil {
		return echowall.Message{}, err
	}
	return f.ask(c)
}

// finish ends the dialog. A refusal at the very end keeps it open, so that the person can go back and mend
// what was refused.
func (f *Flow[T]) finish(c *Context, t trail[T]) (echowall.Message, error) {
	conv := c.Conversation()
	open := conv.Dialog
	conv.Dialog = nil
	m, err := f.Finish(c, &t.State)
	if _, refused := c.Refused(err); refused {
		conv.Dialog = open
	}
	return m, err
}

func (f *Flow[T]) back(c *Context) (echowall.Message, error) {
	t, _, err := f.load(c)
	if err != nil {
		return echowall.Message{}, err
	}
	if n := len(t.Back); n > 0 {
		last := t.Back[n-1]
		if err := open(c, f.Name, last.Step, f.Version, trail[T]{last.State, t.Back[:n-1]}); err != nil {
			return echowall.Message{}, err
		}
	}
	return f.ask(c)
}
