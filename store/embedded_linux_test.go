package store

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// TestEmbeddedOutlivesItsParent runs itself as another process, kills that one, and takes over its data: the
// server left behind must end by itself and nobody may open the data before it has.
func TestEmbeddedOutlivesItsParent(t *testing.T) {
	const variable = "ECHOWALL_TEST_EMBEDDED_DIR"
	if dir := os.Getenv(variable); dir != "" {
		e, err := StartEmbedded(t.Context(), EmbeddedConfig{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		rdb := dialTo(t, e.URL())
		for n := 1; ; n++ { // until killed
			if err := rdb.Set(t.Context(), "n", n, 0).Err(); err != nil {
				t.Fatal(err)
			}
			fmt.Println(n)
		}
	}

	dir := t.TempDir()
	other := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	other.Env = append(os.Environ(), variable+"="+dir)
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	acknowledged := 0
	for acknowledged < 500 && lines.Scan() {
		if _, err := fmt.Sscan(lines.Text(), &acknowledged); err != nil {
			t.Fatalf("the other process says %q", lines.Text())
		}
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		var n int
		if _, err := fmt.Sscan(lines.Text(), &n); err == nil && n == acknowledged+1 {
			acknowledged = n
		}
	}
	_ = other.Wait() // killed

	rdb := dialTo(t, startEmbedded(t, dir).URL())
	got, err := rdb.Get(t.Context(), "n").Int()
	if err != nil || acknowledged < 500 || got < acknowledged {
		t.Errorf("kept %d, %v; the other process had %d acknowledged (at least 500 expected)", got, err, acknowledged)
	}
}
