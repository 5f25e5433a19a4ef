package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"echowall"
	"echowall/store/redistest"
)

// forge renames a branch and makes the last line fit, as far as one can without
// the service's key.
func forge(export string) string {
	changed := strings.Replace(export, "第一支部", "第二支部", 1)
	end := strings.LastIndex(strings.TrimSuffix(changed, "\n"), "\n") + 1
	sum := sha256.Sum256([]byte(changed[:end]))
	return changed[:end] + regexp.MustCompile("[0-9a-f]{64}").ReplaceAllString(changed[end:], hex.EncodeToString(sum[:]))
}

func TestRestoreRefuses(t *testing.T) {
	fewRounds(t)
	from := openExport(t, redistest.Run(t).URL(), 'k')
	fillAccount(t, from, 5)
	good := export(t, from, ExportOptions{WithIdentity: []byte(exportPassphrase)})
	lines := strings.SplitAfter(strings.TrimSuffix(good, "\n"), "\n")
	wish := lines[slicesIndex(lines, `{"kind":"wish"`)]
	middle := func(l string) string { return lines[0] + l + strings.Join(lines[1:], "") }

	to := openExport(t, redistest.Run(t).URL(), 'k')
	for name, c := range map[string]struct {
		text, passphrase string
		kind             echowall.Kind
		says             string
	}{
		"nothing":            {"", "", echowall.KindInvalid, "breaks off"},
		"one kind only":      {wish, "", echowall.KindInvalid, "line 1: not the beginning"},
		"cut off":            {strings.Join(lines[:len(lines)-1], ""), "", echowall.KindInvalid, "breaks off"},
		"cut in a line":      {good[:len(good)/2], "", echowall.KindInvalid, "line "},
		"a line is missing":  {lines[0] + strings.Join(lines[2:], ""), "", echowall.KindInvalid, "was changed"},
		"a word changed":     {strings.Replace(good, "第一支部", "第二支部", 1), "", echowall.KindInvalid, "was changed"},
		"changed and summed": {forge(good), "", echowall.KindInvalid, "was changed"},
		"not JSON":           {middle("nonsense\n"), "", echowall.KindInvalid, "line 2: not JSON"},
		"unknown kind":       {middle(`{"kind":"rumour","key":"1"}` + "\n"), "", echowall.KindInvalid, `unknown kind "rumour"`},
		"wish without state": {middle(`{"kind":"wish","v":1}` + "\n"), "", echowall.KindInvalid, "line 2: the number"},
		"no version":         {middle(`{"kind":"person","key":"p9","doc":{"person":"p9"}}` + "\n"), "", echowall.KindInvalid, "line 2: "},
		"wrong document":     {middle(`{"kind":"person","key":"p9","doc":{"v":1,"person":9}}` + "\n"), "", echowall.KindInvalid, "line 2: "},
		"no key":             {middle(`{"kind":"person","doc":{"v":1}}` + "\n"), "", echowall.KindInvalid, "line 2: the key"},
		"forged counter":     {middle(`{"kind":"counter","key":"wall","value":"1"}` + "\n"), "", echowall.KindInvalid, `"wall"`},
		"counter in words":   {middle(`{"kind":"counter","key":"wishes","value":"many"}` + "\n"), "", echowall.KindInvalid, "line 2"},
		"debt in no place":   {middle(`{"kind":"debt","key":"d","places":{"wall":1},"doc":{"v":1}}` + "\n"), "", echowall.KindInvalid, `"wall"`},
		"twice":              {middle(wish + wish), "", echowall.KindInvalid, "line 3: stands twice"},
		"something after":    {good + wish, "", echowall.KindInvalid, "follows the last line"},
		"other format":       {strings.Replace(good, `"format":1`, `"format":2`, 1), "", echowall.KindInvalid, "format 2"},
		"other account":      {strings.Replace(good, `"account":"a*b"`, `"account":"c"`, 1), "", echowall.KindConflict, `"c"`},
		"wrong passphrase":   {good, "not the passphrase", echowall.KindInvalid, "passphrase"},
		"endless derivation": {strings.Replace(good, `"rounds":1000`, `"rounds":1000000000`, 1), exportPassphrase, echowall.KindInvalid, "rounds"},
	} {
		t.Run(name, func(t *testing.T) {
			var words []byte
			if c.passphrase != "" {
				words = []byte(c.passphrase)
			}
			got, err := to.Restore(t.Context(), strings.NewReader(c.text), RestoreOptions{Passphrase: words})
			if err == nil {
				t.Fatalf("restored %+v", got)
			}
			if echowall.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error of kind %s: %v; want kind %s that says %q", echowall.KindOf(err), err, c.kind, c.says)
			}
			if left := dump(t, to); len(left) != 0 {
				t.Errorf("%d keys are left", len(left))
			}
			if err := to.CheckRestored(t.Context()); err != nil {
				t.Errorf("the mark is left: %v", err)
			}
		})
	}

	t.Run("other secret key", func(t *testing.T) {
		other := openExport(t, redistest.Run(t).URL(), 'x')
		_, err := other.Restore(t.Context(), strings.NewReader(good), RestoreOptions{})
		if echowall.KindOf(err) != echowall.KindConflict || !strings.Contains(err.Error(), "ECHOWALL_SECRET_KEY") {
			t.Errorf("error %v", err)
		}
	})
	t.Run("account in use", func(t *testing.T) {
		before := dump(t, from)
		_, err := from.Restore(t.Context(), strings.NewReader(good), RestoreOptions{})
		if echowall.KindOf(err) != echowall.KindConflict || !strings.Contains(err.Error(), "not empty") {
			t.Errorf("error %v", err)
		}
		compareDumps(t, dump(t, from), before)
		if err := from.CheckRestored(t.Context()); err != nil {
			t.Errorf("the mark is left: %v", err)
		}
	})
	t.Run("and then the right one", func(t *testing.T) {
		if _, err := to.Restore(t.Context(), strings.NewReader(good), RestoreOptions{Passphrase: []byte(exportPassphrase)}); err != nil {
			t.Fatal(err)
		}
		compareDumps(t, dump(t, to), dump(t, from))
	})
}

