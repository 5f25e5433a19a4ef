package emulator

import "fmt"

// keepViolations bounds the memory of a client that never stops erring.
const keepViolations = 1000

// Violations lists what the server did that the platform's rules forbid:
// unknown paths, broken bodies, unknown fields, replies nobody can show.
func (p *Platform) Violations() []string {
	p.init()
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.violations...)
}

// ClearViolations forgets them, for tests that provoke some.
func (p *Platform) ClearViolations() {
	p.init()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.violations = nil
}

// violation records one and tells OnViolation. The lock must not be held.
func (p *Platform) violation(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	p.mu.Lock()
	if len(p.violations) < keepViolations {
		p.violations = append(p.violations, text)
	}
	hear := p.OnViolation
	p.mu.Unlock()
	if hear != nil {
		hear(text)
	}
}
