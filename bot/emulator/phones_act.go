package emulator

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// patience is how long a browser waits for an action to show its effect before
// it gets its page. The delivery itself may take three deadlines.
const patience = time.Second

// liveHeader is set by the script: it wants no page, the stream brings it all.
const liveHeader = "Phone-Live"

// perform runs an action in the background, owned by the platform, and answers
// the browser: at once where a script listens to the stream; otherwise with
// the page as soon as there is something to see.
func (s *phones) perform(w http.ResponseWriter, r *http.Request, ph *Phone, shows bool, do func(ctx context.Context)) {
	live := r.Header.Get(liveHeader) != ""
	before := ph.newest()
	var done atomic.Bool
	s.p.background(func(ctx context.Context) {
		defer done.Store(true)
		do(ctx)
	})
	if shows || !live {
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		// Running out of patience is no failure: the rest arrives later.
		_ = s.p.await(ctx, func() bool { return done.Load() || live && ph.person().seq > before })
	}
	s.done(w, r, ph)
}

// done ends an action that went well.
func (s *phones) done(w http.ResponseWriter, r *http.Request, ph *Phone) {
	if r.Header.Get(liveHeader) != "" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	to := phonePath(ph.openid)
	if r.FormValue("embed") != "" {
		to += "?embed=1"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// complain ends an action that the person could not do.
func (s *phones) complain(w http.ResponseWriter, r *http.Request, ph *Phone, status int, text string) {
	if r.Header.Get(liveHeader) != "" {
		http.Error(w, text, status)
		return
	}
	render(w, status, "phone.html", s.page(ph, r, text))
}

// note writes a grey line on the screen, as the client itself does.
func (s *phones) note(ph *Phone, text string) {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.show(ph.person(), Bubble{Via: ViaSystem, Kind: KindSystem, Text: text})
}

// newest is the sequence number of the last bubble.
func (ph *Phone) newest() int64 {
	ph.p.mu.Lock()
	defer ph.p.mu.Unlock()
	return ph.person().seq
}

// follows checks that the person may write; otherwise it answers.
func (s *phones) follows(w http.ResponseWriter, r *http.Request, ph *Phone) bool {
	if ph.Profile().Following {
		return true
	}
	s.complain(w, r, ph, http.StatusConflict, "还没有关注，请先点“关注公众号”。")
	return false
}

// say sends a text.
func (s *phones) say(w http.ResponseWriter, r *http.Request, ph *Phone) {
	text := strings.ReplaceAll(r.FormValue("text"), "\r\n", "\n")
	switch {
	case !s.follows(w, r, ph):
	case strings.TrimSpace(text) == "":
		s.complain(w, r, ph, http.StatusBadRequest, "不能发送空白消息。")
	default:
		s.perform(w, r, ph, true, func(ctx context.Context) { ph.Say(ctx, text) })
	}
}

// tap taps an item of a msgmenu that is on the screen.
func (s *phones) tap(w http.ResponseWriter, r *http.Request, ph *Phone) {
	id, seq := r.FormValue("id"), r.FormValue("in")
	if !s.follows(w, r, ph) {
		return
	}
	for _, b := range ph.Chat() {
		if b.Menu == nil || formatID(b.Seq) != seq {
			continue
		}
		for _, item := range b.Menu.Items {
			if item.ID == id {
				s.perform(w, r, ph, true, func(ctx context.Context) { ph.TapMenuItem(ctx, id, item.Content) })
				return
			}
		}
	}
	s.complain(w, r, ph, http.StatusNotFound, "这一项已经不在了。")
}

// image sends a picture, with the event of a picture button if one was tapped.
func (s *phones) image(w http.ResponseWriter, r *http.Request, ph *Phone) {
	data, ok := s.upload(w, r, ph)
	if !ok {
		return
	}
	if ext, _ := sniff(data); ext != "jpg" && ext != "png" && ext != "gif" {
		s.complain(w, r, ph, http.StatusUnsupportedMediaType, "请选一张 JPG、PNG 或 GIF 照片。")
		return
	}
	event, key := r.FormValue("event"), r.FormValue("key")
	s.perform(w, r, ph, true, func(ctx context.Context) {
		if strings.HasPrefix(event, "pic_") {
			ph.SendPictures(ctx, event, key, data)
			return
		}
		ph.SendImage(ctx, data)
	})
}

// voice sends a recording: an uploaded one, or the built-in one of 3 seconds.
func (s *phones) voice(w http.ResponseWriter, r *http.Request, ph *Phone) {
	data := sampleVoice
	if r.FormValue("sample") == "" {
		var ok bool
		if data, ok = s.upload(w, r, ph); !ok {
			return
		}
	} else if !s.follows(w, r, ph) {
		return
	}
	switch ext, _ := sniff(data); {
	case ext != "amr" && ext != "mp3":
		s.complain(w, r, ph, http.StatusUnsupportedMediaType, "请选一段 AMR 或 MP3 录音。")
	case amrLength(data) > time.Minute:
		s.complain(w, r, ph, http.StatusRequestEntityTooLarge, "录音最长 60 秒。")
	default:
		s.perform(w, r, ph, true, func(ctx context.Context) { ph.SendVoice(ctx, data) })
	}
}

// upload reads the one file of a form; if that fails it answers.
func (s *phones) upload(w http.ResponseWriter, r *http.Request, ph *Phone) ([]byte, bool) {
	err := r.ParseMultipartForm(1 << 20)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		s.complain(w, r, ph, http.StatusRequestEntityTooLarge, "文件太大，最大 10 MB。")
		return nil, false
	}
	file, header, err := r.FormFile("file")
	if err != nil {
		s.complain(w, r, ph, http.StatusBadRequest, "请先选一个文件。")
		return nil, false
	}
	defer file.Close()
	if header.Size > uploadLimit {
		s.complain(w, r, ph, http.StatusRequestEntityTooLarge, "文件太大，最大 10 MB。")
		return nil, false
	}
	data, err := io.ReadAll(file)
	if err != nil || len(data) == 0 {
		s.complain(w, r, ph, http.StatusBadRequest, "文件是空的，请换一个。")
		return nil, false
	}
	return data, s.follows(w, r, ph)
}

// location sends a place: one on offer or one typed in.
func (s *phones) location(w http.ResponseWriter, r *http.Request, ph *Phone) {
	if !s.follows(w, r, ph) {
		return
	}
	var place PhonePlace
	if i, err := strconv.Atoi(r.FormValue("place")); err == nil && i >= 0 && i < len(s.o.Places) {
		place = s.o.Places[i]
	} else {
		lat, errLat := strconv.ParseFloat(strings.TrimSpace(r.FormValue("lat")), 64)
		lng, errLng := strconv.ParseFloat(strings.TrimSpace(r.FormValue("lng")), 64)
		// Written so that NaN fails, too.
		if errLat != nil || errLng != nil || !(lat >= -90 && lat <= 90) || !(lng >= -180 && lng <= 180) {
			s.complain(w, r, ph, http.StatusBadRequest, "纬度写 -90 到 90，经度写 -180 到 180，例如 30.2741 和 120.1551。")
			return
		}
		place = PhonePlace{strings.TrimSpace(r.FormValue("label")), lat, lng}
	}
	event, key := r.FormValue("event"), r.FormValue("key")
	s.perform(w, r, ph, true, func(ctx context.Context) {
		if event == "location_select" {
			ph.SelectLocation(ctx, key, place.Lat, place.Lng, place.Label)
			return
		}
		ph.SendLocation(ctx, place.Lat, place.Lng, place.Label)
	})
}

// scan scans a code: a ticket, the address inside it or a scene; after a
// scancode button of the menu, anything.
func (s *phones) scan(w http.ResponseWriter, r *http.Request, ph *Phone) {
	code := strings.TrimSpace(r.FormValue("code"))
	if code == "" {
		code = r.FormValue("choice")
	}
	event, key := r.FormValue("event"), r.FormValue("key")
	if strings.HasPrefix(event, "scancode_") {
		if s.follows(w, r, ph) {
			s.perform(w, r, ph, false, func(ctx context.Context) {
				ph.ScanCode(ctx, key, "qrcode", code, event == "scancode_waitmsg")
			})
		}
		return
	}
	found, err := s.p.codeOrScene(code)
	if err != nil {
		s.complain(w, r, ph, http.StatusNotFound, "没有这个码，或者它已过期。")
		return
	}
	s.perform(w, r, ph, false, func(ctx context.Context) { ph.scan(ctx, found) })
}

// follow starts to follow by search.
func (s *phones) follow(w http.ResponseWriter, r *http.Request, ph *Phone) {
	s.perform(w, r, ph, false, func(ctx context.Context) { ph.Follow(ctx) })
}

// unfollow stops following; the chat stays.
func (s *phones) unfollow(w http.ResponseWriter, r *http.Request, ph *Phone) {
	if !s.follows(w, r, ph) {
		return
	}
	s.note(ph, "您已取消关注，不会再收到消息")
	s.perform(w, r, ph, false, func(ctx context.Context) { ph.Unfollow(ctx) })
}

// popup answers the subscription pop-up: of the templates shown, those ticked
// are accepted and the others rejected.
func (s *phones) popup(w http.ResponseWriter, r *http.Request, ph *Phone) {
	if err := r.ParseForm(); err != nil || len(r.Form["shown"]) == 0 {
		s.complain(w, r, ph, http.StatusBadRequest, "没有可以订阅的通知。")
		return
	}
	ticked := map[string]bool{}
	for _, id := range r.Form["accept"] {
		ticked[id] = true
	}
	var accepts, rejects []string
	for _, id := range r.Form["shown"] {
		if ticked[id] {
			accepts = append(accepts, id)
		} else {
			rejects = append(rejects, id)
		}
	}
	s.perform(w, r, ph, false, func(ctx context.Context) { ph.SubscribePopup(ctx, accepts, rejects) })
}
