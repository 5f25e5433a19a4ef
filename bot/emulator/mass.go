package emulator

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// massMessage is the body of sendall, send and preview.
type massMessage struct {
	Filter *struct {
		ToAll bool `json:"is_to_all"`
		TagID int  `json:"tag_id"`
	} `json:"filter"`
	ToUser   json.RawMessage `json:"touser"` // a list; for preview a string
	ToWxName string          `json:"towxname"`
	MsgType  string          `json:"msgtype"`
	Text     *textBody       `json:"text"`
	MPNews   *mediaRef       `json:"mpnews"`
	Voice    *mediaRef       `json:"voice"`
	Image    *mediaRef       `json:"image"`
	Images   *struct {
		MediaIDs  []string `json:"media_ids"`
		Recommend string   `json:"recommend"`
		Title     string   `json:"title"`
		Comment   int      `json:"need_open_comment"`
		FansOnly  int      `json:"only_fans_can_comment"`
	} `json:"images"`
	MPVideo *struct {
		mediaRef
		Title       string `json:"title"`
		Description string `json:"description"`
	} `json:"mpvideo"`
	WxCard        json.RawMessage `json:"wxcard"`
	IgnoreReprint int             `json:"send_ignore_reprint"`
	ClientMsgID   string          `json:"clientmsgid"`
}

// massJob is one accepted mass message.
type massJob struct {
	id, dataID int64
	at         time.Time
	audience   []string
	bubbles    []Bubble
	draft      string
	status     string // of mass/get
	waiting    bool   // for the administrator
}

// massBook holds the jobs and their quotas.
type massBook struct {
	jobs    map[int64]*massJob
	clients map[string]*massJob
	day     string
	today   int
	month   string
	toAll   int // of this month
	speed   int
}

// Limits of mass sending.
const (
	massIDLimit   = 32 // bytes of clientmsgid (unsure: 64 elsewhere)
	massPerDay    = 100
	massPerMonth  = 4 // each follower of a service account; also to-all jobs
	massPerMinute = 60
	massRepeat    = 24 * time.Hour
	massConfirmIn = 30 * time.Minute
)

// massSendAll is POST /cgi-bin/message/mass/sendall.
func (r *apiRequest) massSendAll() (any, error) {
	var in massMessage
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	if in.Filter == nil || in.ToUser != nil {
		return nil, failf(40035, "filter")
	}
	p := r.p
	p.mu.Lock()
	var audience []string
	if !in.Filter.ToAll && p.tags.find(in.Filter.TagID) == nil {
		p.mu.Unlock()
		return nil, fail(40152)
	}
	for _, openid := range p.order {
		u := p.people[openid]
		if u.following && (in.Filter.ToAll || slices.Contains(u.tags, in.Filter.TagID)) {
			audience = append(audience, openid)
		}
	}
	p.mu.Unlock()
	return p.submitMass(&in, audience, in.Filter.ToAll, fmt.Sprintf("filter %v %d", in.Filter.ToAll, in.Filter.TagID))
}

// massSend is POST /cgi-bin/message/mass/send.
func (r *apiRequest) massSend() (any, error) {
	var in massMessage
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	var audience []string
	if err := json.Unmarshal(in.ToUser, &audience); err != nil {
		return nil, failf(40035, "touser must be a list")
	}
	switch {
	case len(audience) < 2:
		return nil, fail(40130)
	case len(audience) > 10_000:
		return nil, fail(40032)
	}
	seen := map[string]bool{}
	p := r.p
	p.mu.Lock()
	for _, openid := range audience {
		if p.people[openid] == nil {
			p.mu.Unlock()
			return nil, fail(40003)
		}
		seen[openid] = true
	}
	p.mu.Unlock()
	if len(seen) != len(audience) {
		p.violation("%s: an openid twice in touser", r.URL.Path)
		audience = slices.Sorted(maps.Keys(seen))
	}
	return p.submitMass(&in, audience, false, string(in.ToUser))
}

// submitMass accepts a job; the result comes by event.
func (p *Platform) submitMass(in *massMessage, audience []string, toAll bool, scope string) (any, error) {
	job, err := p.acceptMass(in, audience, toAll, scope)
	if err != nil {
		return nil, err
	}
	answer := map[string]any{"errcode": 0, "errmsg": "send job submission success", "msg_id": job.id}
	if job.dataID != 0 {
		answer["msg_data_id"] = job.dataID
	}
	if job.waiting {
		return nil, &apiError{code: 89504, extra: map[string]any{"msg_id": job.id}}
	}
	p.mu.Lock()
	early := p.Faults.EarlyJobEvents
	p.mu.Unlock()
	if early {
		p.runMass(p.base, job)
	} else {
		p.background(func(ctx context.Context) { p.runMass(ctx, job) })
	}
	return answer, nil
}

