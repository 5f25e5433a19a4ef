package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"echowall"
	"echowall/bot/wechat"
)

// How a turn decides between answering in time and answering late; whoever moves first wins.
const (
	undecided int32 = iota
	inTime
	late
)

// job is one push being handled.
type job struct {
	in       *wechat.Inbound
	key      string
	contact  echowall.Contact
	seal     func(echowall.Message) ([]byte, error)
	decision atomic.Int32
	turn     atomic.Pointer[turnRef] // set once the message is claimed
	text     string                  // what was typed, normalised
	match    *match                  // of text
}

type turnRef struct{ echowall.Turn }

type outcome struct {
	body []byte
	err  error
}

// Receive implements wechat.Receiver.
func (b *Bot) Receive(ctx context.Context, p *wechat.Push) ([]byte, error) {
	j := &job{in: p.Inbound, key: p.Key, seal: p.Seal, contact: echowall.Contact{
		Key:         p.Key,
		Fingerprint: p.Fingerprint,
		From:        p.Inbound.From,
		At:          b.Now(),
		Opens:       windowOf(p.Inbound),
		Follow:      followOf(p.Inbound),
	}}
	b.Router.read(j)
	began := time.Now()
	if body, ok := b.quickly(j); ok {
		return body, nil
	}
	deadline := time.NewTimer(b.Deadline - time.Since(began))
	defer deadline.Stop()
	done := make(chan outcome, 1)
	b.workers.run(func() {
		// The request's context ends when the platform hangs up; the turn must not.
		work, cancel := context.WithTimeout(b.base, b.Patience)
		defer cancel()
		body, err := b.work(work, j)
		done <- outcome{body, err}
	})
	select {
	case o := <-done:
		return o.body, o.err
	case <-deadline.C:
	}
	for {
		t := j.turn.Load()
		if j.decision.CompareAndSwap(undecided, late) {
			return nil, b.late(ctx, j, t)
		}
		select {
		case o := <-done: // it was just being written
			return o.body, o.err
		case <-time.After(lookAgain): // writing it may fail, and then nothing is decided any more
		}
	}
}

// lookAgain is how often a push past its deadline looks whether its reply, which was being written, is.
const lookAgain = 20 * time.Millisecond

// late ends a push whose deadline has passed: its message is stored and acknowledged, and the answer follows
// by itself. Without a turn nothing has happened yet (the store is away, or an earlier message of this person
// still runs), so that the platform is to deliver again.
func (b *Bot) late(ctx context.Context, j *job, t *turnRef) error {
	if t == nil {
		return echowall.Errorf(echowall.KindUnavailable, "bot: no turn within %v", b.Deadline)
	}
	payload, err := json.Marshal(j.in)
	if err != nil {
		return fmt.Errorf("bot: seal a late message: %w", err)
	}
	hurry, cancel := context.WithTimeout(ctx, time.Second/2)
	defer cancel()
	return t.Defer(hurry, payload)
}

// quickly runs a message that changes nothing before it is committed, on a guess and on the goroutine of its push.
// It reports false when that is not to be, or has come to nothing, whatever the reason. The message has to be
// claimed then; should it have been committed after all and only the answer be lost, claiming it tells.
func (b *Bot) quickly(j *job) (body []byte, ok bool) {
	if !b.Router.stages(j) {
		return nil, false
	}
	leave, ok := b.people.tryLock(j.in.From)
	if !ok {
		return nil, false
	}
	defer leave()
	t, ok := b.Store.Guess(j.contact)
	if !ok {
		return nil, false
	}
	// The request's context ends when the platform hangs up; the turn must not. What is left of the deadline after
	// a quarter is for doing it properly.
	ctx, cancel := context.WithTimeout(b.base, b.Deadline/4)
	defer cancel()
	if body, err := b.handled(ctx, j, t); err == nil && t.Commit(ctx, body) == nil {
		b.done()
		return body, true
	}
	j.decision.Store(undecided)
	return nil, false
}

