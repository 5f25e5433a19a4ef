package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"echowall/store/redistest"
)

func zed(member string) redis.Z { return redis.Z{Score: 1, Member: member} }

// A straight script does and refuses what the general one does and refuses.
func TestStraightIsGeneral(t *testing.T) {
	server := redistest.Run(t)
	changes := map[string]func(c *change, k keys){
		"commands": func(c *change, k keys) {
			c.put("SET", k.wish("1"), "a", "EX", "900")
			c.do("HSET", k.counts(), "f", 1, "mu", int64(17), "n", "x")
			c.put("DEL", k.wish("gone"))
			c.put("ZADD", k.wall(), "5", "it's [[x]] \\ \n")
			c.put("HINCRBY", k.counts(), "mu", "3")
		},
		"reopen": func(c *change, k keys) { c.reopen(k, "boxed"); c.reopen(k, "empty") },
		"owe": func(c *change, k keys) {
			for _, id := range []string{"new", "old"} {
				c.commands = append(c.commands, command{name: "OWE", key: c.key(k.debt(id)), second: c.key(k.due()), words: []string{id, "doc", "7"}})
			}
		},
		"version":         func(c *change, k keys) { c.guardVersion(k.wish("doc"), 12); c.put("SET", k.wish("1"), "a") },
		"wrong version":   func(c *change, k keys) { c.guardVersion(k.wish("doc"), 1); c.put("SET", k.wish("1"), "a") },
		"no such version": func(c *change, k keys) { c.guardVersion(k.wish("gone"), 1); c.put("SET", k.wish("1"), "a") },
		"not new":         func(c *change, k keys) { c.guardVersion(k.wish("doc"), 0); c.put("SET", k.wish("1"), "a") },
		"new":             func(c *change, k keys) { c.guardVersion(k.wish("gone"), 0); c.put("SET", k.wish("1"), "a") },
		"mark":            func(c *change, k keys) { c.guard(k.seen("m"), guardMark, "R:1"); c.put("SET", k.wish("1"), "a") },
		"mark expired":    func(c *change, k keys) { c.guard(k.seen("gone"), guardMark, "R:1"); c.put("SET", k.wish("1"), "a") },
		"another mark":    func(c *change, k keys) { c.guard(k.seen("m"), guardMark, "R:2"); c.put("SET", k.wish("1"), "a") },
		"nothing":         func(c *change, k keys) { c.guard(k.seen("gone"), guardNothing, ""); c.put("SET", k.wish("1"), "a") },
		"something":       func(c *change, k keys) { c.guard(k.seen("m"), guardNothing, ""); c.put("SET", k.wish("1"), "a") },
		"text":            func(c *change, k keys) { c.guard(k.seen("m"), guardText, "R:1"); c.put("SET", k.wish("1"), "a") },
		"another text":    func(c *change, k keys) { c.guard(k.seen("m"), guardText, "R:2"); c.put("SET", k.wish("1"), "a") },
		"no text":         func(c *change, k keys) { c.guard(k.seen("gone"), guardText, "R:2"); c.put("SET", k.wish("1"), "a") },
	}
	for name, make := range changes {
		t.Run(name, func(t *testing.T) {
			var after [2]string
			for i, straight := range []bool{false, true} {
				s := openAt(t, server.URL(), fmt.Sprint("wx", i, strings.ReplaceAll(name, " ", "-")))
				s.rdb.Set(t.Context(), s.keys.wish("doc"), `{"v":12,"text":"x"}`, 0)
				s.rdb.Set(t.Context(), s.keys.seen("m"), "R:1", 0)
				s.rdb.Set(t.Context(), s.keys.debt("old"), "older", 0)
				s.rdb.ZAdd(t.Context(), s.keys.box("boxed"), zed("d"))
				c := newChange()
				c.turn = straight
				make(c, s.keys)
				err := c.apply(t.Context(), s)
				if made := len(s.straight.scripts); made != map[bool]int{false: 0, true: 1}[straight] {
					t.Errorf("%d scripts were made", made)
				}
				lines := []string{fmt.Sprint(err)}
				names, err := s.rdb.Keys(t.Context(), s.keys.prefix+"*").Result()
				if err != nil {
					t.Fatal(err)
				}
				for _, key := range names {
					text, err := content(t.Context(), s.rdb, key)
					if err != nil {
						t.Fatal(err)
					}
					lines = append(lines, strings.TrimPrefix(key, s.keys.prefix)+" "+text)
				}
				slices.Sort(lines[1:])
				after[i] = strings.Join(lines, "\n")
			}
			if after[0] != after[1] {
				t.Errorf("the general script leaves\n%s\nthe straight one\n%s", after[0], after[1])
			}
		})
	}
}
