package deploy_test

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

var setting = regexp.MustCompile(`\b(ECHOWALL_[A-Z_]*[A-Z]|REDIS_PASSWORD)\b`)

const placeholder = "ECHOWALL_NAME"

// asked is how cmd/echowall asks for a setting; it leaves the common prefix out.
var asked = regexp.MustCompile(`\bs\.(?:get|need|or)\("([A-Z_]+)"`)

// TestSettings holds five lists of the same names together: the configuration table of the README in
// two languages, compose.yaml, the example file, and what deploy files mention in passing.
func TestSettings(t *testing.T) {
	want := table(t, "../README.md")
	if len(want) < 15 {
		t.Fatalf("README.md: only %d names in the configuration table: %q", len(want), want)
	}
	same := func(name string, got []string) {
		t.Helper()
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("%s lacks %s, which README.md explains", name, w)
			}
		}
		for _, g := range got {
			if !slices.Contains(want, g) {
				t.Errorf("%s names %s, which README.md does not explain", name, g)
			}
		}
	}
	same("README.zh-CN.md", table(t, "../README.zh-CN.md"))
	same("compose.yaml", composeSettings(t))
	same("echowall.env.example", unique(setting.FindAllString(read(t, "echowall.env.example"), -1)))
	for _, name := range []string{"kubernetes.yaml", "echowall.service", "README.md", "../docs/operate.md", "../Dockerfile"} {
		for _, g := range unique(setting.FindAllString(read(t, name), -1)) {
			if !slices.Contains(want, g) {
				t.Errorf("%s names %s, which README.md does not explain", name, g)
			}
		}
	}
}

// TestSettingsInCode finds names that the program reads or names in an error and nobody explained.
func TestSettingsInCode(t *testing.T) {
	want := table(t, "../README.md")
	used := map[string]bool{}
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); base == "bench" || base == "testdata" || (base[0] == '.' && base != "..") {
				return fs.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		code, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		names := setting.FindAllString(string(code), -1)
		for _, m := range asked.FindAllStringSubmatch(string(code), -1) {
			names = append(names, "ECHOWALL_"+m[1])
		}
		for _, found := range names {
			used[found] = true
			if found != placeholder && !slices.Contains(want, found) {
				t.Errorf("%s names %s, which README.md does not explain", name, found)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range want {
		if strings.HasPrefix(w, "ECHOWALL_") && !used[w] {
			t.Errorf("README.md explains %s; no Go file reads it", w)
		}
	}
}

// TestYAML parses every document an operator would hand to a machine.
func TestYAML(t *testing.T) {
	for name, documents := range map[string]int{"../compose.yaml": 1, "kubernetes.yaml": 4, "../.golangci.yml": 1} {
		decoder := yaml.NewDecoder(strings.NewReader(read(t, name)))
		n := 0
		for {
			var document map[string]any
			err := decoder.Decode(&document)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Errorf("%s, document %d: %v", name, n+1, err)
				break
			}
			if len(document) == 0 {
				t.Errorf("%s, document %d is empty", name, n+1)
			}
			n++
		}
		if n != documents {
			t.Errorf("%s: %d documents, want %d", name, n, documents)
		}
	}
}

// TestComposeKeepsData checks what an operator would lose data or sleep over.
func TestComposeKeepsData(t *testing.T) {
	var compose composeFile
	if err := yaml.Unmarshal([]byte(read(t, "../compose.yaml")), &compose); err != nil {
		t.Fatal(err)
	}
	redis := compose.Services["redis"]
	command := strings.Join(redis.Command, " ")
	for _, must := range []string{"--appendonly yes", "--appendfsync everysec", "--maxmemory-policy noeviction", "requirepass $$REDIS_PASSWORD"} {
		if !strings.Contains(command, must) {
			t.Errorf("compose.yaml: Redis is started without %q", must)
		}
	}
	if len(redis.Volumes) == 0 {
		t.Error("compose.yaml: Redis has no volume")
	}
	if len(redis.Ports) > 0 {
		t.Errorf("compose.yaml: Redis is published on %q; only the bot needs it", redis.Ports)
	}
	for name, service := range compose.Services {
		if service.Restart == "" {
			t.Errorf("compose.yaml: %s has no restart policy", name)
		}
		for _, port := range service.Ports {
			if !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("compose.yaml: %s publishes %s to everybody, past the reverse proxy", name, port)
			}
		}
	}
}

type composeFile struct {
	Services map[string]struct {
		Command     []string
		Environment map[string]any
		Ports       []string
		Restart     string
		Volumes     []string
	}
}

// composeSettings collects the names a container gets and the names taken from .env.
func composeSettings(t *testing.T) []string {
	t.Helper()
	text := read(t, "../compose.yaml")
	var compose composeFile
	if err := yaml.Unmarshal([]byte(text), &compose); err != nil {
		t.Fatal(err)
	}
	names := setting.FindAllString(text, -1)
	for _, service := range compose.Services {
		names = slices.AppendSeq(names, maps.Keys(service.Environment))
	}
	return unique(names)
}

// table returns the names in the first column of a README's tables.
func table(t *testing.T, name string) []string {
	t.Helper()
	var names []string
	for line := range strings.Lines(read(t, name)) {
		if first, ok := strings.CutPrefix(line, "| `"); ok {
			first, _, _ = strings.Cut(first, "`")
			if setting.MatchString(first) {
				names = append(names, first)
			}
		}
	}
	return unique(names)
}

func unique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
