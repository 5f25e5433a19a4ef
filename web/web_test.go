package web_test

import (
	"bytes"
	"crypto/sha256"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"echowall"
	"echowall/content"
	"echowall/store"
	"echowall/store/redistest"
	"echowall/web"
)

var china = time.FixedZone("CST", 8*3600)

// A Monday morning.
var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, china)

// site is a whole web surface on a real store.
type site struct {
	*httptest.Server
	t      *testing.T
	store  *store.Store
	wishes *echowall.Wishes
	study  *echowall.Study
	signer *web.Signer
	config web.Config
	log    *bytes.Buffer

	mu  sync.Mutex
	now time.Time
}

func (s *site) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *site) at(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = t
}

func newSite(t *testing.T, change ...func(*web.Config)) *site {
	t.Helper()
	pack, _, err := content.Open("")
	if err != nil {
		t.Fatal(err)
	}
	pack.Words.OnMisuse = func(err error) { t.Error(err) }
	s := &site{t: t, now: monday, log: new(bytes.Buffer)}
	secret := sha256.Sum256([]byte("a secret for tests"))
	s.store, err = store.Open(t.Context(), store.Config{URL: redistest.Run(t).URL(), Account: "test", Secret: secret[:], Now: s.clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.store.Close() })
	cal := pack.Calendar(china)
	guard := &echowall.Guard{Roster: s.store, Access: s.store}
	s.wishes = &echowall.Wishes{Store: s.store, Contacts: s.store, Guard: guard, Calendar: cal, Now: s.clock}
	s.study = &echowall.Study{Store: s.store, Guard: guard, Syllabus: echowall.NewSyllabus(pack.Lessons, echowall.DateOf(monday), cal), Calendar: cal, Now: s.clock}
	var handler http.Handler
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(s.Close)
	s.signer = web.NewSigner(secret[:], s.URL, s.clock)
	s.config = web.Config{
		Pack: pack, Wishes: s.wishes, Study: s.study, People: &echowall.People{Store: s.store, Roster: s.store, Access: s.store, Sessions: s.store, Now: s.clock}, Media: s.store, Signer: s.signer,
		Account: "柳桥回音壁", Now: s.clock, Location: china, Logger: slog.New(slog.NewTextHandler(s.log, nil)),
	}
	for _, c := range change {
		c(&s.config)
	}
	srv, err := web.New(s.config)
	if err != nil {
		t.Fatal(err)
	}
	handler = srv.Handler()
	s.must(s.store.PutStations(t.Context(),
		echowall.Station{ID: "s1", Name: "柳桥街道联络站", Kind: echowall.StationStreet},
		echowall.Station{ID: "c1", Name: "竹园社区联络站", Kind: echowall.StationCommunity, Parent: "s1", Aliases: []string{"竹园"}, Phone: "000-0000-1234"},
		echowall.Station{ID: "c2", Name: "梧桐里社区联络站", Kind: echowall.StationCommunity, Parent: "s1", Aliases: []string{"梧桐里"}},
	))
	return s
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

var (
	author  = echowall.AuthorID("a-the-author-0001")
	officer = &echowall.Who{Person: "p-officer-0000001", Grants: []echowall.Grant{{Role: echowall.RoleLiaison, Scope: "c1"}, {Role: echowall.RoleLiaison, Scope: "c2"}}}
	head    = &echowall.Who{Person: "p-stationhead-001", Grants: []echowall.Grant{{Role: echowall.RoleHead, Scope: "c1"}, {Role: echowall.RoleHead, Scope: "c2"}}}
)

const secretWords = "住在3幢502的李桂芳说"

// submit hands in a wish whose own text must never be seen by others.
func (s *site) submit(text string, media ...string) string {
	s.t.Helper()
	w, err := s.wishes.Submit(s.t.Context(), echowall.Wish{Text: text, Place: "竹园东门", Author: author, Media: media, MayPublish: true}, echowall.FromChat)
	s.must(err)
	return w.Number
}

func (s *site) accept(number string) {
	s.t.Helper()
	_, err := s.wishes.Accept(s.t.Context(), officer, number, echowall.FromChat)
	s.must(err)
}

func (s *site) answer(number string, class echowall.Outcome, text string) {
	s.t.Helper()
	a := echowall.Answer{Class: class, Text: text}
	if class.NeedsPromise() {
		a.Promise = echowall.Date{Year: 2027, Month: 6, Day: 30}
	}
	_, err := s.wishes.Answer(s.t.Context(), officer, number, a, echowall.FromChat)
	s.must(err)
}

func (s *site) publish(number, text string) {
	s.t.Helper()
	_, err := s.wishes.Redact(s.t.Context(), officer, number, text, echowall.FromChat)
	s.must(err)
	_, err = s.wishes.Publish(s.t.Context(), head, number, echowall.FromChat)
	s.must(err)
}

func (s *site) rateBy(number string, r echowall.Rating) {
	s.t.Helper()
	_, err := s.wishes.Rate(s.t.Context(), author, number, r, echowall.FromChat)
	s.must(err)
}

func (s *site) photo(width, height int) string {
	s.t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		for y := range height {
			img.Set(x, y, color.RGBA{uint8(60 + x*80/width), uint8(70 + y*80/height), 90, 255})
		}
	}
	var b bytes.Buffer
	s.must(jpeg.Encode(&b, img, nil))
	m, err := s.store.PutMedia(s.t.Context(), "image/jpeg", b.Bytes())
	s.must(err)
	return m.ID
}

// answerOf is what came back for one request.
type answerOf struct {
	*http.Response
	body string
	doc  *html.Node
}

// get asks for a path or an absolute address of the site. Redirects are not followed.
func (s *site) get(address string, header ...string) answerOf {
	s.t.Helper()
	return s.do(http.MethodGet, address, "", header...)
}

func (s *site) do(method, address, form string, header ...string) answerOf {
	s.t.Helper()
	if !strings.HasPrefix(address, "http") {
		address = s.URL + address
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, address, strings.NewReader(form))
	s.must(err)
	if form != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := noRedirects.Do(req)
	s.must(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	s.must(err)
	a := answerOf{Response: res, body: string(body)}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		a.doc, err = html.Parse(bytes.NewReader(body))
		s.must(err)
	}
	return a
}

var noRedirects = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// all finds elements by tag and, if class is not empty, by one of their classes.
func (a answerOf) all(tag, class string) []*html.Node {
	var found []*html.Node
	if a.doc == nil {
		return nil
	}
	for n := range a.doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == tag && (class == "" || hasClass(n, class)) {
			found = append(found, n)
		}
	}
	return found
}

// texts are the texts of the elements found by all.
func (a answerOf) texts(tag, class string) []string {
	var out []string
	for _, n := range a.all(tag, class) {
		out = append(out, textOf(n))
	}
	return out
}

func (a answerOf) text() string { return textOf(a.doc) }

func hasClass(n *html.Node, class string) bool {
	for _, c := range strings.Fields(attr(n, "class")) {
		if c == class {
			return true
		}
	}
	return false
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.Data != "title" {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func contains(t *testing.T, text string, wants ...string) {
	t.Helper()
	for _, w := range wants {
		if !strings.Contains(text, w) {
			t.Errorf("%q is missing in:\n%s", w, text)
		}
	}
}

func lacks(t *testing.T, text string, secrets ...string) {
	t.Helper()
	for _, w := range secrets {
		if strings.Contains(text, w) {
			t.Errorf("%q must not be in:\n%s", w, text)
		}
	}
}
