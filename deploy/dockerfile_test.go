// Package deploy_test checks the files an operator starts from, as far as that goes without a
// container engine: the Dockerfile's own commands are run, in a copy that holds what an engine would see.
package deploy_test

import (
	"debug/elf"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// An instruction is one line of a Dockerfile, continued lines joined.
type instruction struct{ word, rest string }

// TestImage builds as the first stage does and looks at what the second would take.
func TestImage(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Fatalf("the image is a Linux image; run this on Linux, not on %s", runtime.GOOS)
	}
	all := instructions(t, "../Dockerfile")
	last := 0
	for i, in := range all {
		if in.word == "FROM" {
			last = i
		}
	}
	build, final := all[:last], all[last:]

	src := t.TempDir()
	env := append(os.Environ(), "GOFLAGS=")
	workdir := ""
	for _, in := range build {
		switch in.word {
		case "FROM":
		case "WORKDIR":
			workdir = in.rest
		case "ARG":
			if in.rest == "VERSION=dev" {
				env = append(env, "VERSION=v1.2.3-image")
			} else if in.rest != "GOPROXY" {
				t.Fatalf("ARG %s: not known to this test", in.rest)
			}
		case "COPY":
			words := strings.Fields(in.rest)
			for _, from := range words[:len(words)-1] {
				copyContext(t, from, filepath.Join(src, words[len(words)-1]))
			}
		case "RUN":
			cmd := exec.CommandContext(t.Context(), "sh", "-c", in.rest)
			cmd.Dir, cmd.Env = src, env
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("RUN %s: %v\n%s", in.rest, err, out)
			}
		default:
			t.Fatalf("%s %s: not known to this test", in.word, in.rest)
		}
	}

	binary := filepath.Join(src, "echowall")
	seen := map[string]bool{}
	for _, in := range final {
		seen[in.word] = true
		switch in.word {
		case "COPY":
			from, to, _ := strings.Cut(strings.TrimPrefix(in.rest, "--from=build "), " ")
			if name, ok := strings.CutPrefix(from, workdir+"/"); ok {
				if _, err := os.Stat(filepath.Join(src, name)); err != nil || to != "/" {
					t.Errorf("COPY %s: the build stage leaves no such file, or it does not go to /: %v", in.rest, err)
				}
			}
			if from == "/usr/local/go/lib/time/zoneinfo.zip" {
				if _, err := os.Stat(filepath.Join(goroot(t), "lib/time/zoneinfo.zip")); err != nil {
					t.Errorf("COPY %s: this Go brings no such file: %v", in.rest, err)
				}
			}
		case "USER":
			if strings.HasPrefix(in.rest, "0") || strings.HasPrefix(in.rest, "root") {
				t.Errorf("USER %s: the image must not run as root", in.rest)
			}
		case "ENTRYPOINT":
			if !slices.Equal(list(t, in.rest), []string{"/echowall"}) {
				t.Errorf("ENTRYPOINT %s: want the binary itself, there is no shell", in.rest)
			}
		case "HEALTHCHECK":
			_, words, _ := strings.Cut(in.rest, "CMD ")
			healthcheck(t, binary, list(t, words))
		}
	}
	for _, word := range []string{"USER", "ENTRYPOINT", "HEALTHCHECK", "EXPOSE"} {
		if !seen[word] {
			t.Errorf("Dockerfile: the last stage has no %s", word)
		}
	}
	static(t, binary)

	out, err := exec.CommandContext(t.Context(), binary, "version").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "v1.2.3-image") {
		t.Errorf("echowall version says %q (%v), want the version given to the build", out, err)
	}
	commandLine(t, binary)
}

// healthcheck runs the image's health command where nobody listens: it must be known, and say no.
func healthcheck(t *testing.T, binary string, words []string) {
	t.Helper()
	if len(words) < 2 || words[0] != "/echowall" {
		t.Fatalf("HEALTHCHECK %q: want the binary itself, there is no shell and no curl", words)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary, words[1:]...)
	cmd.Env = append(os.Environ(), "ECHOWALL_ADDR="+addr)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("echowall %s with no service behind it: %v, want exit code 1\n%s", strings.Join(words[1:], " "), err, out)
	}
}

// static fails unless the kernel alone can start the file: the last stage has no loader and no library.
func static(t *testing.T, name string) {
	t.Helper()
	f, err := elf.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			t.Error("the binary asks for a dynamic loader; FROM scratch has none")
		}
	}
	if libs, err := f.ImportedLibraries(); err != nil || len(libs) > 0 {
		t.Errorf("the binary needs libraries %q (%v); FROM scratch has none", libs, err)
	}
}

// instructions reads a Dockerfile. It knows what ours uses and no more.
func instructions(t *testing.T, name string) []instruction {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var all []instruction
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\\\n", " ")) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		all = append(all, instruction{word, rest})
	}
	return all
}

// copyContext copies a file or directory of the project as COPY would, without what .dockerignore names.
func copyContext(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile("../.dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	var ignore []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			ignore = append(ignore, line)
		}
	}
	copied := 0
	err = filepath.WalkDir(filepath.Join("..", from), func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel("..", name)
		if err != nil {
			return err
		}
		if ignored(ignore, filepath.ToSlash(rel)) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		if !d.Type().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		copied++
		return os.WriteFile(target, data, 0o644)
	})
	if err != nil {
		t.Fatalf("COPY %s: %v", from, err)
	}
	if copied == 0 {
		t.Fatalf("COPY %s: nothing left to copy after .dockerignore", from)
	}
}

// ignored tells whether one of the patterns covers the path: anchored at the root, or "**/" anywhere.
func ignored(patterns []string, rel string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		name := rel
		if rest, anywhere := strings.CutPrefix(p, "**/"); anywhere {
			p, name = rest, path.Base(rel)
		}
		matched, err := path.Match(p, name)
		return err == nil && matched
	})
}

func list(t *testing.T, text string) []string {
	t.Helper()
	var words []string
	if err := json.Unmarshal([]byte(text), &words); err != nil {
		t.Fatalf("%s: want a JSON list, there is no shell: %v", text, err)
	}
	return words
}

func goroot(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
