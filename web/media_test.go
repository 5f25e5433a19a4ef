package web_test

import (
	"strings"
	"testing"
	"time"
)

func TestMedia(t *testing.T) {
	s := newSite(t)
	voice, err := s.store.PutMedia(t.Context(), "audio/amr", []byte("#!AMR\nsome sound"))
	s.must(err)
	page, err := s.store.PutMedia(t.Context(), "text/html", []byte("<script>alert(1)</script>"))
	s.must(err)
	number := s.submit("路灯坏了", s.photo(40, 30), voice.ID)
	res := s.get(s.signer.WishURL(number, author))

	photo := s.get(attr(res.all("img", "")[0], "src"))
	if photo.StatusCode != 200 || photo.Header.Get("Content-Type") != "image/jpeg" || !strings.HasPrefix(photo.body, "\xff\xd8") {
		t.Errorf("photo: %d %s", photo.StatusCode, photo.Header.Get("Content-Type"))
	}
	if c := photo.Header.Get("Cache-Control"); !strings.HasPrefix(c, "private") {
		t.Errorf("photo is cached as %q", c)
	}
	if photo.Header.Get("X-Content-Type-Options") != "nosniff" || photo.Header.Get("Content-Disposition") != "" {
		t.Errorf("photo headers %v", photo.Header)
	}
	src := attr(res.all("audio", "")[0], "src")
	if played := s.get(src, "Range", "bytes=0-4"); played.StatusCode != 206 || played.body != "#!AMR" || played.Header.Get("Content-Type") != "audio/amr" {
		t.Errorf("voice: %d %q", played.StatusCode, played.body)
	}
	var save string
	for _, a := range res.all("a", "tap") {
		if strings.Contains(attr(a, "href"), "save=1") {
			save = attr(a, "href")
		}
	}
	if saved := s.get(save); saved.StatusCode != 200 || saved.Header.Get("Content-Disposition") != "attachment; filename=echowall-20261123-0900.amr" {
		t.Errorf("saved: %d %q", saved.StatusCode, saved.Header.Get("Content-Disposition"))
	}
	// Nothing that could run is ever shown, whatever was stored.
	other := s.submit("有附件", page.ID)
	odd := s.get(attr(s.get(s.signer.WishURL(other, author)).all("img", "")[0], "src"))
	if odd.Header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(odd.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("a page among the photos is served as %q %q", odd.Header.Get("Content-Type"), odd.Header.Get("Content-Disposition"))
	}
	// A photo that is gone leaves the page readable.
	gone := s.submit("照片没了", "no-such-media")
	if res := s.get(s.signer.WishURL(gone, author)); res.StatusCode != 200 || len(res.all("img", "")) != 0 {
		t.Errorf("a missing photo: %d", res.StatusCode)
	}
}

// An officer opens a photo from the chat, without a page.
func TestMediaURL(t *testing.T) {
	s := newSite(t)
	id := s.photo(40, 30)
	address := s.signer.MediaURL(id)
	if res := s.get(address); res.StatusCode != 200 || res.Header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("%d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	if res := s.get(strings.Replace(address, id, s.photo(20, 20), 1)); res.StatusCode != 403 {
		t.Errorf("the link of one photo opens another: %d", res.StatusCode)
	}
	s.now = s.now.Add(49 * time.Hour)
	if res := s.get(address); res.StatusCode != 403 {
		t.Errorf("two days later: %d", res.StatusCode)
	}
}
