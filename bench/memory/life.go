package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"echowall"
	"echowall/store"
)

const stationCount = 40

// text is a wish of 120 characters, answer a usual answer, redacted what the wall shows of the wish.
var (
	text = "永安路第03小区12号楼三单元门口的路灯已经坏了两个多星期，晚上老人孩子进出都看不清台阶，前天有一位邻居在那里崴了脚。" +
		"我们给物业打过几次电话，每次都说已经登记、正在等配件。请帮忙问一问什么时候能修好；如果一时修不好，能先装一盏灯吗？谢谢您。"
	answer   = "社区已和物业公司到现场看过，确认是线路老化。配件本周五到货，周六上午更换；这两天晚上先由保安在门口放一盏应急灯。"
	redacted = strings.Replace(text, "永安路第03小区12号楼三单元", "我们小区一个单元的楼道出口", 1)
)

// district is the store with its people.
type district struct {
	store  *store.Store
	wishes *echowall.Wishes
	people int

	paid    int
	passing []passing
}

func openID(i int) echowall.OpenID { return echowall.OpenID(fmt.Sprintf("oBench%022d", i)) }

func station(i int) echowall.StationID {
	return echowall.StationID(fmt.Sprintf("s%02d", i%stationCount))
}

func officerID(s echowall.StationID, n int) echowall.OpenID {
	return echowall.OpenID(fmt.Sprintf("oStaff%s%d", s, n))
}

// officer is one of the two of the wish's station; two, because nobody publishes what they redacted.
func (d *district) officer(w *echowall.Wish, n int) *echowall.Who {
	p := d.store.Identifier().Person(officerID(w.Station, n))
	return &echowall.Who{Person: p, Grants: []echowall.Grant{{Role: echowall.RoleLiaison, Scope: string(w.Station)}}}
}

// submit is the turn of one message.
func (d *district) submit(ctx context.Context, i int, mayPublish bool) (*echowall.Wish, error) {
	turn, err := d.store.Begin(ctx, echowall.Contact{
		Key: fmt.Sprintf("%016d", i), Fingerprint: fmt.Sprintf("%016d", i), From: openID(i % d.people), At: d.wishes.Now(), Opens: echowall.WindowMessage,
	})
	if err != nil {
		return nil, err
	}
	draft := echowall.Wish{Text: text, Author: turn.Author(), Station: station(i), MayPublish: mayPublish}
	w, err := d.wishes.Submit(turn.Context(ctx), draft, echowall.FromChat)
	if err != nil {
		return nil, err
	}
	return w, turn.Commit(ctx, []byte("success"))
}

// closed: submit, accept, answer, not solved, answer, solved. Most wishes of an account are such.
func closed(ctx context.Context, d *district, i int) error {
	w, err := d.submit(ctx, i, false)
	if err != nil {
		return err
	}
	return d.steps(
		d.accept(ctx, w), d.answer(ctx, w), d.rate(ctx, w, echowall.RatingUnsolved), d.answer(ctx, w), d.rate(ctx, w, echowall.RatingGood))
}

// reopened: submit, a place added, accept, answer, not solved, a position added. The wish is queued again.
func reopened(ctx context.Context, d *district, i int) error {
	w, err := d.submit(ctx, i, false)
	if err != nil {
		return err
	}
	add := func(s echowall.Supplement) step {
		return func() (*echowall.Wish, error) {
			return d.wishes.Supplement(ctx, w.Author, w.Number, s, echowall.FromChat)
		}
	}
	return d.steps(
		add(echowall.Supplement{Place: "永安路第03小区"}), d.accept(ctx, w), d.answer(ctx, w), d.rate(ctx, w, echowall.RatingUnsolved),
		add(echowall.Supplement{At: &echowall.Position{Lat: 30.123456, Lng: 120.123456}}))
}

// published: submit, accept, answer, redact, publish, solved. The wish is closed and on the wall.
func published(ctx context.Context, d *district, i int) error {
	w, err := d.submit(ctx, i, true)
	if err != nil {
		return err
	}
	officer, second := d.officer(w, 0), d.officer(w, 1)
	return d.steps(
		d.accept(ctx, w), d.answer(ctx, w),
		func() (*echowall.Wish, error) {
			return d.wishes.Redact(ctx, officer, w.Number, redacted, echowall.FromConsole)
		},
		func() (*echowall.Wish, error) {
			return d.wishes.Publish(ctx, second, w.Number, echowall.FromConsole)
		},
		d.rate(ctx, w, echowall.RatingGood))
}

// step is one move of a wish.
type step func() (*echowall.Wish, error)

func (d *district) steps(list ...step) error {
	for _, s := range list {
		if _, err := s(); err != nil {
			return err
		}
	}
	return nil
}

func (d *district) accept(ctx context.Context, w *echowall.Wish) step {
	return func() (*echowall.Wish, error) {
		return d.wishes.Accept(ctx, d.officer(w, 0), w.Number, echowall.FromConsole)
	}
}

func (d *district) answer(ctx context.Context, w *echowall.Wish) step {
	return func() (*echowall.Wish, error) {
		a := echowall.Answer{Class: echowall.OutcomeSolved, Text: answer}
		return d.wishes.Answer(ctx, d.officer(w, 0), w.Number, a, echowall.FromConsole)
	}
}

func (d *district) rate(ctx context.Context, w *echowall.Wish, r echowall.Rating) step {
	return func() (*echowall.Wish, error) {
		return d.wishes.Rate(ctx, w.Author, w.Number, r, echowall.FromChat)
	}
}

// live leads the wishes from to to through a life, many at once.
func (d *district) live(ctx context.Context, from, to int, life func(context.Context, *district, int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	next.Store(int64(from))
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < to && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := life(ctx, d, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// pay settles every debt as sent inside the reply window, as delivery records it.
func (d *district) pay(ctx context.Context) (int, error) {
	paid := 0
	for {
		now := time.Now()
		ids, err := d.store.LeaseDue(ctx, now, now.Add(time.Minute), 256)
		if err != nil || len(ids) == 0 {
			return paid, err
		}
		payments, err := d.store.Payments(ctx, ids)
		if err != nil {
			return paid, err
		}
		for _, p := range payments {
			claim := &echowall.Claim{Payment: p, Decision: echowall.Decision{Channel: echowall.ChannelReply}, After: p.Reach}
			got, err := d.store.Record(ctx, now, nil, claim)
			if got == echowall.ClaimStale { // an earlier message of this batch went to the same person
				claim.After = p.Reach
				got, err = d.store.Record(ctx, now, nil, claim)
			}
			if err != nil {
				return paid, err
			}
			if got != echowall.ClaimTaken {
				return paid, fmt.Errorf("claim of debt %s: %d", p.Debt.ID, got)
			}
			if _, err := d.store.Record(ctx, now, &echowall.Settlement{Payment: p, State: echowall.DebtPaid, Result: "paid"}, nil); err != nil {
				return paid, err
			}
			paid++
		}
	}
}
