package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/hibiken/asynq"
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
	// busyPoll is how often a full queue is looked at.
	busyPoll = 20 * time.Millisecond
	// taskLasts is how long a task should take: long enough that the queue costs little, short enough that
	// the last tasks of a backlog end together. batchMost bounds the ids in it, batchFirst is for a start.
	taskLasts  = 150 * time.Millisecond
	batchMost  = 32
	batchFirst = 8
)

// pump moves due debts into the queue until Shutdown. It keeps the queue short, so that leases do not run
// out in it and a process that joins gets its share.
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
		wait, err := d.fill(d.work)
		if err != nil && !failing {
			d.c.Logger.Warn("delivery: the ledger or the queue does not answer; trying on", slog.Any("error", err))
		}
		failing = err != nil
		timer.Reset(wait)
	}
}

// fill leases and enqueues until nothing is due or the queue is full, and says how long to wait.
func (d *Delivery) fill(ctx context.Context) (time.Duration, error) {
	batch := d.batch()
	most := d.c.Workers * batch
	for !d.stopping() {
		if d.backlog {
			waiting, err := d.waiting()
			if err != nil {
				return duePoll, err
			}
			if waiting >= d.c.Workers {
				return busyPoll, nil
			}
		}
		now := d.c.Now()
		ids, err := d.c.Ledger.LeaseDue(ctx, now, now.Add(leaseLasts), most)
		if eerr := d.enqueue(ctx, ids); eerr != nil || err != nil {
			return duePoll, errors.Join(err, eerr)
		}
		if d.backlog = len(ids) == most; !d.backlog {
			break
		}
	}
	return duePoll, nil
}

// batch is how many ids a task should carry, by how long a debt took lately.
func (d *Delivery) batch() int {
	pace := time.Duration(d.pace.Load())
	if pace <= 0 {
		return batchFirst
	}
	return min(max(int(taskLasts/pace), 1), batchMost)
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
	begun := time.Now()
	left := d.pay(d.work, ids)
	if n := len(ids) - len(left); n > 0 {
		d.pace.Store(int64(time.Since(begun)) / int64(n))
	}
	d.giveBack(left)
	return nil
}

// giveBack puts ids that were not begun back into the queue, for the next process.
func (d *Delivery) giveBack(ids []string) {
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
