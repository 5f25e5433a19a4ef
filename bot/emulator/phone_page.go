package emulator

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// phonePage is what phone.html shows.
type phonePage struct {
	Dock    dockView
	Account string
	Name    string // of the person
	Note    string
	Alert   string // what went wrong
	Typing  bool
	Alone   bool // not in a frame of another page
	Earlier bool // there are older bubbles, at ?all=1
	After   string
	Bubbles []bubbleView
}

// dockView is the bar at the bottom, and everything behind its plus sign.
type dockView struct {
	Path      string
	Account   string
	Mark      string // changes with the menu and with following
	Embed     bool
	Following bool
	Menu      []buttonView
	Places    []PhonePlace
	Codes     []codeView
	Notices   []noticeView

	Tool, Event, Key string // the tool a menu button opened
}

// buttonView is a button of the menu bar.
type buttonView struct {
	At, Name, Type, Key, URL string
	Tool                     string // tool that the button needs
	Sub                      []buttonView
}

type codeView struct{ Key, Ticket string }

type noticeView struct {
	ID, Title string
	Left      int
}

// bubblesShown is how many bubbles a page has at first.
const bubblesShown = 200

// show is GET /phone/{openid}.
func (s *phones) show(w http.ResponseWriter, r *http.Request, ph *Phone) {
	render(w, http.StatusOK, "phone.html", s.page(ph, r, ""))
}

func (s *phones) page(ph *Phone, r *http.Request, alert string) phonePage {
	profile := ph.Profile()
	page := phonePage{
		Dock: s.dock(ph), Account: s.p.account().Name, Name: profile.Name, Note: s.notes[ph.openid],
		Alert: alert, Typing: profile.Typing, Bubbles: s.bubbles(ph, 0),
	}
	// Queries only: what a failed form carries must not open anything.
	q := r.URL.Query()
	page.Dock.Embed = r.FormValue("embed") != ""
	page.Dock.Tool, page.Dock.Event, page.Dock.Key = q.Get("tool"), q.Get("event"), q.Get("key")
	if shown := q.Get("templates"); shown != "" {
		wanted := strings.Split(shown, ",")
		page.Dock.Notices = slices.DeleteFunc(page.Dock.Notices, func(n noticeView) bool { return !slices.Contains(wanted, n.ID) })
	}
	page.Alone = !page.Dock.Embed
	var last int64
	if n := len(page.Bubbles); n > 0 {
		last = page.Bubbles[n-1].Seq
		if n > bubblesShown && q.Get("all") == "" {
			page.Earlier, page.Bubbles = true, page.Bubbles[n-bubblesShown:]
		}
	}
	for i := range page.Bubbles {
		page.Bubbles[i].Embed = page.Dock.Embed
	}
	page.After = s.p.run + "-" + formatID(last)
	return page
}

// dock describes the bar at the bottom as it is now.
func (s *phones) dock(ph *Phone) dockView {
	p := s.p
	d := dockView{Path: phonePath(ph.openid), Places: s.o.Places}
	p.mu.Lock()
	defer p.mu.Unlock()
	u := ph.person()
	d.Account, d.Following = p.Account.Name, u.following
	d.Menu = buttonViews(p.menuFor(u).Buttons, "")
	for _, t := range p.templatesOf(true) {
		d.Notices = append(d.Notices, noticeView{t.ID, t.Title, u.accepts[t.ID]})
	}
	d.Codes = p.codesOnOffer()
	state, _ := json.Marshal([]any{d.Account, d.Following, d.Menu}) // plain values always encode
	sum := sha256.Sum256(state)
	d.Mark = hex.EncodeToString(sum[:8])
	return d
}

// tools are the parts of the plus panel that buttons of the menu need.
var tools = map[string]string{
	"pic_sysphoto": "image", "pic_photo_or_album": "image", "pic_weixin": "image",
	"scancode_push": "scan", "scancode_waitmsg": "scan", "location_select": "location",
}

func buttonViews(buttons []Button, under string) []buttonView {
	list := make([]buttonView, 0, len(buttons))
	for i, b := range buttons {
		at := under + formatID(int64(i))
		list = append(list, buttonView{at, b.Name, b.Type, b.Key, b.URL, tools[b.Type], buttonViews(b.Sub, at+".")})
	}
	return list
}

// codesOffered bounds the codes to choose from.
const codesOffered = 12

// codesOnOffer lists codes that can be scanned now, those that expire first,
// the newest of them on top. Held lock: mu.
func (p *Platform) codesOnOffer() []codeView {
	var valid []*scene
	for name, s := range p.codes {
		if name == s.ticket && (s.lasting || p.now().Before(s.end)) {
			valid = append(valid, s)
		}
	}
	slices.SortFunc(valid, func(a, b *scene) int {
		switch {
		case a.lasting != b.lasting:
			if b.lasting {
				return -1
			}
			return 1
		case !a.lasting && !a.end.Equal(b.end):
			return b.end.Compare(a.end)
		}
		return cmp.Compare(a.key(), b.key())
	})
	var list []codeView
	for _, s := range valid[:min(len(valid), codesOffered)] {
		list = append(list, codeView{s.key(), s.ticket})
	}
	return list
}

// stampGap is how long a chat must rest before the next time stamp.
const stampGap = 5 * time.Minute

var weekdays = [...]string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"}

// stamp is a time as the client writes it: shorter the nearer it is.
func stamp(at, now time.Time) string {
	at, now = at.In(beijing), now.In(beijing)
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, beijing) }
	clock := at.Format("15:04")
	switch days := int(day(now).Sub(day(at)).Hours() / 24); {
	case days == 0:
		return clock
	case days == 1:
		return "昨天 " + clock
	case days > 1 && days < 7:
		return weekdays[at.Weekday()] + " " + clock
	case at.Year() == now.Year():
		return at.Format("1月2日 ") + clock
	}
	return at.Format("2006年1月2日 ") + clock
}
