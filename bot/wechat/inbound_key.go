package wechat

import "strconv"

// key names the message or event behind a push, the same for all its deliveries: MsgId for messages, for
// events what tells two of them in one second apart. (The platform's own advice for events, sender and
// second, makes one out of two quick taps on a menu.)
func (in *Inbound) key() string {
	var room [256]byte
	k := append(room[:0], in.Type...)
	add := func(s string) {
		k = append(k, 0) // cannot stand in clean XML
		k = append(k, s...)
	}
	addNumber := func(n int64) {
		k = append(k, 0)
		k = strconv.AppendInt(k, n, 10)
	}
	if in.MsgID != 0 && in.Type != TypeEvent {
		addNumber(in.MsgID)
		return shortHash(k)
	}
	add(string(in.Event))
	switch in.Event {
	case EventTemplateJob, EventMassJob:
		if in.JobMsgID != 0 {
			addNumber(in.JobMsgID)
			return shortHash(k)
		}
	case EventPublishJob:
		if in.Publish != nil && in.Publish.ID != "" {
			// One job is reported again when its articles are deleted or banned later.
			add(in.Publish.ID)
			addNumber(int64(in.Publish.Status))
			return shortHash(k)
		}
	case EventSubscribeSent:
		if len(in.Items) > 0 && in.Items[0].MsgID != 0 {
			for _, i := range in.Items {
				addNumber(i.MsgID)
			}
			return shortHash(k)
		}
	}
	add(string(in.From))
	addNumber(in.Created.Unix())
	add(in.EventKey)
	for _, i := range in.Items {
		add(i.TemplateID)
		add(i.Status)
	}
	if in.Type != TypeEvent {
		add(in.Text)
		add(in.MediaID)
	}
	return shortHash(k)
}
