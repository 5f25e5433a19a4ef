package emulator

import (
	"context"
	"strconv"
)

// unsupported is what the server gets for stickers, files and cards.
const unsupported = "【收到不支持的消息类型，暂无法显示】"

// say shows the person's own message and pushes it. fill writes the nodes of
// its type and may change the bubble.
func (ph *Phone) say(ctx context.Context, msgType string, windowKind int, fill func(m *message, b *Bubble)) *Delivery {
	p := ph.p
	p.mu.Lock()
	u := ph.person()
	if !u.following {
		p.mu.Unlock()
		return ph.refuse(ErrNotFollowing)
	}
	m := startMessage(p.Account.OriginalID, ph.openid, p.now().Unix(), msgType)
	b := Bubble{Via: ViaSelf, Kind: BubbleKind(msgType), MsgID: p.nextID()}
	fill(m, &b)
	m.number("MsgId", b.MsgID)
	u.open(windowKind, p.now())
	p.show(u, b)
	p.mu.Unlock()
	return ph.push(ctx, m.end())
}

// Say sends a text.
func (ph *Phone) Say(ctx context.Context, text string) *Delivery {
	return ph.say(ctx, "text", windowMessage, func(m *message, b *Bubble) {
		b.Text = text
		if ph.p.Faults.ControlCharacters {
			text += "\v"
		}
		m.text("Content", text)
	})
}

// SendUnsupported sends something the platform hands on as a standing text,
// such as a sticker.
func (ph *Phone) SendUnsupported(ctx context.Context) *Delivery {
	return ph.say(ctx, "text", windowMessage, func(m *message, b *Bubble) {
		b.Text = "[表情]"
		m.text("Content", unsupported)
	})
}

// SendImage sends a picture; the server gets a MediaId good for three days and
// a lasting PicUrl.
func (ph *Phone) SendImage(ctx context.Context, data []byte) *Delivery {
	return ph.say(ctx, "image", windowMessage, func(m *message, b *Bubble) {
		f := ph.p.store("image", "image", data, false)
		b.MediaID = f.id
		m.text("PicUrl", ph.p.fileURL(f))
		m.text("MediaId", f.id)
	})
}

// SendVoice sends a voice message. The recording is handed on as it is, under
// both of the ids that the platform gives for 8 and 16 kHz. Real phones send
// AMR; MP3, which browsers can play, is told by its Format.
func (ph *Phone) SendVoice(ctx context.Context, recording []byte) *Delivery {
	format := "amr"
	if ext, _ := sniff(recording); ext == "mp3" {
		format = ext
	}
	return ph.say(ctx, "voice", windowMessage, func(m *message, b *Bubble) {
		f := ph.p.store("voice", "voice."+format, recording, false)
		wide := ph.p.store("voice", "voice16k."+format, recording, false)
		b.MediaID = f.id
		m.text("MediaId", f.id)
		m.text("Format", format)
		m.text("MediaId16K", wide.id)
	})
}

// SendVideo sends a video with its cover picture.
func (ph *Phone) SendVideo(ctx context.Context, mp4, cover []byte) *Delivery {
	return ph.say(ctx, "video", windowMessage, func(m *message, b *Bubble) {
		f, thumb := ph.p.store("video", "video.mp4", mp4, false), ph.p.store("thumb", "cover.jpg", cover, false)
		b.MediaID = f.id
		m.text("MediaId", f.id)
		m.text("ThumbMediaId", thumb.id)
	})
}

// SendLocation sends a place; degrees of latitude and longitude.
func (ph *Phone) SendLocation(ctx context.Context, lat, lng float64, label string) *Delivery {
	return ph.say(ctx, "location", windowMessage, func(m *message, b *Bubble) {
		b.Place = &Place{lat, lng, 15, label}
		b.Text = label
		m.decimal("Location_X", lat)
		m.decimal("Location_Y", lng)
		m.number("Scale", 15)
		m.text("Label", label)
	})
}

// SendLink forwards a web page.
func (ph *Phone) SendLink(ctx context.Context, title, description, url string) *Delivery {
	return ph.say(ctx, "link", windowMessage, func(m *message, b *Bubble) {
		b.Text, b.Detail, b.URL = title, description, url
		m.text("Title", title)
		m.text("Description", description)
		m.text("Url", url)
	})
}

// TapMenuItem taps an item of a msgmenu: a text that carries the item's id and
// opens the short window of a click, not the long one of a message.
func (ph *Phone) TapMenuItem(ctx context.Context, id, content string) *Delivery {
	return ph.say(ctx, "text", windowClick, func(m *message, b *Bubble) {
		b.Text = content
		m.text("Content", content)
		if n, err := strconv.ParseInt(id, 10, 64); err == nil {
			m.number("bizmsgmenuid", n)
		} else {
			m.text("bizmsgmenuid", id)
		}
	})
}
