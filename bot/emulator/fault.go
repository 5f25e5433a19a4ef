package emulator

import (
	"time"
)

// Faults are standing disturbances of pushes and ids. The zero value disturbs
// nothing.
type Faults struct {
	Copies            int  // extra copies of every push, sent at the same time as the first
	MarkFailAfter     int  // after so many failed pushes in a row none is sent for a minute; 0: never
	EarlyJobEvents    bool // job results arrive before the answer of the call that started the job
	ControlCharacters bool // texts of people carry U+000B
	HugeIDs           bool // message ids start at 2^62
	TemplateFailures  bool // template messages end as "failed: system failed"
}

// Fault disturbs API calls. What it leaves zero it does not disturb.
type Fault struct {
	Path    string          // "" means every path
	Match   func(Call) bool // further condition on method, path, query and body; nil means any; must not call the platform
	Times   int             // how many calls; 0 means until ClearFaults
	Delay   time.Duration   // before anything else
	ErrCode int             // answer this instead of doing the work
	ErrMsg  string          // with ErrCode; "" means the standing text
	Status  int             // answer this HTTP status instead of doing the work
	Refuse  bool            // close the connection instead of doing the work
	Cut     bool            // do the work, then close the connection without an answer
	Hang    bool            // do the work, then hold the answer until the client gives up

	used int
}

// Inject adds a fault to the API; earlier ones are tried first.
func (p *Platform) Inject(f Fault) {
	p.init()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, &f)
}

// ClearFaults removes every injected fault.
func (p *Platform) ClearFaults() {
	p.init()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = nil
}

// faultFor finds and uses up the fault for a call. Held lock: mu.
func (p *Platform) faultFor(c Call) Fault {
	for _, f := range p.faults {
		if f.Path != "" && f.Path != c.Path || f.Times > 0 && f.used >= f.Times {
			continue
		}
		if f.Match != nil && !f.Match(c) {
			continue
		}
		f.used++
		return *f
	}
	return Fault{}
}
