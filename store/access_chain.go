package store

import (
	"context"
	"encoding/json"
	"strconv"

	"echowall"
)

// The lines of the access log follow each other, so whoever writes one has to know the last. Many people act at
// once: a branch that meets binds itself in a minute. Lines therefore wait in their change until it is applied,
// and are numbered and hashed then. Within a process one change at a time does so; a line of another process that
// comes in between costs one more try, of the script and not of the whole turn.

// applyLogged is apply for a change with lines of the access log.
func (c *change) applyLogged(ctx context.Context, s *Store) error {
	select {
	case s.chaining <- struct{}{}:
		defer func() { <-s.chaining }()
	case <-ctx.Done():
		return wrap(ctx.Err())
	}
	guards, commands := len(c.guards), len(c.commands)
	head, version, err := s.accessEnd(ctx)
	for err == nil {
		if err = s.chain(c, head, version); err != nil {
			return err
		}
		if err = c.applyOnce(ctx, s); echowall.KindOf(err) != echowall.KindConflict {
			return err
		}
		before := version
		conflict := err
		if head, version, err = s.accessEnd(ctx); err == nil && version == before {
			return conflict // something else has changed
		}
		c.guards, c.commands = c.guards[:guards], c.commands[:commands]
	}
	return err
}

// accessEnd is the end of the log and the version of the document that says so; 0 before the first line.
func (s *Store) accessEnd(ctx context.Context) (head accessHead, version int, err error) {
	version, err = s.loadOr(ctx, newChange(), s.keys.accessHead(), &head)
	if err != nil || version > 0 {
		return head, version, err
	}
	last, err := s.AccessLog(ctx, 0, 1) // the first line, unless somebody removed the head
	for _, l := range last {
		head = accessHead{l.Seq, l.Hash}
	}
	return head, 0, err
}

// chain stages the lines that wait in c after head. The guard on the head makes numbers and hashes follow each
// other.
func (s *Store) chain(c *change, head accessHead, version int) error {
	key := s.keys.accessHead()
	c.guardVersion(key, version)
	for _, e := range c.lines {
		e = e.Follow(echowall.AccessEntry{Seq: head.Seq, Hash: head.Hash}, s.ids.AccessSeal())
		head = accessHead{e.Seq, e.Hash}
		text, err := json.Marshal(e)
		if err != nil {
			return echowall.Errorf(echowall.KindInternal, "store: encode %T: %w", e, err)
		}
		c.put("XADD", s.keys.accessLog(), accessID(e.Seq), accessField, string(text))
		s.indexAccess(c, e)
	}
	text, err := marshalDoc(version+len(c.lines), &head)
	if err != nil {
		return err
	}
	c.put("SET", key, text)
	return nil
}

// indexAccess stages what finds a line again by whom it is about.
func (s *Store) indexAccess(c *change, e echowall.AccessEntry) {
	if e.Subject != "" {
		c.do("ZADD", s.keys.accessOf(e.Subject), e.Seq, e.Seq)
	}
}

// accessID is the id of a line in the stream, which takes none that is not greater than all before.
func accessID(seq int64) string { return strconv.FormatInt(seq, 10) + "-0" }
