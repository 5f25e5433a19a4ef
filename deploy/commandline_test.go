package deploy_test

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	commandName = regexp.MustCompile(`^[a-z]+( [a-z]+\b)?`)
	flagWord    = regexp.MustCompile(`\B-[a-z][a-z-]+`)
)

// commandLine compares what the program says about itself with the tables of both READMEs: each command has
// its row and nothing else has one, and the two speak of the same flags.
func commandLine(t *testing.T, binary string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), binary, "help").Output()
	if err != nil {
		t.Fatalf("echowall help: %v", err)
	}
	offered := map[string]string{} // name to arguments
	for line := range strings.Lines(string(out)) {
		if use, ok := strings.CutPrefix(line, "  echowall "); ok {
			name, arguments := split(use)
			offered[name] = arguments
		}
	}
	if len(offered) < 10 {
		t.Fatalf("echowall help lists only %d commands:\n%s", len(offered), out)
	}
	for _, readme := range []string{"../README.md", "../README.zh-CN.md"} {
		told := map[string]string{}
		for line := range strings.Lines(read(t, readme)) {
			if use, ok := strings.CutPrefix(line, "| `echowall "); ok {
				name, rest := split(use)
				told[name] += " " + rest // a command may have several rows
			}
		}
		for name, arguments := range offered {
			row, ok := told[name]
			if !ok {
				t.Errorf("%s does not explain echowall %s", readme, name)
				continue
			}
			if want, got := flagsIn(arguments), flagsIn(row); !slices.Equal(want, got) {
				t.Errorf("%s: echowall %s with flags %q, the program offers %q", readme, name, got, want)
			}
		}
		for name := range told {
			if _, ok := offered[name]; !ok {
				t.Errorf("%s explains echowall %s; there is no such command", readme, name)
			}
		}
	}
}

// split parts a command's name, one or two words in small letters, from what follows.
func split(use string) (name, rest string) {
	name = commandName.FindString(use)
	return name, strings.TrimPrefix(use, name)
}

func flagsIn(text string) []string {
	return unique(flagWord.FindAllString(text, -1))
}
