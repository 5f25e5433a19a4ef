package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"echowall"
)

// TrimAccess implements echowall.RetentionStore. What is removed leaves the number and hash of its last line, after
// which the log is verified, and a line of its own.
func (s *Store) TrimAccess(ctx context.Context, t time.Time, most int) (int, error) {
	done := 0
	for done < most {
		n := 0
		err := s.update(ctx, func(c *change) error {
			n = 0
			lines, err := accessLines(s.rdb.XRangeN(ctx, s.keys.accessLog(), "-", "+", scanCount).Result())
			if err != nil {
				return err
			}
			var ids []string
			for _, e := range lines {
				if !e.At.Before(t) || done+n == most {
					break
				}
				n++
				ids = append(ids, accessID(e.Seq))
				if e.Subject != "" {
					c.do("ZREM", s.keys.accessOf(e.Subject), e.Seq)
				}
			}
			if n == 0 {
				return nil
			}
			tail, err := s.accessTail(ctx)
			if err != nil {
				return err
			}
			first, last := lines[0], lines[n-1]
			if tail.Seq == 0 {
				c.guard(s.keys.accessTail(), guardNothing, "")
			} else {
				c.guard(s.keys.accessTail(), guardText, tailText(tail))
			}
			c.put("XDEL", s.keys.accessLog(), ids...)
			c.put("SET", s.keys.accessTail(), tailText(echowall.AccessEntry{Seq: last.Seq, Hash: last.Hash}))
			s.wantRewrite(c)
			s.appendAccess(c, echowall.AccessEntry{Kind: echowall.AccessErasure, Role: echowall.RoleClock, Case: fmt.Sprintf("%d-%d", first.Seq, last.Seq), Why: "retention"})
			return nil
		})
		if err != nil || n == 0 {
			return done, err
		}
		done += n
	}
	return done, nil
}

func tailText(e echowall.AccessEntry) string { return strconv.FormatInt(e.Seq, 10) + " " + e.Hash }

// accessTail is number and hash of the last line that was removed, zero when all are there.
func (s *Store) accessTail(ctx context.Context) (echowall.AccessEntry, error) {
	text, err := s.rdb.Get(ctx, s.keys.accessTail()).Result()
	if err != nil {
		if err = wrap(err); echowall.KindOf(err) == echowall.KindNotFound {
			err = nil
		}
		return echowall.AccessEntry{}, err
	}
	seq, hash, _ := strings.Cut(text, " ")
	n, err := strconv.ParseInt(seq, 10, 64)
	if err != nil || hash == "" {
		return echowall.AccessEntry{}, echowall.Errorf(echowall.KindInternal, "store: the beginning of the access log cannot be read")
	}
	return echowall.AccessEntry{Seq: n, Hash: hash}, nil
}

// AccessBegin is how many lines were removed from the beginning of the access log, and the hash of the last of them.
func (s *Store) AccessBegin(ctx context.Context) (removed int64, hash string, err error) {
	e, err := s.accessTail(ctx)
	return e.Seq, e.Hash, err
}
