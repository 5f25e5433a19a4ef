package echowall

import (
	"context"
	"time"
)

// AccessLog are the use cases of the access log: who looked at whom, when, in which case and why.
type AccessLog struct {
	Store AccessStore
	Guard *Guard
	Now   func() time.Time
}

// AccessPage is how many lines one look at the log shows.
const AccessPage = 50

// Lines lists lines below number before (0: the newest), newest first, for auditors and the officer for
// personal information.
func (u *AccessLog) Lines(ctx context.Context, who *Who, before int64) ([]AccessEntry, error) {
	if _, err := u.Guard.Allow(ctx, who, ActionAccessRead, Target{}); err != nil {
		return nil, err
	}
	return u.Store.AccessLog(ctx, before, AccessPage)
}

// Verify reads the whole log for who may read it; see AccessStore.VerifyAccess.
func (u *AccessLog) Verify(ctx context.Context, who *Who) (AccessEntry, error) {
	if _, err := u.Guard.Allow(ctx, who, ActionAccessRead, Target{}); err != nil {
		return AccessEntry{}, err
	}
	return u.Store.VerifyAccess(ctx)
}

// AccessLook is what the person concerned learns of a line: as what somebody acted, never who it was.
type AccessLook struct {
	At    time.Time  `json:"at"`
	Kind  AccessKind `json:"kind"`
	Role  Role       `json:"role,omitempty"`
	Scope string     `json:"scope,omitempty"` // number of the station, branch or unit
	Case  string     `json:"case,omitempty"`
	Why   string     `json:"why,omitempty"`
}

// About lists the newest looks at somebody's data, for that somebody: subjects are the own ids.
func (u *AccessLog) About(ctx context.Context, limit int, subjects ...Recipient) ([]AccessLook, error) {
	list, err := u.Store.AccessAbout(ctx, limit, subjects...)
	if err != nil {
		return nil, err
	}
	out := make([]AccessLook, len(list))
	for i, e := range list {
		out[i] = AccessLook{e.At, e.Kind, e.Role, e.Scope, e.Case, e.Why}
	}
	return out, nil
}
