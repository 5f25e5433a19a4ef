package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
)

// accessField is the one field of a line in the log's stream.
const accessField = "e"

// denialEvery is how long the same denial of the same person stays one line.
const denialEvery = time.Minute

// accessHead is the last line's number and hash, where the next line looks for them.
type accessHead struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// AppendAccess implements echowall.AccessStore. Lines that come in between only make it try again.
func (s *Store) AppendAccess(ctx context.Context, e echowall.AccessEntry) error {
	return s.update(ctx, func(c *change) error {
		s.appendAccess(c, e)
		return nil
	})
}

// appendAccess stages a line; see access_chain.go for when it gets its number.
func (s *Store) appendAccess(c *change, e echowall.AccessEntry) {
	if e.At.IsZero() {
		e.At = s.now()
	}
	c.lines = append(c.lines, e)
}

// AppendDenial implements echowall.AccessStore.
func (s *Store) AppendDenial(ctx context.Context, a echowall.Action, e echowall.AccessEntry) error {
	ctx = withChange(ctx, nil) // the turn forgets what it changed once it is denied
	mark := s.keys.denied(e.By, a)
	for {
		err := s.update(ctx, func(c *change) error {
			n, err := s.rdb.Exists(ctx, mark).Result()
			if err != nil || n > 0 {
				return wrap(err)
			}
			c.guard(mark, "n", "")
			c.do("SET", mark, "1", "EX", int(denialEvery.Seconds()))
			s.appendAccess(c, e)
			return nil
		})
		if echowall.KindOf(err) != echowall.KindConflict || ctx.Err() != nil {
			return err
		}
	}
}

// AccessLog implements echowall.AccessStore.
func (s *Store) AccessLog(ctx context.Context, before int64, limit int) ([]echowall.AccessEntry, error) {
	from := "+"
	if before > 0 {
		from = "(" + accessID(before)
	}
	return accessLines(s.rdb.XRevRangeN(ctx, s.keys.accessLog(), from, "-", int64(limit)).Result())
}

// AccessAbout implements echowall.AccessStore.
func (s *Store) AccessAbout(ctx context.Context, limit int, subjects ...echowall.Recipient) ([]echowall.AccessEntry, error) {
	var seqs []int64
	for _, r := range subjects {
		some, err := s.rdb.ZRevRange(ctx, s.keys.accessOf(r), 0, int64(limit)-1).Result()
		if err != nil {
			return nil, wrap(err)
		}
		for _, text := range some {
			seq, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return nil, echowall.Errorf(echowall.KindInternal, "store: index of the access log: %w", err)
			}
			seqs = append(seqs, seq)
		}
	}
	slices.Sort(seqs)
	slices.Reverse(seqs)
	p := s.rdb.Pipeline()
	cmds := make([]*redis.XMessageSliceCmd, min(limit, len(seqs)))
	for i := range cmds {
		cmds[i] = p.XRangeN(ctx, s.keys.accessLog(), accessID(seqs[i]), accessID(seqs[i]), 1)
	}
	if err := flush(ctx, p); err != nil {
		return nil, err
	}
	var out []echowall.AccessEntry
	for _, cmd := range cmds {
		one, err := accessLines(cmd.Result())
		if err != nil {
			return nil, err
		}
		out = append(out, one...)
	}
	return out, nil
}

// VerifyAccess implements echowall.AccessStore.
func (s *Store) VerifyAccess(ctx context.Context) (echowall.AccessEntry, error) {
	for {
		begin, err := s.accessTail(ctx)
		if err != nil {
			return begin, err
		}
		last, err := s.verifyAccess(ctx, begin)
		if echowall.KindOf(err) != echowall.KindConflict {
			return last, err
		}
		// Lines may have been removed while they were read.
		now, tail := s.accessTail(ctx)
		if tail != nil || now == begin {
			return last, errors.Join(err, tail)
		}
	}
}

// verifyAccess reads the log after line last.
func (s *Store) verifyAccess(ctx context.Context, last echowall.AccessEntry) (echowall.AccessEntry, error) {
	seal := s.ids.AccessSeal()
	// The head first: lines that come in meanwhile are behind it.
	var head accessHead
	if _, err := s.get(ctx, s.keys.accessHead(), &head); err != nil && echowall.KindOf(err) != echowall.KindNotFound {
		return last, err
	}
	for from := "-"; ; from = "(" + accessID(last.Seq) {
		lines, err := accessLines(s.rdb.XRangeN(ctx, s.keys.accessLog(), from, "+", streamBatch).Result())
		if err != nil {
			return last, err
		}
		for _, e := range lines {
			if !e.Follows(last, seal) {
				return last, echowall.Errorf(echowall.KindConflict, "store: access log: line %d does not fit the line before it; up to line %d the log is whole", e.Seq, last.Seq)
			}
			last = e
			if e.Seq == head.Seq && e.Hash != head.Hash {
				return last, echowall.Errorf(echowall.KindConflict, "store: access log: line %d is not the one that was written last", e.Seq)
			}
		}
		if len(lines) < streamBatch {
			break
		}
	}
	if last.Seq < head.Seq {
		return last, echowall.Errorf(echowall.KindConflict, "store: access log: lines %d to %d are missing at its end", last.Seq+1, head.Seq)
	}
	return last, nil
}

func accessLines(entries []redis.XMessage, err error) ([]echowall.AccessEntry, error) {
	if err != nil {
		return nil, wrap(err)
	}
	out := make([]echowall.AccessEntry, len(entries))
	for i, x := range entries {
		if out[i], err = accessLine(x.Values[accessField]); err != nil {
			return nil, echowall.Errorf(echowall.KindConflict, "store: access log: entry %s: %w", x.ID, err)
		}
		if accessID(out[i].Seq) != x.ID {
			return nil, echowall.Errorf(echowall.KindConflict, "store: access log: entry %s holds line %d", x.ID, out[i].Seq)
		}
	}
	return out, nil
}

func accessLine(value any) (e echowall.AccessEntry, err error) {
	text, ok := value.(string)
	if !ok {
		return e, fmt.Errorf("the line is missing")
	}
	return e, json.Unmarshal([]byte(text), &e)
}

// access stages the indexes of a line of the access log, which come in their order.
func (x *restorer) access(l line) error {
	e, err := accessLine(any(l.Fields[accessField]))
	if err != nil {
		return echowall.Errorf(echowall.KindInvalid, "%w", err)
	}
	head, err := marshalDoc(int(e.Seq), &accessHead{e.Seq, e.Hash})
	if err != nil {
		return err
	}
	x.change.do("SET", x.s.keys.accessHead(), head)
	x.s.indexAccess(x.change, e)
	return nil
}