func slicesIndex(lines []string, prefix string) int {
	for i, l := range lines {
		if strings.HasPrefix(l, prefix) {
			return i
		}
	}
	return -1
}

// breaking is a file that cannot be read to its end.
type breaking struct {
	io.Reader
	then func()
}

func (b breaking) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		b.then()
		return n, errors.New("the disk is gone")
	}
	return n, err
}

func TestRestoreInterrupted(t *testing.T) {
	from := openExport(t, redistest.Run(t).URL(), 'k')
	fillAccount(t, from, 700) // more than is written in one step
	good := export(t, from, ExportOptions{WithIdentity: []byte(exportPassphrase)})
	server := redistest.Run(t)
	to := openExport(t, server.URL(), 'k')

	// Redis goes away in the middle: nothing can be removed, so the mark has to stay.
	half := strings.NewReader(good[:len(good)*9/10])
	if _, err := to.Restore(t.Context(), breaking{half, server.Kill}, RestoreOptions{}); err == nil || !strings.Contains(err.Error(), "the disk is gone") {
		t.Fatalf("error %v", err)
	}
	server.Restart()
	if n, err := to.rdb.DBSize(t.Context()).Result(); err != nil || n < 100 {
		t.Fatalf("%d keys are left, %v: the test does not interrupt a restore", n, err)
	}
	if err := to.CheckRestored(t.Context()); echowall.KindOf(err) != echowall.KindConflict {
		t.Errorf("half an account passes: %v", err)
	}
	// The same file again.
	if _, err := to.Restore(t.Context(), strings.NewReader(good), RestoreOptions{Passphrase: []byte(exportPassphrase)}); err != nil {
		t.Fatal(err)
	}
	if err := to.CheckRestored(t.Context()); err != nil {
		t.Error(err)
	}
	compareDumps(t, dump(t, to), dump(t, from))
}

func TestRestoreGivenUp(t *testing.T) {
	from := openExport(t, redistest.Run(t).URL(), 'k')
	fillAccount(t, from, 700)
	good := export(t, from, ExportOptions{})
	to := openExport(t, redistest.Run(t).URL(), 'k')
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := to.Restore(ctx, breaking{strings.NewReader(good), cancel}, RestoreOptions{}); err == nil {
		t.Fatal("restored")
	}
	if left := dump(t, to); len(left) != 0 {
		t.Errorf("%d keys are left", len(left))
	}
	if err := to.CheckRestored(t.Context()); err != nil {
		t.Errorf("the mark is left: %v", err)
	}
}
