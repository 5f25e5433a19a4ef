package deploy_test

import (
	"regexp"
	"strings"
	"testing"
)

var requirement = regexp.MustCompile(`^(?:require )?\t?([a-z0-9.-]+\.[a-z]+/\S+) v\S+$`)

// TestDependencies holds docs/dependencies.md to go.mod: a line for each direct dependency and tool, and
// none for what is gone.
func TestDependencies(t *testing.T) {
	needed := map[string]bool{}
	mod := read(t, "../go.mod")
	for line := range strings.Lines(mod) {
		line = strings.TrimRight(line, "\n")
		if m := requirement.FindStringSubmatch(line); m != nil {
			needed[m[1]] = true
		}
		if tool, ok := strings.CutPrefix(line, "tool "); ok {
			for required := range strings.FieldsSeq(mod) {
				if strings.HasPrefix(tool, required+"/") {
					needed[required] = true
				}
			}
		}
	}
	told := map[string]bool{}
	for line := range strings.Lines(read(t, "../docs/dependencies.md")) {
		if rest, ok := strings.CutPrefix(line, "| `"); ok {
			name, _, _ := strings.Cut(rest, "`")
			told[name] = true
		}
	}
	for name := range needed {
		if !told[name] {
			t.Errorf("go.mod requires %s; docs/dependencies.md does not say what for", name)
		}
	}
	for name := range told {
		if !needed[name] {
			t.Errorf("docs/dependencies.md explains %s; go.mod does not require it", name)
		}
	}
}