func (p *Platform) acceptMass(in *massMessage, audience []string, toAll bool, scope string) (*massJob, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b, now := &p.mass, p.now()
	bubbles, err := p.massBubbles(in, false)
	if err != nil {
		return nil, err
	}
	client := in.ClientMsgID
	if len(client) > massIDLimit {
		return nil, fail(45067)
	}
	if client == "" {
		sum := sha1.Sum(fmt.Appendf(nil, "%s %v", scope, bubbles))
		client = "derived " + hex.EncodeToString(sum[:])
	}
	if known := b.clients[client]; known != nil && now.Sub(known.at) < massRepeat {
		if now.Sub(known.at) < time.Minute {
			return nil, fail(45066)
		}
		return nil, &apiError{code: 45065, extra: map[string]any{"msg_id": known.id}}
	}
	if err := p.spendMass(now, toAll); err != nil {
		return nil, err
	}
	job := &massJob{id: p.nextID(), at: now, audience: audience, bubbles: bubbles, status: "SENDING"}
	if in.MsgType == "mpnews" {
		job.draft, job.dataID = in.MPNews.MediaID, p.nextID()
	}
	job.waiting = toAll && p.MassConfirm
	if b.jobs == nil {
		b.jobs, b.clients = map[int64]*massJob{}, map[string]*massJob{}
	}
	b.jobs[job.id], b.clients[client] = job, job
	return job, nil
}

// spendMass counts the job: a subscription account has one a day, a service
// account four to-all jobs a month. Held lock: mu.
func (p *Platform) spendMass(now time.Time, toAll bool) error {
	b, local := &p.mass, now.In(beijing)
	if day := local.Format("20060102"); b.day != day {
		b.day, b.today = day, 0
	}
	if month := local.Format("200601"); b.month != month {
		b.month, b.toAll = month, 0
	}
	recent := 0
	for _, job := range b.jobs {
		if now.Sub(job.at) < time.Minute {
			recent++
		}
	}
	perDay := massPerDay
	if p.Account.subscription() {
		perDay = 1
	}
	switch {
	case recent >= massPerMinute:
		return fail(42010)
	case b.today >= perDay, toAll && !p.Account.subscription() && b.toAll >= massPerMonth:
		return fail(45028)
	}
	b.today++
	if toAll {
		b.toAll++
	}
	return nil
}

// massBubbles checks the content. Held lock: mu.
func (p *Platform) massBubbles(in *massMessage, preview bool) ([]Bubble, error) {
	b := Bubble{Via: ViaMass, Kind: BubbleKind(in.MsgType)}
	missing := failf(47001, "object %s missing", in.MsgType)
	switch in.MsgType {
	case "text":
		if in.Text == nil || in.Text.Content == "" {
			return nil, fail(44004)
		}
		b.Text = in.Text.Content
	case "mpnews":
		if in.MPNews == nil {
			return nil, fail(40007)
		}
		b.Kind = KindNews
		err := p.draftArticles(&b, in.MPNews.MediaID)
		return []Bubble{b}, err
	case "voice":
		if in.Voice == nil {
			return nil, fail(40007)
		}
		b.MediaID = in.Voice.MediaID
		return []Bubble{b}, p.needFile(b.MediaID, "voice")
	case "image":
		ids := []string{}
		switch {
		case preview && in.Image != nil:
			ids = append(ids, in.Image.MediaID)
		case !preview && in.Images != nil:
			ids = in.Images.MediaIDs
		}
		if len(ids) == 0 {
			return nil, missing
		}
		var list []Bubble
		for _, id := range ids {
			if err := p.needFile(id, "image"); err != nil {
				return nil, err
			}
			b.MediaID = id
			list = append(list, b)
		}
		return list, nil
	case "mpvideo":
		if in.MPVideo == nil {
			return nil, missing
		}
		b.Kind, b.MediaID, b.Text = KindVideo, in.MPVideo.MediaID, in.MPVideo.Title
		return []Bubble{b}, p.needFile(b.MediaID, "video")
	case "wxcard":
		return nil, fail(45113)
	default:
		return nil, fail(40008)
	}
	return []Bubble{b}, nil
}

// runMass delivers a job and pushes its result.
func (p *Platform) runMass(ctx context.Context, job *massJob) {
	p.mu.Lock()
	month := p.now().In(beijing).Format("200601")
	var filtered, sent, failed int
	for _, openid := range job.audience {
		u := p.people[openid]
		if !u.following || u.blacklist || !p.Account.subscription() && u.months[month] >= massPerMonth {
			continue
		}
		filtered++
		if u.refuses {
			failed++
			continue
		}
		sent++
		if u.months == nil {
			u.months = map[string]int{}
		}
		u.months[month]++
		for _, b := range job.bubbles {
			b.MsgID = job.id
			p.show(u, b)
		}
	}
	job.status = "SEND_SUCCESS"
	if job.draft != "" {
		delete(p.drafts.drafts, job.draft)
	}
	event := p.massEvent(job, "send success", len(job.audience), filtered, sent, failed)
	p.mu.Unlock()
	p.push(ctx, &Delivery{Message: event})
}

