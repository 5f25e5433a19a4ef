package main

import (
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
)

var photoLink = regexp.MustCompile(`<a href="([^"]+)">打开第 1 份</a>`)

// The officer who works on a wish opens its photo from the chat.
func TestOfficerOpensThePhoto(t *testing.T) {
	d := startDemo(t)
	ctx := t.Context()
	resident, officer := d.platform.Phone("demo-33"), d.platform.Phone("demo-04")
	data, err := os.ReadFile(photo(t))
	if err != nil {
		t.Fatal(err)
	}
	resident.Say(ctx, "心愿")
	resident.SendImage(ctx, data)
	for _, text := range []string{"竹园东门的路灯坏了", "竹园东门", "1", "2"} {
		resident.Say(ctx, text)
	}
	chat := resident.Chat()
	number := receipt.FindString(chat[len(chat)-1].Text)
	officer.Say(ctx, "看 "+number)
	var link []string
	for _, b := range officer.Chat() {
		if strings.HasPrefix(b.Text, number) {
			link = photoLink.FindStringSubmatch(b.Text)
		}
	}
	if link == nil {
		t.Fatalf("no link to the photo of %q in %+v", number, officer.Chat())
	}
	res, err := http.Get(link[1])
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "image/jpeg" || len(body) == 0 {
		t.Errorf("%s: %d %s, %d bytes, %v", link[1], res.StatusCode, res.Header.Get("Content-Type"), len(body), err)
	}
}
