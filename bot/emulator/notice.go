package emulator

// noticeSend is POST /cgi-bin/message/subscribe/bizsend. It spends one accept;
// without one it answers 43101. Following is not required (unsure).
func (r *apiRequest) noticeSend() (any, error) {
	var in templateMessage
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	if in.URL != "" || in.ClientMsgID != "" {
		r.p.violation("%s: has no url and no client_msg_id", r.URL.Path)
	}
	event, err := r.p.sendNotice(&in)
	if err != nil {
		return nil, err
	}
	r.p.job(in.ToUser, event)
	return nil, nil
}

func (p *Platform) sendNotice(in *templateMessage) (event string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u, err := p.person(in.ToUser)
	if err != nil {
		return "", err
	}
	b, err := p.templateBubble(in, true)
	if err != nil {
		return "", err
	}
	t := p.templates[in.TemplateID]
	if u.accepts[t.ID] == 0 {
		return "", fail(43101)
	}
	if !t.LongTerm {
		u.accepts[t.ID]--
	}
	b.Via, b.Kind, b.URL, b.MsgID = ViaNotice, KindNotice, in.Page, p.nextID()
	p.show(u, b)
	m := startMessage(p.Account.OriginalID, u.openid, p.now().Unix(), "event")
	m.text("Event", "subscribe_msg_sent_event")
	m.group("SubscribeMsgSentEvent", func() {
		m.group("List", func() {
			m.text("TemplateId", t.ID)
			m.text("MsgID", formatID(b.MsgID))
			m.text("ErrorCode", "0")
			m.text("ErrorStatus", "success")
		})
	})
	return m.end(), nil
}

// noticeAdd is POST /wxaapi/newtmpl/addtemplate.
func (r *apiRequest) noticeAdd() (any, error) {
	var in struct {
		TID   string `json:"tid"`
		Kids  []int  `json:"kidList"`
		Scene string `json:"sceneDesc"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	t, known := p.library[in.TID]
	switch {
	case !known || !t.Notice:
		return nil, fail(200014)
	case len(in.Kids) < 2 || len(in.Kids) > 5:
		return nil, fail(200020)
	case in.Scene == "" || runes(in.Scene) > 15:
		return nil, fail(200021)
	case len(p.templatesOf(true)) >= templatesKept:
		return nil, fail(200012)
	}
	t.ID = ""
	return ok(map[string]any{"priTmplId": p.addTemplate(t)}), nil
}

// noticeList is GET /wxaapi/newtmpl/gettemplate.
func (r *apiRequest) noticeList() (any, error) {
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	list := []map[string]any{}
	for _, t := range p.templatesOf(true) {
		kind := 2
		if t.LongTerm {
			kind = 3
		}
		list = append(list, map[string]any{
			"priTmplId": t.ID, "title": t.Title, "content": t.Content, "example": "", "type": kind,
		})
	}
	return ok(map[string]any{"data": list}), nil
}

// noticeDelete is POST /wxaapi/newtmpl/deltemplate.
func (r *apiRequest) noticeDelete() (any, error) {
	var in struct {
		ID string `json:"priTmplId"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	r.p.mu.Lock()
	defer r.p.mu.Unlock()
	return nil, r.p.removeTemplate(in.ID, true)
}
