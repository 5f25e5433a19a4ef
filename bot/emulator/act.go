package emulator

import (
	"context"
	"crypto/md5"
	"encoding/hex"
)

// act pushes an event of a follower. A window kind below zero opens none.
func (ph *Phone) act(ctx context.Context, event string, windowKind int, fill func(m *message)) *Delivery {
	p := ph.p
	p.mu.Lock()
	u := ph.person()
	if !u.following {
		p.mu.Unlock()
		return ph.refuse(ErrNotFollowing)
	}
	if windowKind >= 0 {
		u.open(windowKind, p.now())
	}
	m := ph.event(event)
	fill(m)
	p.mu.Unlock()
	return ph.push(ctx, m.end())
}

// noWindow marks actions that do not let the account write.
const noWindow = -1

// Click taps a click button of the menu bar by its key.
func (ph *Phone) Click(ctx context.Context, key string) *Delivery {
	return ph.act(ctx, "CLICK", windowClick, func(m *message) { m.text("EventKey", key) })
}

// View taps a view button of the menu bar by its URL.
func (ph *Phone) View(ctx context.Context, url string) *Delivery {
	return ph.act(ctx, "VIEW", noWindow, func(m *message) {
		m.text("EventKey", url)
		m.text("MenuId", ph.p.menu.id())
	})
}

// ViewMiniProgram taps a mini-program button by its page path.
func (ph *Phone) ViewMiniProgram(ctx context.Context, pagePath string) *Delivery {
	return ph.act(ctx, "view_miniprogram", noWindow, func(m *message) {
		m.text("EventKey", pagePath)
		m.text("MenuId", ph.p.menu.id())
	})
}

// ScanCode taps a scancode button and scans a QR code or barcode of any kind.
// With wait, the client waits for the server's answer.
func (ph *Phone) ScanCode(ctx context.Context, key, scanType, result string, wait bool) *Delivery {
	event := "scancode_push"
	if wait {
		event = "scancode_waitmsg"
	}
	return ph.act(ctx, event, windowClick, func(m *message) {
		m.text("EventKey", key)
		m.group("ScanCodeInfo", func() {
			m.text("ScanType", scanType)
			m.text("ScanResult", result)
		})
	})
}

// SendPictures taps a picture button (pic_sysphoto, pic_photo_or_album or
// pic_weixin): the event, then every picture as a message of its own.
func (ph *Phone) SendPictures(ctx context.Context, event, key string, pictures ...[]byte) []*Delivery {
	list := []*Delivery{ph.act(ctx, event, noWindow, func(m *message) {
		m.text("EventKey", key)
		m.group("SendPicsInfo", func() {
			m.number("Count", int64(len(pictures)))
			m.group("PicList", func() {
				for _, picture := range pictures {
					sum := md5.Sum(picture)
					m.group("item", func() { m.text("PicMd5Sum", hex.EncodeToString(sum[:])) })
				}
			})
		})
	})}
	for _, picture := range pictures {
		list = append(list, ph.SendImage(ctx, picture))
	}
	return list
}

// SelectLocation taps a location button: the event, then the location message.
func (ph *Phone) SelectLocation(ctx context.Context, key string, lat, lng float64, label string) []*Delivery {
	return []*Delivery{
		ph.act(ctx, "location_select", noWindow, func(m *message) {
			m.text("EventKey", key)
			m.group("SendLocationInfo", func() {
				m.decimal("Location_X", lat)
				m.decimal("Location_Y", lng)
				m.number("Scale", 15)
				m.text("Label", label)
				m.text("Poiname", "")
			})
		}),
		ph.SendLocation(ctx, lat, lng, label),
	}
}

// ReportLocation is the position a consenting follower's client sends on
// entering the chat.
func (ph *Phone) ReportLocation(ctx context.Context, lat, lng, precision float64) *Delivery {
	if !ph.p.can(AbilityLocation) {
		return ph.refuse(ErrNotGranted)
	}
	return ph.act(ctx, "LOCATION", noWindow, func(m *message) {
		m.decimal("Latitude", lat)
		m.decimal("Longitude", lng)
		m.decimal("Precision", precision)
	})
}

// TapButton does what tapping a button of the present menu does. Buttons that
// need more than a tap (pictures, codes, places) have methods of their own.
func (ph *Phone) TapButton(ctx context.Context, name string) *Delivery {
	b := ph.p.Menu().find(name)
	switch {
	case b == nil:
		return ph.refuse(ErrNoSuchButton)
	case b.Type == "click":
		return ph.Click(ctx, b.Key)
	case b.Type == "view":
		return ph.View(ctx, b.URL)
	case b.Type == "miniprogram":
		return ph.ViewMiniProgram(ctx, b.PagePath)
	}
	return ph.refuse(ErrNoSuchButton)
}

// SubscribePopup answers the subscription pop-up of a page: which templates
// the person accepts and which they reject. One accept is one notice, for
// long-term templates any number.
func (ph *Phone) SubscribePopup(ctx context.Context, accepts, rejects []string) *Delivery {
	p := ph.p
	p.mu.Lock()
	u := ph.person()
	m := ph.event("subscribe_msg_popup_event")
	m.group("SubscribeMsgPopupEvent", func() {
		item := func(id, status string) {
			m.group("List", func() {
				m.text("TemplateId", id)
				m.text("SubscribeStatusString", status)
				m.text("PopupScene", "1")
			})
		}
		for _, id := range accepts {
			if u.accepts == nil {
				u.accepts = map[string]int{}
			}
			u.accepts[id]++
			item(id, "accept")
		}
		for _, id := range rejects {
			item(id, "reject")
		}
	})
	p.mu.Unlock()
	return ph.push(ctx, m.end())
}

// RejectNotices withdraws consent in the client's settings.
func (ph *Phone) RejectNotices(ctx context.Context, templates ...string) *Delivery {
	p := ph.p
	p.mu.Lock()
	u := ph.person()
	m := ph.event("subscribe_msg_change_event")
	m.group("SubscribeMsgChangeEvent", func() {
		for _, id := range templates {
			delete(u.accepts, id)
			m.group("List", func() {
				m.text("TemplateId", id)
				m.text("SubscribeStatusString", "reject")
			})
		}
	})
	p.mu.Unlock()
	return ph.push(ctx, m.end())
}

// NoticesLeft is how many notices of the template the person still accepts.
func (ph *Phone) NoticesLeft(template string) int {
	ph.p.mu.Lock()
	defer ph.p.mu.Unlock()
	return ph.person().accepts[template]
}