// work claims the message and runs it to the end.
func (b *Bot) work(ctx context.Context, j *job) ([]byte, error) {
	unlock, err := b.people.lock(ctx, j.in.From)
	if err != nil {
		return nil, err
	}
	defer unlock()
	const tries = 8 // a person's messages in other processes conflict a few times at most
	for range tries {
		t, err := b.begin(ctx, j)
		if err != nil {
			return nil, err
		}
		switch t.State() {
		case echowall.BeginReplay:
			return nil, echowall.Errorf(echowall.KindForbidden, "bot: signed request was used before for another message")
		case echowall.BeginDuplicate:
			return t.Reply(), nil
		}
		if j.turn.Swap(&turnRef{t}) == nil && j.decision.Load() == late {
			// The deadline passed while we waited for the claim; an error was answered. Let the
			// platform's next delivery run it.
			t.Abandon(ctx)
			return nil, context.DeadlineExceeded
		}
		body, err := b.run(ctx, j, t)
		if echowall.KindOf(err) == echowall.KindConflict {
			t.Abandon(ctx)
			continue
		}
		if err != nil {
			t.Abandon(context.WithoutCancel(ctx))
			return nil, err
		}
		return body, nil
	}
	return nil, echowall.Errorf(echowall.KindUnavailable, "bot: the conversation kept changing")
}

// begin claims the message. It waits out a store that is away and another delivery that is running, for as
// long as the platform waits for us.
func (b *Bot) begin(ctx context.Context, j *job) (echowall.Turn, error) {
	ctx, cancel := context.WithTimeout(ctx, b.Deadline)
	defer cancel()
	wait := 20 * time.Millisecond
	for {
		t, err := b.Store.Begin(ctx, j.contact)
		switch {
		case err == nil && t.State() != echowall.BeginRunning:
			return t, nil
		case err == nil:
			err = echowall.Errorf(echowall.KindUnavailable, "bot: the same message is still running")
		case echowall.KindOf(err) != echowall.KindUnavailable:
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(wait):
		}
		wait = min(wait*2, 250*time.Millisecond)
	}
}

// run handles a claimed message and commits it.
func (b *Bot) run(ctx context.Context, j *job, t echowall.Turn) (body []byte, err error) {
	claim := claim{ctx: ctx, turn: t, logger: b.Logger}
	defer claim.keep().stop()
	if body, err = b.handled(ctx, j, t); err != nil {
		return nil, err
	}
	if err = b.commit(ctx, t, body); err != nil {
		// Only a turn that is written has decided; another try decides anew.
		j.decision.CompareAndSwap(inTime, undecided)
		return nil, err
	}
	b.done()
	return body, nil
}

// done is called after a turn that may have owed something.
func (b *Bot) done() {
	if b.Woken != nil {
		b.Woken()
	}
}

// handled handles a message and seals the reply; all that is left is to commit it.
func (b *Bot) handled(ctx context.Context, j *job, t echowall.Turn) ([]byte, error) {
	reply, err := b.handle(t.Context(ctx), j, t)
	if err != nil {
		return nil, err
	}
	first, rest := splitReply(reply)
	if !j.in.Answerable() {
		first, rest = echowall.Message{}, nil
	}
	inTimeNow := j.decision.CompareAndSwap(undecided, inTime)
	if !inTimeNow && j.decision.Load() == late {
		if !first.IsZero() {
			rest = append([]echowall.Message{first}, rest...)
		}
		first = echowall.Message{}
		t.Late()
	}
	for i := range rest {
		d := echowall.NewDebt(echowall.DebtLateReply, echowall.Recipient(t.Person()), j.key, fmt.Sprint(i), b.Now())
		d.Body, d.Urgent = &rest[i], true
		if err := t.Owe(d); err != nil {
			return nil, err
		}
	}
	body, err := j.seal(first)
	if err != nil {
		return nil, fmt.Errorf("bot: seal the reply: %w", err)
	}
	return body, nil
}

// commit writes the turn, waiting out a store that is away. Writing twice is safe: once the first attempt has
// gone through, the second finds the message done and conflicts.
func (b *Bot) commit(ctx context.Context, t echowall.Turn, body []byte) error {
	deadline := time.Now().Add(b.Deadline)
	for {
		err := t.Commit(ctx, body)
		if echowall.KindOf(err) != echowall.KindUnavailable || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// handle runs the router and turns a panic into an error.
func (b *Bot) handle(ctx context.Context, j *job, t echowall.Turn) (m echowall.Message, err error) {
	defer func() {
		if r := recover(); r != nil {
			// Of the value only a runtime error is shown; any other might quote a message.
			cause, _ := r.(runtime.Error)
			b.Logger.Error("handler panicked", "type", fmt.Sprintf("%T", r), "panic", cause, "stack", string(debug.Stack()))
			err = echowall.Errorf(echowall.KindInternal, "bot: handler panicked")
		}
	}()
	return b.Router.serve(&Context{Context: ctx, In: j.in, Turn: t, Now: b.Now(), Text: j.text, bot: b, match: j.match})
}
