package main

import (
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/goccy/go-yaml"

	"echowall"
	"echowall/handlers"
)

// templates are the messages that the platform approved for this account, by kind of debt.
type templates struct {
	Templates     map[echowall.DebtKind]approved `yaml:"templates"`
	Subscriptions map[echowall.DebtKind]approved `yaml:"subscriptions"`
}

// approved is one of them: its id on the platform's page, and which fact fills which of its fields.
type approved struct {
	ID     string            `yaml:"id"`
	Fields map[string]string `yaml:"fields"`
}

// readTemplates reads the file, "" is none. Errors name the line.
func readTemplates(path string) (templates, error) {
	var t templates
	if path == "" {
		return t, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return t, err
	}
	if err := yaml.UnmarshalWithOptions(text, &t, yaml.Strict()); err != nil {
		return t, fmt.Errorf("%s: %s", path, yaml.FormatError(err, false, true))
	}
	for _, list := range []map[echowall.DebtKind]approved{t.Templates, t.Subscriptions} {
		for kind, a := range list {
			if a.ID == "" || len(a.Fields) == 0 {
				return t, fmt.Errorf("%s: %s needs an id and fields", path, kind)
			}
		}
	}
	return t, nil
}

// forChat is what fills the fields, in the order of their names.
func forChat(list map[echowall.DebtKind]approved) map[echowall.DebtKind]handlers.Template {
	out := make(map[echowall.DebtKind]handlers.Template, len(list))
	for kind, a := range list {
		t := handlers.Template{ID: a.ID}
		for _, name := range slices.Sorted(maps.Keys(a.Fields)) {
			t.Fields = append(t.Fields, handlers.TemplateField{Name: name, Fact: a.Fields[name]})
		}
		out[kind] = t
	}
	return out
}

// forPlanner is which kinds have one.
func forPlanner(list map[echowall.DebtKind]approved) map[echowall.DebtKind]string {
	out := make(map[echowall.DebtKind]string, len(list))
	for kind, a := range list {
		out[kind] = a.ID
	}
	return out
}
