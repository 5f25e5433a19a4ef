package emulator

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// file is a piece of media: sent by a person, uploaded for three days, or
// permanent.
type file struct {
	id        string
	kind      string // image, voice, video, thumb
	name      string
	data      []byte
	mime      string
	permanent bool
	created   time.Time
	title     string // of permanent videos
	intro     string
}

// mediaLife is how long a temporary media_id works.
const mediaLife = 72 * time.Hour

func (f *file) expired(now time.Time) bool {
	return !f.permanent && !now.Before(f.created.Add(mediaLife))
}

// store keeps a piece of media under a new media_id. Held lock: mu.
func (p *Platform) store(kind, name string, data []byte, permanent bool) *file {
	_, mime := sniff(data)
	f := &file{
		id: secret("", 64), kind: kind, name: name, data: bytes.Clone(data),
		mime: mime, permanent: permanent, created: p.now(),
	}
	p.files[f.id] = f
	return f
}

// needFile answers 40007 unless the media exist and are of the kind. Held
// lock: mu.
func (p *Platform) needFile(id, kind string) error {
	f := p.files[id]
	if f == nil || f.expired(p.now()) {
		return fail(40007)
	}
	if kind != "" && f.kind != kind && (kind != "thumb" || f.kind != "image") {
		return failf(40007, "it is of type %s", f.kind)
	}
	return nil
}

// filePath is where files are served without a token, as the platform's
// picture host does.
const filePath = "/mmbiz/"

func (p *Platform) fileURL(f *file) string { return p.URL() + filePath + url.PathEscape(f.id) }

// serveFile is the picture host.
func (p *Platform) serveFile(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	f := p.files[r.PathValue("id")]
	p.mu.Unlock()
	if f == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", f.mime)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(w, r, "", f.created, bytes.NewReader(f.data))
}

// sniff tells a format by its first bytes: extension and MIME type.
func sniff(data []byte) (ext, mime string) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return "jpg", "image/jpeg"
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return "png", "image/png"
	case bytes.HasPrefix(data, []byte("GIF8")):
		return "gif", "image/gif"
	case bytes.HasPrefix(data, []byte("BM")):
		return "bmp", "image/bmp"
	case bytes.HasPrefix(data, []byte("#!AMR")):
		return "amr", "audio/amr"
	case bytes.HasPrefix(data, []byte("ID3")), len(data) > 1 && data[0] == 0xff && data[1]&0xe0 == 0xe0:
		return "mp3", "audio/mpeg"
	case bytes.HasPrefix(data, []byte("RIFF")) && len(data) > 12 && string(data[8:12]) == "WAVE":
		return "wav", "audio/wav"
	case bytes.HasPrefix(data, []byte("\x30\x26\xb2\x75\x8e\x66\xcf\x11")):
		return "wma", "audio/x-ms-wma"
	case len(data) > 8 && string(data[4:8]) == "ftyp":
		return "mp4", "video/mp4"
	}
	return "", "application/octet-stream"
}

// mediaRule is what one kind of media may be.
type mediaRule struct {
	formats string // temporary
	lasting string // permanent
	size    int    // bytes
	tooBig  int    // errcode beyond size
}

var mediaRules = map[string]mediaRule{
	"image": {"png jpg gif", "png jpg gif bmp", 10 << 20, 40009},
	"voice": {"amr mp3", "amr mp3 wma wav", 2 << 20, 40010},
	"video": {"mp4", "mp4", 10 << 20, 40011},
	"thumb": {"jpg", "jpg", 64 << 10, 40012},
}

// checkFile applies the rules of its kind to an upload.
func checkFile(kind string, data []byte, permanent bool) error {
	rule, ok := mediaRules[kind]
	switch {
	case !ok:
		return fail(40004)
	case len(data) == 0:
		return fail(44001)
	case len(data) > rule.size:
		return failf(rule.tooBig, "%d bytes, at most %d", len(data), rule.size)
	}
	ext, _ := sniff(data)
	formats := rule.formats
	if permanent {
		formats = rule.lasting
	}
	if ext == "" || !bytes.Contains([]byte(" "+formats+" "), []byte(" "+ext+" ")) {
		return failf(40005, "%s must be one of %s", kind, formats)
	}
	if kind == "voice" && ext == "amr" && amrLength(data) > time.Minute {
		return fail(45007)
	}
	return nil
}

// amrLength adds up the 20 ms frames of a narrow-band AMR file; 0 for others.
func amrLength(data []byte) time.Duration {
	frames, ok := bytes.CutPrefix(data, []byte("#!AMR\n"))
	if !ok {
		return 0
	}
	sizes := [16]int{12, 13, 15, 17, 19, 20, 26, 31, 5, 0, 0, 0, 0, 0, 0, 0}
	var n int
	for len(frames) > 0 {
		frames = frames[min(len(frames), 1+sizes[frames[0]>>3&15]):]
		n++
	}
	return time.Duration(n) * 20 * time.Millisecond
}

// fileName is what a download is called.
func (f *file) fileName() string {
	ext, _ := sniff(f.data)
	if ext == "" {
		ext = "bin"
	}
	return fmt.Sprintf("%s.%s", f.id[:16], ext)
}
