package bot

import (
	"errors"

	"echowall"
	"echowall/bot/wechat"
)

// Handler answers one message. A *echowall.Error with a sentence is an answer too: the person reads it and
// what was changed is dropped. Any other error makes the platform deliver again. A handler changes nothing
// but through use cases called with c, and may run twice.
type Handler func(c *Context) (echowall.Message, error)

// Middleware wraps every handler; the first added is the outermost.
type Middleware func(Handler) Handler

// Words finds commands in what people type.
type Words interface {
	// Normalise undoes what phones and habits do to a text.
	Normalise(text string) string
	// Match finds the command a text starts with and what follows it.
	Match(text string) (command, rest string, ok bool)
}

// Router finds the handler of a message: global words, the open dialog, events, commands, the rest.
type Router struct {
	Words    Words
	commands map[string]Handler
	staged   map[string]bool
	events   map[wechat.Event]Handler
	flows    map[string]flow
	types    map[wechat.Type]Handler
	unknown  Handler
	chain    []Middleware
}

// NewRouter returns an empty Router.
func NewRouter(w Words) *Router {
	return &Router{
		Words:    w,
		commands: make(map[string]Handler),
		staged:   make(map[string]bool),
		events:   make(map[wechat.Event]Handler),
		flows:    make(map[string]flow),
		types:    make(map[wechat.Type]Handler),
	}
}

// Use adds middleware. All of it is added before the first message.
func (r *Router) Use(m ...Middleware) { r.chain = append(r.chain, m...) }

// Command sets the handler of a canonical command; a menu click whose key is the command runs it too.
func (r *Router) Command(name string, h Handler) { r.commands[name] = h }

// Stages says of a command that its handler, when something follows the command, does nothing but stage
// changes and read what a turn knows: running it in vain costs nothing but time. Such a message is run before
// the store is asked whether it is new; see Store.Guess.
func (r *Router) Stages(name string) { r.staged[name] = true }

// HasCommand reports whether name has a handler.
func (r *Router) HasCommand(name string) bool { _, ok := r.commands[name]; return ok }

// Event sets the handler of an event.
func (r *Router) Event(e wechat.Event, h Handler) { r.events[e] = h }

// Type sets the handler of messages that are not text and find no dialog open.
func (r *Router) Type(t wechat.Type, h Handler) { r.types[t] = h }

// Unknown sets the handler of texts that match nothing.
func (r *Router) Unknown(h Handler) { r.unknown = h }

// Flow adds a dialog.
func (r *Router) Flow(f flow) { r.flows[f.name()] = f }

// serve runs the middleware around dispatch.
func (r *Router) serve(c *Context) (echowall.Message, error) {
	h := Handler(r.dispatch)
	for i := len(r.chain) - 1; i >= 0; i-- {
		h = r.chain[i](h)
	}
	m, err := h(c)
	if text, ok := c.Refused(err); ok {
		c.Turn.Discard()
		return echowall.Message{Text: text}, nil
	}
	return m, err
}

func (r *Router) dispatch(c *Context) (echowall.Message, error) {
	in := c.In
	switch in.Type {
	case wechat.TypeEvent:
		return r.event(c)
	case wechat.TypeText:
		if c.match == nil { // else it was read before
			c.Text = r.Words.Normalise(in.Text)
		}
	}
	r.expire(c)
	if m, done, err := r.global(c); done {
		return m, err
	}
	if d := c.Conversation().Dialog; d != nil {
		if f, ok := r.flows[d.Name]; ok {
			return f.take(c)
		}
		c.Conversation().Dialog = nil // a dialog this version no longer has
	}
	if in.Type != wechat.TypeText {
		if h, ok := r.types[in.Type]; ok {
			return h(c)
		}
		return r.lost(c)
	}
	return r.command(c)
}

// read looks at a text before its turn begins.
func (r *Router) read(j *job) {
	if j.in.Type != wechat.TypeText {
		return
	}
	j.text = r.Words.Normalise(j.in.Text)
	j.match = new(match)
	j.match.name, j.match.rest, j.match.ok = r.Words.Match(j.text)
}

// stages reports whether the message runs a command that Stages was called for.
func (r *Router) stages(j *job) bool {
	return j.match != nil && j.match.ok && j.match.rest != "" && r.staged[j.match.name]
}

// command runs the command a text starts with.
func (r *Router) command(c *Context) (echowall.Message, error) {
	m := c.matched(r.Words)
	h, known := r.commands[m.name]
	if !m.ok || !known {
		return r.lost(c)
	}
	c.Command, c.Rest = m.name, m.rest
	c.Conversation().Unknown = 0
	return h(c)
}

// event runs the handler of an event. Menu keys are commands; clicking one leaves the open dialog as a draft,
// because the person has turned to something else.
func (r *Router) event(c *Context) (echowall.Message, error) {
	if c.In.Event == wechat.EventClick {
		if h, ok := r.commands[c.In.EventKey]; ok {
			r.expire(c)
			leave(c)
			c.Command = c.In.EventKey
			return h(c)
		}
	}
	if h, ok := r.events[c.In.Event]; ok {
		return h(c)
	}
	return echowall.Message{}, nil
}

func (r *Router) lost(c *Context) (echowall.Message, error) {
	if r.unknown == nil {
		return echowall.Message{}, nil
	}
	return r.unknown(c)
}

// refusal finds an error that carries a sentence for the person.
func refusal(err error) (*echowall.Error, bool) {
	var e *echowall.Error
	if errors.As(err, &e) && e.Key != "" {
		return e, true
	}
	return nil, false
}
