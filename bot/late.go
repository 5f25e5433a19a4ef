package bot

import (
	"context"
	"encoding/json"
	"time"

	"echowall"
	"echowall/bot/wechat"
)

// lookEvery is how often deferred messages are looked for.
const lookEvery = 5 * time.Second

// watchDeferred runs messages again that were acknowledged late and whose worker died.
func (b *Bot) watchDeferred() {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-b.base.Done():
			return
		case <-b.stopping:
			return
		case <-tick.C:
			b.RunDeferred(b.base)
		}
	}
}

// RunDeferred takes up deferred messages once; it returns how many it finished.
func (b *Bot) RunDeferred(ctx context.Context) int {
	list, err := b.Store.TakeDeferred(ctx, 16)
	if err != nil {
		b.Logger.Warn("deferred messages cannot be read", "err", err)
	}
	finished := 0
	for _, d := range list {
		in := new(wechat.Inbound)
		if err := json.Unmarshal(d.Payload, in); err != nil {
			b.Logger.Error("a deferred message cannot be read", "err", err)
			continue
		}
		at := b.Now()
		if in.Created.Before(at) && !in.Created.IsZero() {
			at = in.Created // what it opened was open since then
		}
		j := &job{in: in, key: d.Key, seal: sealNothing, contact: echowall.Contact{
			Key: d.Key, From: in.From, At: at, Opens: windowOf(in), Follow: followOf(in),
		}}
		j.decision.Store(late)
		j.turn.Store(&turnRef{}) // claimed before, by the worker that died
		work, cancel := context.WithTimeout(ctx, b.Patience)
		_, err := b.work(work, j)
		cancel()
		if err != nil {
			b.Logger.Warn("a deferred message did not run", "err", err)
			continue
		}
		if err := b.Store.DropDeferred(ctx, d.Key); err != nil {
			b.Logger.Warn("a deferred message could not be dropped", "err", err)
		}
		finished++
	}
	return finished
}

// sealNothing is the seal of a push nobody waits for any more.
func sealNothing(echowall.Message) ([]byte, error) { return []byte("success"), nil }
