package main

import (
	"regexp"
	"strings"
	"testing"

	"echowall"
)

// TestCodesFromTheCommandLine binds the first registrar, who is on no roster, and somebody of the roster.
func TestCodesFromTheCommandLine(t *testing.T) {
	o := openOffice(t)
	err := o.store.ChangeRoster(t.Context(), func(*echowall.Directory) (*echowall.Roster, error) {
		return &echowall.Roster{
			Branches: []echowall.Branch{{ID: "b1", Name: "竹园第一支部"}},
			People: []echowall.RosterPerson{
				{ID: "P1", Name: "王敏", Branch: "b1", Standing: echowall.StandingFull},
				{ID: "P2", Name: "李静", Branch: "b1", Standing: echowall.StandingFull, Left: true},
			},
		}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	out := o.command("roster", "code", "-name", "赵管", "-registrar", "*", "-privacy", "*")
	says(t, o.ask("o-first", "绑定 "+bindingCode.FindString(out)), "赵管", "名册管理员（全部）", "个人信息保护负责人")

	out = o.command("roster", "code", "-person", "P1")
	line := regexp.MustCompile(`(?m)^([A-Z0-9]{8})\tP1\t王敏\t竹园第一支部$`).FindStringSubmatch(out)
	if line == nil {
		t.Fatalf("printed %s", out)
	}
	says(t, o.ask("o-member", "绑定 "+line[1]), "王敏", "党员（竹园第一支部）")

	for args, want := range map[string]string{
		"-person P1":               "bound already",
		"-person P2":               "has left",
		"-person P9":               "on the roster",
		"-name 某 -registrar c9":    `no committee "c9"`,
		"-name 某 -privacy b1":      "whole account",
		"-name 某 -liaison zhuyuan": `no station "zhuyuan"`,
	} {
		code, _, errs := cli(t, o.vars, append([]string{"roster", "code"}, strings.Fields(args)...)...)
		if code != exitFailed || !strings.Contains(errs, want) {
			t.Errorf("%s: code %d, %s", args, code, errs)
		}
	}
}
