package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
)

const (
	restoreWords = 4000    // words of commands written in one step, about
	restoreBytes = 4 << 20 // bytes written in one step, about
	lineLimit    = 64 << 20
)

// Restored says what Restore wrote.
type Restored struct {
	// Lines counts what was written, by kind.
	Lines map[string]int
	// Locked counts identities that were left out because no passphrase was given.
	Locked int
	// Created is when the export was made; Erasures counts the people who were erased since and are to be erased
	// again: the orders are on the journal.
	Created  time.Time
	Erasures int
}

// RestoreOptions says how an export is restored.
type RestoreOptions struct {
	// Passphrase opens identities; nil leaves them out: people are then known again once they write.
	Passphrase []byte
	// Erased is a newer export of the account, of kind erasure or of everything. Whoever was erased since the
	// export that is restored is ordered to be erased again before anything else can happen.
	Erased io.Reader
}

// Restore writes a full export into this account, which must be empty, and makes the indexes again.
//
// While it runs, and after a crash in the middle, CheckRestored fails. After an error everything written is
// removed again. An interrupted restore is removed by the next one. Errors name the line and are
// KindInvalid when the file is to blame, KindConflict when the account is.
func (s *Store) Restore(ctx context.Context, r io.Reader, o RestoreOptions) (Restored, error) {
	gone, err := s.readErased(o.Erased)
	if err != nil {
		return Restored{}, err
	}
	token := make([]byte, 9)
	rand.Read(token)
	x := &restorer{
		s: s, words: o.Passphrase, token: encode(token), now: time.Now(),
		in: bufio.NewReaderSize(r, 64<<10), sum: s.ids.Seal(), change: newChange(), out: Restored{Lines: make(map[string]int)},
	}
	if err := x.claim(ctx); err != nil {
		return Restored{}, err
	}
	if err = x.all(ctx); err == nil {
		err = x.orderErased(gone)
	}
	if err == nil {
		x.change.guard(s.keys.restoring(), "t", x.token)
		x.change.do("DEL", s.keys.restoring())
		err = x.apply(ctx)
	}
	if err != nil {
		// The caller's time may be up, and half an account must not stay.
		clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		return Restored{}, errors.Join(err, x.undo(clean))
	}
	return x.out, nil
}

// CheckRestored refuses an account into which a restore is writing, or was when it was interrupted.
func (s *Store) CheckRestored(ctx context.Context) error {
	n, err := s.rdb.Exists(ctx, s.keys.restoring()).Result()
	if err != nil {
		return wrap(err)
	}
	if n > 0 {
		return echowall.Errorf(echowall.KindConflict, "store: a restore is under way or was interrupted; let it finish, or run echowall restore with the file again")
	}
	return nil
}

// restorer reads one export.
type restorer struct {
	s      *Store
	words  []byte
	token  string
	now    time.Time // by the clock that Redis counts by
	in     *bufio.Reader
	number int // of the line being read, from 1
	sum    hash.Hash
	ended  bool
	lock   *passphrase
	change *change
	first  int // line with which change began
	bytes  int
	out    Restored

	rostered bool // the directory is staged
}

// claim marks the account and makes sure that it is empty, or holds only what an interrupted restore left.
func (x *restorer) claim(ctx context.Context) error {
	s := x.s
	_, err := s.rdb.GetSet(ctx, s.keys.restoring(), x.token).Result()
	if err == nil {
		return x.wipe(ctx)
	}
	if !errors.Is(err, redis.Nil) {
		return wrap(err)
	}
	err = s.scan(ctx, func(keys []string) error {
		for _, key := range keys {
			name, _ := s.keys.splitKey(key)
			if f, known := families[name]; !known || f.shape != shapeFleeting {
				return echowall.Errorf(echowall.KindConflict, "store: account %s is not empty (there is %s); restore into an empty Redis", s.account(), name)
			}
		}
		return nil
	})
	if err != nil {
		return errors.Join(err, wrap(s.rdb.Del(context.WithoutCancel(ctx), s.keys.restoring()).Err()))
	}
	return nil
}

// wipe removes everything of the account but the mark.
func (x *restorer) wipe(ctx context.Context) error {
	return x.s.scan(ctx, func(keys []string) error {
		rest := keys[:0]
		for _, key := range keys {
			if key != x.s.keys.restoring() {
				rest = append(rest, key)
			}
		}
		if len(rest) == 0 {
			return nil
		}
		return wrap(x.s.rdb.Unlink(ctx, rest...).Err())
	})
}

// undo removes what was written, unless another restore has taken over.
func (x *restorer) undo(ctx context.Context) error {
	mark, err := x.s.rdb.Get(ctx, x.s.keys.restoring()).Result()
	if err == nil && mark == x.token {
		if err = x.wipe(ctx); err == nil {
			err = x.s.rdb.Del(ctx, x.s.keys.restoring()).Err()
		}
	}
	if err != nil {
		return fmt.Errorf("store: what was written could not be removed, the next restore will do it: %w", wrap(err))
	}
	return nil
}

