package emulator

import (
	"context"
	"encoding/json"
)

// publishJob is one freepublish submission.
type publishJob struct {
	id      string
	article string // article_id
	status  int    // 0 done, 1 running, 5 deleted by the account
	draft   *draft
}

// publishSubmit is POST /cgi-bin/freepublish/submit; the result comes by event
// PUBLISHJOBFINISH, and followers are not told.
func (r *apiRequest) publishSubmit() (any, error) {
	var in mediaRef
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	d, err := p.drafts.draft(in.MediaID)
	if err != nil {
		p.mu.Unlock()
		return nil, fail(53500)
	}
	job := &publishJob{id: formatID(p.nextID()), article: secret("", 64), status: 1, draft: d}
	if p.drafts.jobs == nil {
		p.drafts.jobs, p.drafts.published = map[string]*publishJob{}, map[string]*draft{}
	}
	p.drafts.jobs[job.id] = job
	early := p.Faults.EarlyJobEvents
	p.mu.Unlock()
	if early {
		p.publish(p.base, job)
	} else {
		p.background(func(ctx context.Context) { p.publish(ctx, job) })
	}
	return ok(map[string]any{"publish_id": job.id}), nil
}

// publish finishes a job: the draft is used up.
func (p *Platform) publish(ctx context.Context, job *publishJob) {
	p.mu.Lock()
	job.status = 0
	p.drafts.published[job.article] = job.draft
	p.drafts.fill(&Bubble{}, job.draft)
	delete(p.drafts.drafts, job.draft.id)
	m := startMessage(p.Account.OriginalID, "mphelper", p.now().Unix(), "event")
	m.text("Event", "PUBLISHJOBFINISH")
	m.group("PublishEventInfo", func() {
		m.text("publish_id", job.id)
		m.number("publish_status", 0)
		m.text("article_id", job.article)
		m.group("article_detail", func() {
			m.number("count", int64(len(job.draft.articles)))
			for i, a := range job.draft.articles {
				m.group("item", func() {
					m.number("idx", int64(i+1))
					m.text("article_url", a.URL)
				})
			}
		})
	})
	p.mu.Unlock()
	p.push(ctx, &Delivery{Message: m.end()})
}

// publishGet is POST /cgi-bin/freepublish/get.
func (r *apiRequest) publishGet() (any, error) {
	var in struct {
		ID json.Number `json:"publish_id"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	job := p.drafts.jobs[in.ID.String()]
	if job == nil {
		return nil, failf(40035, "publish_id")
	}
	answer := map[string]any{"publish_id": job.id, "publish_status": job.status, "fail_idx": []int{}}
	if job.status == 0 {
		items := []map[string]any{}
		for i, a := range job.draft.articles {
			items = append(items, map[string]any{"idx": i + 1, "article_url": a.URL})
		}
		answer["article_id"] = job.article
		answer["article_detail"] = map[string]any{"count": len(items), "item": items}
	}
	return answer, nil
}

// articleRef names a published article.
type articleRef struct {
	ID    string `json:"article_id"`
	Index int    `json:"index"` // of one article from 1; 0 means all
}

// publishArticle is POST /cgi-bin/freepublish/getarticle.
func (r *apiRequest) publishArticle() (any, error) {
	var in articleRef
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	r.p.mu.Lock()
	defer r.p.mu.Unlock()
	d := r.p.drafts.published[in.ID]
	if d == nil {
		return nil, fail(53600)
	}
	return map[string]any{"news_item": d.content(true)["news_item"]}, nil
}

// publishDelete is POST /cgi-bin/freepublish/delete.
func (r *apiRequest) publishDelete() (any, error) {
	var in articleRef
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	d := p.drafts.published[in.ID]
	if d == nil || in.Index < 0 || in.Index > len(d.articles) {
		return nil, fail(53600)
	}
	left := 0
	for i, a := range d.articles {
		if in.Index == 0 || in.Index == i+1 {
			a.Deleted = true
		}
		if !a.Deleted {
			left++
		}
	}
	if left > 0 {
		return nil, nil
	}
	delete(p.drafts.published, in.ID)
	for _, job := range p.drafts.jobs {
		if job.article == in.ID {
			job.status = 5
		}
	}
	return nil, nil
}
