package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	qrcode "github.com/skip2/go-qrcode"
)

// scene is a QR code with a parameter.
type scene struct {
	ticket  string
	url     string // what the picture encodes
	id      int64  // numeric scene
	text    string // string scene; "" means numeric
	lasting bool
	end     time.Time
}

// key is the scene as events carry it.
func (s *scene) key() string {
	if s.text != "" {
		return s.text
	}
	return strconv.FormatInt(s.id, 10)
}

// index names a code for reuse: permanent codes of one scene are one code.
func (s *scene) index() string { return fmt.Sprintf("%d/%s", s.id, s.text) }

// Limits of codes.
const (
	sceneTextLimit = 64
	codeLife       = 2592000 * time.Second
	codeDefault    = 60 * time.Second // unsure
	codesKept      = 100_000
)

// addScene registers a code. Held lock: mu.
func (p *Platform) addScene(s *scene) *scene {
	s.ticket = secret("gQ", 94) + "=="
	s.url = "http://weixin.qq.com/q/" + secret("02", 24)
	p.codes[s.ticket] = s
	p.codes[s.url] = s
	if s.lasting {
		p.scenes[s.index()] = s
	}
	return s
}

// codeOf finds a code by ticket or URL; nil when unknown or expired.
func (p *Platform) codeOf(code string) *scene {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.codes[code]
	if s == nil || !s.lasting && !p.now().Before(s.end) {
		return nil
	}
	return s
}

// sceneOf finds the permanent code of a scene value, or makes it, as if it had
// been printed long ago.
func (p *Platform) sceneOf(value string) (*scene, error) {
	if value == "" || utf8.RuneCountInString(value) > sceneTextLimit {
		return nil, ErrNoSuchCode
	}
	s := &scene{text: value, lasting: true}
	if id, err := strconv.ParseInt(value, 10, 64); err == nil && id >= 1 && id <= 100_000 {
		s = &scene{id: id, lasting: true}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if known := p.scenes[s.index()]; known != nil {
		return known, nil
	}
	return p.addScene(s), nil
}

// qrCreate is POST /cgi-bin/qrcode/create.
func (r *apiRequest) qrCreate() (any, error) {
	var in struct {
		Expire json.Number `json:"expire_seconds"`
		Action string      `json:"action_name"`
		Info   struct {
			Scene struct {
				ID   int64  `json:"scene_id"`
				Text string `json:"scene_str"`
			} `json:"scene"`
		} `json:"action_info"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	id, text := in.Info.Scene.ID, in.Info.Scene.Text
	goodText := id == 0 && text != "" && utf8.RuneCountInString(text) <= sceneTextLimit
	s := &scene{id: id, text: text}
	good := false
	switch in.Action {
	case "QR_SCENE":
		good = text == "" && id > 0 && id <= 1<<32-1
	case "QR_STR_SCENE":
		good = goodText
	case "QR_LIMIT_SCENE":
		good, s.lasting = text == "" && id >= 1 && id <= 100_000, true
	case "QR_LIMIT_STR_SCENE":
		good, s.lasting = goodText, true
	default:
		return nil, fail(40052)
	}
	if !good {
		return nil, fail(40053)
	}
	life := codeDefault
	if in.Expire != "" {
		seconds, err := in.Expire.Int64()
		if err != nil || seconds < 1 || seconds > int64(codeLife/time.Second) {
			return nil, failf(40035, "expire_seconds")
		}
		life = time.Duration(seconds) * time.Second
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if known := p.scenes[s.index()]; s.lasting && known != nil {
		s = known
	} else {
		if s.lasting && len(p.scenes) >= codesKept {
			return nil, fail(45029)
		}
		s.end = p.now().Add(life)
		p.addScene(s)
	}
	answer := map[string]any{"ticket": s.ticket, "url": s.url}
	if !s.lasting {
		answer["expire_seconds"] = int64(life / time.Second)
	}
	return answer, nil
}

// showCode is GET /cgi-bin/showqrcode?ticket=…: the picture, without login.
func (p *Platform) showCode(w http.ResponseWriter, r *http.Request) {
	s := p.codeOf(r.URL.Query().Get("ticket"))
	if s == nil {
		http.NotFound(w, r)
		return
	}
	picture, err := qrcode.Encode(s.url, qrcode.Medium, 430)
	if err != nil {
		http.Error(w, "cannot draw the code", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(picture) // the client may be gone
}
