package emulator

import (
	"context"
	"encoding/json"
	"net/url"
	"time"
)

// Call is one recorded API call.
type Call struct {
	At       time.Time // platform time
	Method   string
	Path     string
	Query    url.Values
	Body     []byte
	Status   int    // HTTP status
	ErrCode  int    // 0 for success
	Answer   []byte // JSON answer; nil for binary ones
	RID      string
	Answered bool // false when a fault kept the answer from the client
}

// Decode reads the call's JSON body.
func (c Call) Decode(v any) error { return json.Unmarshal(c.Body, v) }

// JSON is the call's body as a map; nil when it is not a JSON object.
func (c Call) JSON() map[string]any {
	var m map[string]any
	if json.Unmarshal(c.Body, &m) != nil {
		return nil
	}
	return m
}

// Calls lists the remembered API calls, oldest first; see KeepCalls.
func (p *Platform) Calls() []Call {
	p.init()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls.all()
}

// CallsTo lists the remembered calls of one path.
func (p *Platform) CallsTo(path string) []Call {
	var list []Call
	for _, c := range p.Calls() {
		if c.Path == path {
			list = append(list, c)
		}
	}
	return list
}

// CallCount counts all calls of one path, forgotten ones included.
func (p *Platform) CallCount(path string) int64 {
	p.init()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.callCount[path]
}

// AwaitCalls waits until the path was called n times in all.
func (p *Platform) AwaitCalls(ctx context.Context, path string, n int64) error {
	return p.await(ctx, func() bool { return p.callCount[path] >= n })
}

// record remembers a call. Held lock: mu.
func (p *Platform) record(c Call) {
	keep := p.KeepCalls
	if keep == 0 {
		keep = 10_000
	}
	p.calls.add(c, keep)
	p.callCount[c.Path]++
	p.notify()
}
