package emulator

import (
	"context"
	"time"
)

// beijing is where the platform's days begin (unsure: the day-reset time zone
// is not documented).
var beijing = time.FixedZone("CST", 8*60*60)

// now reads the clock. Held lock: mu.
func (p *Platform) now() time.Time {
	if p.Now != nil {
		return p.Now().Add(p.offset)
	}
	return time.Now().Add(p.offset)
}

// Time is the platform's present time.
func (p *Platform) Time() time.Time {
	p.init()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now()
}

// Advance moves the platform's clock forward. What falls due meanwhile
// (windows, tokens, media, unconfirmed mass messages) is expired afterwards.
func (p *Platform) Advance(d time.Duration) {
	p.init()
	p.mu.Lock()
	p.offset += d
	p.notify()
	p.mu.Unlock()
	p.expireMass()
}

// sleep waits real time, or until ctx ends.
func (p *Platform) sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	select {
	case <-p.after(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *Platform) after(d time.Duration) <-chan time.Time {
	if p.After != nil {
		return p.After(d)
	}
	return time.After(d)
}
