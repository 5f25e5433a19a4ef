package store

import (
	"context"

	"echowall"
)

// StudyRecord implements echowall.StudyStore.
func (s *Store) StudyRecord(ctx context.Context, p echowall.PersonID) (*echowall.StudyRecord, error) {
	r := new(echowall.StudyRecord)
	if _, err := s.get(ctx, s.keys.study(p), r); err != nil {
		return nil, err
	}
	return r, nil
}

// UpdateStudy implements echowall.StudyStore.
func (s *Store) UpdateStudy(ctx context.Context, p echowall.PersonID, rule func(*echowall.StudyRecord) error) error {
	return s.update(ctx, func(c *change) error {
		var r echowall.StudyRecord
		version, err := s.loadOr(ctx, c, s.keys.study(p), &r)
		if err != nil {
			return err
		}
		if err := rule(&r); err != nil {
			return err
		}
		return c.setDoc(s.keys.study(p), version, &r)
	})
}

// BranchLesson implements echowall.StudyStore.
func (s *Store) BranchLesson(ctx context.Context, b echowall.BranchID, d echowall.Date) (*echowall.Lesson, error) {
	l := new(echowall.Lesson)
	if _, err := s.get(ctx, s.keys.branchLesson(b, d.String()), l); err != nil {
		return nil, err
	}
	return l, nil
}

// PutBranchLesson implements echowall.StudyStore. A second lesson for one day replaces the first.
func (s *Store) PutBranchLesson(ctx context.Context, b echowall.BranchID, d echowall.Date, l echowall.Lesson) error {
	return s.update(ctx, func(c *change) error {
		var old echowall.Lesson
		key := s.keys.branchLesson(b, d.String())
		version, err := s.loadOr(ctx, c, key, &old)
		if err != nil {
			return err
		}
		if l.Voice != "" {
			s.keepMedia(c, l.Voice)
		}
		return c.setDoc(key, version, &l)
	})
}

// Owe implements echowall.StudyStore: it writes debts, a few hundred at a time. Those owed before stay as
// they are, so a caller that was interrupted starts again from the beginning.
func (s *Store) Owe(ctx context.Context, debts ...echowall.Debt) error {
	const batch = 500
	for len(debts) > 0 {
		n := min(batch, len(debts))
		some := debts[:n]
		if err := s.update(ctx, func(c *change) error { return s.oweAll(c, some) }); err != nil {
			return err
		}
		debts = debts[n:]
	}
	return nil
}
