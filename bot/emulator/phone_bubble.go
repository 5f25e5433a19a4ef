package emulator

import (
	"bytes"
	"image"
	_ "image/gif"  // sizes of pictures people send
	_ "image/jpeg" // likewise
	_ "image/png"  // likewise
	"strings"
	"time"
)

// bubbleView is a bubble as bubble.html draws it.
type bubbleView struct {
	Bubble
	Path    string // of the phone
	Embed   bool
	Stamp   string // time stamp above; "" for none
	Machine string // the same time for programs
	Mine    bool
	Face    string // letter on the person's picture
	Rich    []textPart
	Head    []textPart // of a msgmenu
	Tail    []textPart
	Facts   []Line // Lines, with labels as the card shows them
	Media   *mediaView
}

// mediaView is a picture or recording of a bubble.
type mediaView struct {
	URL           string
	Width, Height int // of pictures; 0 if unknown
	Seconds       int // of recordings; 0 if unknown
	Size          int // width class of a recording, 1 to 5
	Playable      bool
	Name          string
}

// bubbles draws the chat after a sequence number.
func (s *phones) bubbles(ph *Phone, after int64) []bubbleView {
	chat, name, now := ph.Chat(), ph.Profile().Name, s.p.Time()
	var list []bubbleView
	for i, b := range chat {
		if b.Seq <= after {
			continue
		}
		v := bubbleView{Bubble: b, Path: phonePath(ph.openid), Mine: b.Via == ViaSelf, Face: face(name)}
		if i == 0 || b.At.Sub(chat[i-1].At) >= stampGap {
			v.Stamp, v.Machine = stamp(b.At, now), b.At.In(beijing).Format(time.RFC3339)
		}
		v.Rich = textParts(b.Text, !v.Mine)
		if b.Menu != nil {
			v.Head, v.Tail = textParts(b.Menu.Head, true), textParts(b.Menu.Tail, true)
		}
		for _, line := range b.Lines {
			line.Label = strings.TrimRight(line.Label, "：: ")
			v.Facts = append(v.Facts, line)
		}
		if b.MediaID != "" {
			v.Media = s.media(v.Path, b.MediaID)
		}
		list = append(list, v)
	}
	return list
}

// media describes a file by its bytes.
func (s *phones) media(path, id string) *mediaView {
	s.p.mu.Lock()
	f := s.p.files[id]
	s.p.mu.Unlock()
	if f == nil {
		return nil
	}
	v := &mediaView{URL: path + "/media/" + f.id, Name: f.fileName(), Size: 2}
	ext, _ := sniff(f.data)
	v.Playable = ext == "mp3" || ext == "wav"
	if length := amrLength(f.data); length > 0 {
		v.Seconds = max(1, int(length.Round(time.Second)/time.Second))
		v.Size = min(5, 1+v.Seconds/5)
	}
	if f.kind == "image" {
		if c, _, err := image.DecodeConfig(bytes.NewReader(f.data)); err == nil {
			v.Width, v.Height = c.Width, c.Height
		}
	}
	return v
}

// sampleVoice is 3 s of AMR narrow band at 12.2 kbit/s: 150 frames with every
// parameter at zero, which is silence.
var sampleVoice = append([]byte("#!AMR\n"), bytes.Repeat(append([]byte{0x3c}, make([]byte, 31)...), 150)...)
