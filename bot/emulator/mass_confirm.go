package emulator

import "context"

// ConfirmMass is the administrator's answer to a waiting mass message.
func (p *Platform) ConfirmMass(ctx context.Context, msgID int64, agree bool) error {
	p.init()
	p.mu.Lock()
	job := p.mass.jobs[msgID]
	if job == nil || !job.waiting {
		p.mu.Unlock()
		return fail(40059)
	}
	job.waiting = false
	p.mu.Unlock()
	if agree {
		p.runMass(ctx, job)
		return nil
	}
	p.failMass(ctx, job, "err(40001)")
	return nil
}

func (p *Platform) failMass(ctx context.Context, job *massJob, status string) {
	p.mu.Lock()
	job.waiting, job.status = false, "SEND_FAIL"
	event := p.massEvent(job, status, len(job.audience), 0, 0, 0)
	p.mu.Unlock()
	p.push(ctx, &Delivery{Message: event})
}

// expireMass fails the jobs nobody confirmed within 30 minutes.
func (p *Platform) expireMass() {
	p.mu.Lock()
	var late []*massJob
	for _, job := range p.mass.jobs {
		if job.waiting && p.now().Sub(job.at) >= massConfirmIn {
			job.waiting = false
			late = append(late, job)
		}
	}
	p.mu.Unlock()
	for _, job := range late {
		p.background(func(ctx context.Context) { p.failMass(ctx, job, "err(40002)") })
	}
}