// massEvent is the result event. Held lock: mu.
func (p *Platform) massEvent(job *massJob, status string, total, filtered, sent, failed int) string {
	m := startMessage(p.Account.OriginalID, "mphelper", p.now().Unix(), "event")
	m.text("Event", "MASSSENDJOBFINISH")
	m.number("MsgID", job.id)
	m.text("Status", status)
	m.number("TotalCount", int64(total))
	m.number("FilterCount", int64(filtered))
	m.number("SentCount", int64(sent))
	m.number("ErrorCount", int64(failed))
	if job.draft == "" {
		return m.end()
	}
	articles := job.bubbles[0].Articles
	m.group("CopyrightCheckResult", func() {
		m.number("Count", 0)
		m.group("ResultList", func() {})
		m.number("CheckState", 1)
	})
	m.group("ArticleUrlResult", func() {
		m.number("Count", int64(len(articles)))
		m.group("ResultList", func() {
			for i, a := range articles {
				m.group("item", func() {
					m.number("ArticleIdx", int64(i+1))
					m.text("ArticleUrl", a.URL)
				})
			}
		})
	})
	return m.end()
}

// massPreview is POST /cgi-bin/message/mass/preview.
func (r *apiRequest) massPreview() (any, error) {
	var in massMessage
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	var openid string
	if err := json.Unmarshal(in.ToUser, &openid); err != nil || openid == "" {
		return nil, failf(40035, "touser must be one openid")
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	u, err := p.follower(openid)
	if err != nil {
		return nil, err
	}
	bubbles, err := p.massBubbles(&in, true)
	if err != nil {
		return nil, err
	}
	id := p.nextID()
	for _, b := range bubbles {
		b.Via, b.MsgID = ViaPreview, id
		p.show(u, b)
	}
	return map[string]any{"errcode": 0, "errmsg": "preview success", "msg_id": id}, nil
}

// massDelete is POST /cgi-bin/message/mass/delete: only articles and videos.
func (r *apiRequest) massDelete() (any, error) {
	var in struct {
		MsgID json.Number `json:"msg_id"`
		Index int         `json:"article_idx"`
		URL   string      `json:"url"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	id, _ := in.MsgID.Int64() // 0 finds nothing
	job := p.mass.jobs[id]
	if job == nil && in.URL != "" {
		for _, other := range p.mass.jobs {
			if slices.ContainsFunc(other.bubbles[0].Articles, func(a Article) bool { return a.URL == in.URL }) {
				job = other
			}
		}
	}
	switch {
	case job == nil:
		return nil, fail(40059)
	case job.status != "SEND_SUCCESS", job.bubbles[0].Kind != KindNews && job.bubbles[0].Kind != KindVideo:
		return nil, fail(40065)
	case in.Index < 0 || in.Index > len(job.bubbles[0].Articles):
		return nil, fail(40060)
	}
	job.status = "DELETE"
	return nil, nil
}

// massGet is POST /cgi-bin/message/mass/get.
func (r *apiRequest) massGet() (any, error) {
	var in struct {
		MsgID json.Number `json:"msg_id"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.expireMass()
	p.mu.Lock()
	defer p.mu.Unlock()
	id, _ := in.MsgID.Int64() // 0 finds nothing
	job := p.mass.jobs[id]
	if job == nil {
		return nil, fail(40059)
	}
	return map[string]any{"msg_id": id, "msg_status": job.status}, nil
}

// massSpeeds are ten thousands a minute, by speed.
var massSpeeds = [5]int{80, 60, 45, 30, 10}

// massSpeedGet is POST /cgi-bin/message/mass/speed/get.
func (r *apiRequest) massSpeedGet() (any, error) {
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	return map[string]any{"speed": p.mass.speed, "realspeed": massSpeeds[p.mass.speed]}, nil
}

// massSpeedSet is POST /cgi-bin/message/mass/speed/set.
func (r *apiRequest) massSpeedSet() (any, error) {
	var in struct {
		Speed int `json:"speed"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	if in.Speed < 0 || in.Speed >= len(massSpeeds) {
		return nil, fail(45084)
	}
	r.p.mu.Lock()
	defer r.p.mu.Unlock()
	r.p.mass.speed = in.Speed
	return nil, nil
}
