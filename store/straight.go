package store

import (
	"strconv"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
)

// Turns of one kind make the same commands every time. Said one after the other they are a script that Redis
// runs in two thirds of the time of the general one, with half the arguments. The text of the script follows
// from their shape, so that there are as many scripts as kinds of turns; what differs between two turns of one
// kind is in keys and arguments only.

// Limits of straight scripts. What is beyond them goes to the general script.
const (
	straightWords   = 48 // what one script is sent, beside keys; a Lua function has some 200 registers
	straightScripts = 128
)

// straightened keeps the scripts that were made, by the shape of what they do.
type straightened struct {
	mu      sync.RWMutex
	scripts map[string]*redis.Script
}

// script returns the script of this shape, which write makes; nil when there are too many already.
func (s *straightened) script(shape []byte, write func() string) *redis.Script {
	s.mu.RLock()
	script := s.scripts[string(shape)]
	s.mu.RUnlock()
	if script != nil {
		return script
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.scripts == nil {
		s.scripts = make(map[string]*redis.Script)
	}
	if script = s.scripts[string(shape)]; script == nil && len(s.scripts) < straightScripts {
		script = redis.NewScript(write())
		s.scripts[string(shape)] = script
	}
	return script
}

// outline is what the text of a straight script follows from, and the arguments of this one.
type outline struct {
	shape []byte
	argv  []string
}

// outline goes through the change in the order in which straight writes it.
func (c *change) outline(o *outline) {
	for i := range c.guards {
		g := &c.guards[i]
		kind := g.kind
		if g.absent() {
			kind = guardNothing
		}
		o.shape = append(append(o.shape, kind...), byte(g.key))
		if kind != guardNothing && kind != guardThere {
			o.word(g.value)
		}
	}
	o.shape = append(o.shape, '|', byte(c.first.fingerprint), byte(c.first.key))
	if c.first.fingerprint != 0 {
		o.word(c.first.message)
		o.word(c.first.message)
	}
	if c.first.key != 0 {
		o.word(c.first.reply)
		o.word(c.first.mark)
	}
	for i := range c.commands {
		cmd := &c.commands[i]
		o.shape = append(append(append(o.shape, '|'), cmd.name...), ' ', byte(cmd.key), byte(cmd.second))
		if cmd.name == "OWE" {
			o.word(cmd.words[1])
			o.word(cmd.words[2])
			o.word(cmd.words[0])
			continue
		}
		for _, word := range cmd.words {
			o.word(word)
		}
	}
}

func (o *outline) word(value string) {
	if isFixed(value) {
		o.shape = append(append(append(o.shape, '\''), value...), 0)
	} else {
		o.shape = append(o.shape, ',')
		o.argv = append(o.argv, value)
	}
}

// isFixed reports whether value is one of a few words that are always the same; they stand in the script.
func isFixed(value string) bool {
	switch value {
	case "EX", "f", "mu", "ml", "au", "al", "n", "0", "1", "3", "5", seenSeconds, conversationSeconds:
		return true
	}
	return false
}

// straight writes the change as a straight script. The script returns 0 when the change was applied, else the
// number of a guard, or one more than there are guards when the message is not new.
func (c *change) straight() string {
	w := writer{text: make([]byte, 0, 2048)}
	w.say("local r,K,A=redis.call,KEYS,ARGV\n")
	w.absent(c.guards)
	w.read(c.guards)
	if c.first.key != 0 {
		w.once(c.first, len(c.guards)+1)
	}
	for i := range c.commands {
		w.command(&c.commands[i])
	}
	w.say("return 0")
	return string(w.text)
}

// writer writes Lua and counts the arguments it speaks of.
type writer struct {
	text []byte
	argc int
}

// say writes Lua in which @ is the next of keys.
func (w *writer) say(lua string, keys ...int) {
	for _, key := range keys {
		before, after, _ := strings.Cut(lua, "@")
		w.text = append(append(w.text, before...), "K["...)
		w.text = append(strconv.AppendInt(w.text, int64(key), 10), ']')
		lua = after
	}
	w.text = append(w.text, lua...)
}

// word writes a value: as it stands when it is fixed, else as the next argument.
func (w *writer) word(value string) {
	if isFixed(value) {
		w.text = append(append(append(w.text, '\''), value...), '\'')
		return
	}
	w.argc++
	w.text = append(strconv.AppendInt(append(w.text, "A["...), int64(w.argc), 10), ']')
}

func (w *writer) number(n int) { w.text = strconv.AppendInt(w.text, int64(n), 10) }

// absent looks at all keys at once that must not be there.
func (w *writer) absent(guards []guard) {
	last := 0
	for i := range guards {
		if !guards[i].absent() {
			continue
		}
		if last == 0 {
			w.say("if r('EXISTS'")
		}
		w.say(",@", guards[i].key)
		last = i + 1
	}
	if last > 0 {
		w.say(")>0 then return ")
		w.number(last)
		w.say(" end\n")
	}
}

// read reads the other guarded keys at once and compares.
func (w *writer) read(guards []guard) {
	n := 0
	for i := range guards {
		if guards[i].absent() {
			continue
		}
		if n++; n == 1 {
			w.say("local v=r('MGET'")
		}
		w.say(",@", guards[i].key)
	}
	if n == 0 {
		return
	}
	w.say(")\n")
	n = 0
	for i := range guards {
		g := &guards[i]
		if g.absent() {
			continue
		}
		n++
		w.say("if ")
		switch g.kind {
		case guardVersion:
			w.say("not v[")
			w.number(n)
			w.say("] or string.match(v[")
			w.number(n)
			w.say(`],'^{"v":(%d+)')~=`)
		case guardThere:
			w.say("not v[")
			w.number(n)
			w.say("]")
		case guardMark:
			w.say("v[")
			w.number(n)
			w.say("] and v[")
			w.number(n)
			w.say("]~=")
		default:
			w.say("v[")
			w.number(n)
			w.say("]~=")
		}
		if g.kind != guardThere {
			w.word(g.value)
		}
		w.say(" then return ")
		w.number(i + 1)
		w.say(" end\n")
	}
}

// once takes the message for this change: its signed request was not used for another one, and nobody but
// this worker has begun it.
func (w *writer) once(f first, number int) {
	if f.fingerprint != 0 {
		w.say("if not r('SET',@,", f.fingerprint)
		w.word(f.message)
		w.say(",'EX','"+seenSeconds+"','NX') and r('GET',@)~=", f.fingerprint)
		w.word(f.message)
		w.say(" then return ")
		w.number(number)
		w.say(" end\n")
	}
	w.say("if not r('SET',@,", f.key)
	w.word(f.reply)
	reply := w.argc
	w.say(",'EX','"+seenSeconds+"','NX') then\nif r('GET',@)~=", f.key)
	w.word(f.mark)
	w.say(" then return ")
	w.number(number)
	w.say(" end\nr('SET',@,A[", f.key)
	w.number(reply)
	w.say("],'EX','" + seenSeconds + "')\nend\n")
}

func (w *writer) command(c *command) {
	switch c.name {
	case "OWE":
		w.say("if r('SET',@,", c.key)
		w.word(c.words[1])
		w.say(",'NX') then r('ZADD',@,", c.second)
		w.word(c.words[2])
		w.say(",")
		w.word(c.words[0])
		w.say(") end\n")
	case "REOPEN":
		w.say("if r('EXISTS',@)==1 then r('SADD',@,", c.key, c.second)
		w.word(c.words[0])
		w.say(") end\n")
	default:
		w.say("r('")
		w.say(c.name)
		w.say("',@", c.key)
		for _, word := range c.words {
			w.say(",")
			w.word(word)
		}
		w.say(")\n")
	}
}
