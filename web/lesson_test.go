package web_test

import (
	"net/http"
	"strings"
	"testing"

	"echowall"
)

func TestLessonPage(t *testing.T) {
	s := newSite(t)
	l, ok := s.study.Syllabus.ByID("ew-001")
	if !ok {
		t.Fatal("the starter pack has no ew-001")
	}
	res := s.get(s.signer.LessonURL(l.ID))
	if res.StatusCode != 200 || len(res.body) > 60<<10 {
		t.Fatalf("%d, %d bytes", res.StatusCode, len(res.body))
	}
	contains(t, res.text(), l.Title, l.Summary, "读完约 3 分钟", "要点", l.Points[0], l.Questions[0].Stem, l.Questions[0].Options[3].Text,
		"在聊天里直接回复字母即可", l.Sources[0].Name, "审核：编写组自核，2026年11月22日（周日）")
	lacks(t, res.text(), l.Questions[0].Explanation)
	if link := attr(res.all("article", "")[0], "class"); !strings.Contains(link, "card") {
		t.Errorf("article class %q", link)
	}
	found := false
	for _, a := range res.all("a", "") {
		found = found || attr(a, "href") == l.Sources[0].URL && attr(a, "rel") == "noreferrer"
	}
	if !found {
		t.Errorf("no link to %s", l.Sources[0].URL)
	}
	for _, path := range []string{"/m/lesson/none", "/m/lesson/b-b1-2026-11-23", "/m/lesson/b-"} {
		res := s.get(path)
		if want := map[bool]int{true: 403, false: 404}[strings.Contains(path, "b1")]; res.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, want)
		}
	}
}

func TestEveryLessonHasAPage(t *testing.T) {
	s := newSite(t)
	for _, l := range s.config.Pack.Lessons {
		res := s.get(s.signer.LessonURL(l.ID))
		if h1 := res.texts("h1", ""); res.StatusCode != 200 || len(h1) != 1 || h1[0] != l.Title {
			t.Errorf("%s: %d %q", l.ID, res.StatusCode, h1)
		}
	}
}

func TestBranchLessonPage(t *testing.T) {
	s := newSite(t)
	voice, err := s.store.PutMedia(t.Context(), "audio/amr", []byte("#!AMR\n"))
	s.must(err)
	s.must(s.store.PutBranches(t.Context(), echowall.Branch{ID: "b1", Name: "竹园第一党支部"}))
	secretary := &echowall.Who{Person: "p-secretary-00001", Grants: []echowall.Grant{{Role: echowall.RoleSecretary, Scope: "b1"}}}
	address := s.signer.LessonURL("b-b1-2026-11-23")
	if res := s.get(address); res.StatusCode != 404 {
		t.Errorf("before there is one: %d", res.StatusCode)
	}
	_, err = s.study.Teach(t.Context(), secretary, echowall.Lesson{Title: "今早三句话", Body: "<script>alert(1)</script>\n\n同志们早上好", Voice: voice.ID})
	s.must(err)
	res := s.get(address)
	contains(t, res.text(), "今早三句话", "竹园第一党支部", "2026年11月23日（周一）", "同志们早上好", "下载语音")
	if len(res.all("script", "")) > 0 {
		t.Error("a script of the lesson came through")
	}
	if res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("a branch's own lesson is cached as %q", res.Header.Get("Cache-Control"))
	}
	if played := s.get(attr(res.all("audio", "")[0], "src")); played.StatusCode != 200 || played.Header.Get("Content-Type") != "audio/amr" {
		t.Errorf("voice: %d", played.StatusCode)
	}
	path, k, _ := strings.Cut(address, "?k=")
	for name, a := range map[string]string{
		"no token":      path,
		"another day's": strings.Replace(address, "11-23", "11-24", 1),
		"cut":           path + "?k=" + k[:len(k)-2],
	} {
		if res := s.get(a); res.StatusCode != 403 {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
}

// A lesson weighs at most 60 kB with everything that its page loads, unpacked.
func TestLessonPageWeighs(t *testing.T) {
	s := newSite(t)
	page := s.get(s.signer.LessonURL("ew-001"))
	sum := len(page.body)
	for _, n := range page.all("link", "") {
		a := s.get(attr(n, "href"))
		if a.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", attr(n, "href"), a.StatusCode)
		}
		sum += len(a.body)
	}
	if got := len(page.all("script", "")) + len(page.all("img", "")); got > 0 {
		t.Errorf("%d more things are loaded", got)
	}
	t.Logf("%d bytes in all", sum)
	if sum > 60<<10 || sum < 10<<10 {
		t.Errorf("%d bytes in all", sum)
	}
}
