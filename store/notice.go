package store

import (
	"context"
	"errors"
	"strconv"
	"time"

	"echowall"
)

// AddNotice implements echowall.NoticeStore.
func (s *Store) AddNotice(ctx context.Context, n *echowall.Notice, owe func(*echowall.Notice) []echowall.Debt) error {
	id, err := s.rdb.Incr(ctx, s.keys.noticeCounter()).Result()
	if err != nil {
		return wrap(err)
	}
	n.ID = "TZ" + strconv.FormatInt(id, 10)
	return s.update(ctx, func(c *change) error {
		if err := c.setDoc(s.keys.notice(n.ID), 0, n); err != nil {
			return err
		}
		c.do("ZADD", s.keys.noticesOf(n.Branch), n.Created.Unix(), n.ID)
		return s.oweAll(c, owe(n))
	})
}

// Notice implements echowall.NoticeStore.
func (s *Store) Notice(ctx context.Context, id string) (*echowall.Notice, error) {
	n := new(echowall.Notice)
	if _, err := s.get(ctx, s.keys.notice(id), n); err != nil {
		return nil, err
	}
	return n, nil
}

// NoticesOf implements echowall.NoticeStore.
func (s *Store) NoticesOf(ctx context.Context, b echowall.BranchID, limit int) ([]*echowall.Notice, error) {
	ids, err := s.rdb.ZRevRange(ctx, s.keys.noticesOf(b), 0, int64(limit)-1).Result()
	if err != nil {
		return nil, wrap(err)
	}
	out := make([]*echowall.Notice, 0, len(ids))
	for _, id := range ids {
		n, err := s.Notice(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// Confirm implements echowall.NoticeStore. The first confirmation stays.
func (s *Store) Confirm(ctx context.Context, id string, p echowall.PersonID, at time.Time) (bool, error) {
	err := s.rdb.HGet(ctx, s.keys.receipts(id), string(p)).Err()
	if err == nil {
		return false, nil
	}
	if err = wrap(err); echowall.KindOf(err) != echowall.KindNotFound {
		return false, err
	}
	return true, s.update(ctx, func(c *change) error {
		c.do("HSETNX", s.keys.receipts(id), string(p), at.Unix())
		return nil
	})
}

// Receipts implements echowall.NoticeStore.
func (s *Store) Receipts(ctx context.Context, id string) (map[echowall.PersonID]time.Time, error) {
	all, err := s.rdb.HGetAll(ctx, s.keys.receipts(id)).Result()
	if err != nil {
		return nil, wrap(err)
	}
	out := make(map[echowall.PersonID]time.Time, len(all))
	var errs []error
	for p, at := range all {
		sec, err := strconv.ParseInt(at, 10, 64)
		errs = append(errs, err)
		out[echowall.PersonID(p)] = time.Unix(sec, 0).UTC()
	}
	return out, errors.Join(errs...)
}
