package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/hibiken/asynq"

	"echowall"
)

const (
	// taskPay is the one kind of task; its payload is a JSON list of debt ids.
	taskPay = "pay"
	// leaseLasts is how long debts are kept from other pumps (in the time of Config.Now). Debts that a
	// killed process had taken but not begun come up again after this.
	leaseLasts = 30 * time.Second
	// queuePoll and duePoll are how often an idle process looks into the queue and the ledger. Together they
	// bound how long a debt owed by another process waits.
	queuePoll = 50 * time.Millisecond
	duePoll   = 100 * time.Millisecond
	// batchLasts is how long a worker should be busy with what is fetched for it: long enough that fetching
	// costs little, short enough that the last workers of a backlog end together. batchMost bounds the ids,
	// batchFirst is for a start.
	batchLasts = 200 * time.Millisecond
	batchMost  = 8
	batchFirst = 8
	// shift is how long a worker serves a backlog without going back to the queue.
	shift = 10 * time.Second
)

// pump gives idle workers debts that are due, by way of the queue, until Shutdown. Workers that are busy see
// to the backlog themselves, so the queue stays short and leases do not run out in it.
func (d *Delivery) pump() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	failing := false
	for {
		select {
		case <-d.quit:
			return
		case <-d.wake:
		case <-timer.C:
		}
		err := d.fill(d.work)
		if err != nil && !failing {
			d.c.Logger.Warn("delivery: the ledger or the queue does not answer; trying on", slog.Any("error", err))
		}
		failing = err != nil
		timer.Reset(duePoll)
	}
}

// fill puts as much into the queue as idle workers can begin at once.
func (d *Delivery) fill(ctx context.Context) error {
	idle := cap(d.slots) - len(d.slots)
	if idle == 0 {
		return nil
	}
	if d.backlog { // else whoever came before has long taken what was queued
		waiting, err := d.waiting()
		if err != nil {
			return err
		}
		if idle -= waiting; idle <= 0 {
			return nil
		}
	}
	n := idle * d.batch()
	ids, err := d.lease(ctx, n)
	d.backlog = len(ids) == n
	return errors.Join(err, d.enqueue(ctx, ids))
}

func (d *Delivery) lease(ctx context.Context, n int) ([]string, error) {
	now := d.c.Now()
	return d.c.Ledger.LeaseDue(ctx, now, now.Add(leaseLasts), n)
}

// batch is how many ids a worker should hold, by how long a debt took lately.
func (d *Delivery) batch() int {
	pace := time.Duration(d.pace.Load())
	if pace <= 0 {
		return batchFirst
	}
	return min(max(int(batchLasts/pace), 1), batchMost)
}

// waiting is the number of tasks nobody has begun.
func (d *Delivery) waiting() (int, error) {
	info, err := d.inspector.GetQueueInfo(d.queue)
	if errors.Is(err, asynq.ErrQueueNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("length of the queue: %w", err)
	}
	return info.Pending, nil
}

// enqueue spreads ids over the workers. What does not get through comes up again when its lease ends.
func (d *Delivery) enqueue(ctx context.Context, ids []string) error {
	size := min(max((len(ids)+d.c.Workers-1)/d.c.Workers, 1), d.batch())
	for len(ids) > 0 {
		n := min(size, len(ids))
		payload, err := json.Marshal(ids[:n])
		if err != nil {
			return err
		}
		if _, err := d.client.EnqueueContext(ctx, asynq.NewTask(taskPay, payload), asynq.Queue(d.queue), asynq.MaxRetry(0)); err != nil {
			return fmt.Errorf("enqueue: %w", err)
		}
		ids = ids[n:]
	}
	return nil
}

// handle is one task. It never fails in the eyes of the queue: what was not settled comes up again.
func (d *Delivery) handle(ctx context.Context, t *asynq.Task) error {
	var ids []string
	if err := json.Unmarshal(t.Payload(), &ids); err != nil {
		d.c.Logger.Error("delivery: a task of the queue is not a list of ids", slog.Any("error", err))
		return nil
	}
	select {
	case d.slots <- struct{}{}:
	case <-d.quit:
		d.giveBack(ids)
		return nil
	}
	defer func() { <-d.slots }()
	// Not ctx: it ends when the queue thinks the task is lost, and a call must not be cut off for that.
	d.serve(ids)
	return nil
}

// serve pays ids and then sees to the backlog, for a shift. The end of one payment travels with the claim of
// the next, so that a debt costs one round trip, and that one is shared with other workers.
func (d *Delivery) serve(ids []string) {
	begun := time.Now()
	own := d.load(ids)
	var done *echowall.Settlement
	for !d.stopping() {
		start := time.Now()
		var p *echowall.Payment
		if len(own) > 0 {
			p, own = own[0], own[1:]
		} else if p = d.next(start.Sub(begun) < shift); p == nil {
			break
		}
		done = d.payOne(d.work, done, p)
		d.pace.Store(int64(time.Since(start)))
	}
	d.record(d.work, done, nil)
	d.giveBack(idsOf(own))
}

// giveBack puts ids that were not begun back into the queue, for the next process.
func (d *Delivery) giveBack(ids []string) {
	if len(ids) == 0 {
		return
	}
	if err := d.enqueue(d.work, ids); err != nil {
		d.c.Logger.Warn("delivery: debts wait for the end of their lease", slog.Int("debts", len(ids)), slog.Any("error", err))
	}
}

// engineLog lets the queue's own messages into our log. They hold ids and addresses only.
type engineLog struct{ *slog.Logger }

func (l engineLog) say(level slog.Level, args []any) {
	l.Log(context.Background(), level, "delivery: queue: "+fmt.Sprint(args...))
}

func (l engineLog) Debug(args ...any) { l.say(slog.LevelDebug, args) }
func (l engineLog) Info(args ...any)  { l.say(slog.LevelInfo, args) }
func (l engineLog) Warn(args ...any)  { l.say(slog.LevelWarn, args) }
func (l engineLog) Error(args ...any) { l.say(slog.LevelError, args) }

// Fatal does not end the process; that is not for a library to decide.
func (l engineLog) Fatal(args ...any) { l.say(slog.LevelError, args) }