func (x *restorer) all(ctx context.Context) error {
	for {
		text, err := x.read()
		if err == nil && text == nil {
			break
		}
		if err == nil {
			err = x.line(ctx, text)
		}
		if err != nil {
			return x.at(err)
		}
	}
	if !x.ended {
		return echowall.Errorf(echowall.KindInvalid, "store: line %d: the export breaks off here, its last line is missing", x.number)
	}
	return x.apply(ctx)
}

// at says where in the file err came up. Not being able to reach Redis has nothing to do with the line.
func (x *restorer) at(err error) error {
	kind := echowall.KindOf(err)
	if kind == echowall.KindUnavailable || errors.Is(err, context.Canceled) {
		return err
	}
	var e *echowall.Error
	if errors.As(err, &e) && e.Err != nil {
		err = e.Err // the kind is said once
	}
	return echowall.Errorf(kind, "store: line %d: %w", x.number, err)
}

// read returns the next line without its end, nil after the last.
func (x *restorer) read() ([]byte, error) {
	var text []byte
	for {
		part, err := x.in.ReadSlice('\n')
		text = append(text, part...)
		switch {
		case len(text) > lineLimit:
			x.number++
			return nil, echowall.Errorf(echowall.KindInvalid, "longer than %d MiB", lineLimit>>20)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(text) == 0:
			return nil, nil
		case err != nil && !errors.Is(err, io.EOF):
			return nil, fmt.Errorf("read: %w", err)
		}
		x.number++
		return bytes.TrimRight(text, "\r\n"), nil
	}
}

// line writes what one line says.
func (x *restorer) line(ctx context.Context, text []byte) error {
	var head struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return echowall.Errorf(echowall.KindInvalid, "not JSON: %w", err)
	}
	switch {
	case x.ended:
		return echowall.Errorf(echowall.KindInvalid, "something follows the last line of the export")
	case x.number == 1:
		if head.Kind != kindMeta {
			return echowall.Errorf(echowall.KindInvalid, "not the beginning of a full export; one made with -kind cannot be restored")
		}
		x.hash(text)
		return x.meta(text)
	case head.Kind == kindEnd:
		return x.end(text)
	}
	x.hash(text)
	if len(x.change.guards) == 0 {
		x.first = x.number
		x.change.guard(x.s.keys.restoring(), "t", x.token)
	}
	if err := x.thing(head.Kind, text); err != nil {
		return err
	}
	x.bytes += len(text)
	if len(x.change.commands) > restoreWords || x.bytes > restoreBytes {
		return x.apply(ctx)
	}
	return nil
}

func (x *restorer) hash(text []byte) {
	x.sum.Write(text)
	x.sum.Write([]byte{'\n'})
}

func (x *restorer) meta(text []byte) error {
	var m metaLine
	if err := json.Unmarshal(text, &m); err != nil {
		return echowall.Errorf(echowall.KindInvalid, "%w", err)
	}
	switch {
	case m.Format != exportFormat:
		return echowall.Errorf(echowall.KindInvalid, "format %d; this program reads format %d", m.Format, exportFormat)
	case m.Account != x.s.account():
		return echowall.Errorf(echowall.KindConflict, "an export of account %q, but this one is %q", m.Account, x.s.account())
	case m.KeyCheck != x.s.keyCheck():
		return echowall.Errorf(echowall.KindConflict, "the export was made with another secret key, with this one nobody would be recognised; set ECHOWALL_SECRET_KEY to the one in use then")
	}
	x.out.Created = m.Created
	if m.Identity == nil || x.words == nil {
		return nil
	}
	var err error
	x.lock, err = openPassphrase(x.words, m.Identity)
	return err
}

func (x *restorer) end(text []byte) error {
	var e endLine
	if err := json.Unmarshal(text, &e); err != nil {
		return echowall.Errorf(echowall.KindInvalid, "%w", err)
	}
	if e.Lines != x.number-1 || !hmac.Equal([]byte(e.Seal), []byte(hex.EncodeToString(x.sum.Sum(nil)))) {
		return echowall.Errorf(echowall.KindInvalid, "the export was changed since it was made: %d lines before this one, %d expected, or their seal differs", x.number-1, e.Lines)
	}
	x.ended = true
	return nil
}

// apply writes what has gathered.
func (x *restorer) apply(ctx context.Context) error {
	err := x.change.apply(ctx, x.s)
	if echowall.KindOf(err) == echowall.KindConflict {
		err = echowall.Errorf(echowall.KindConflict, "something from line %d on stands twice, or somebody else writes to this account: %w", x.first, err)
	}
	x.change, x.bytes = newChange(), 0
	return err
}
