package main

import (
	"context"
	"fmt"

	"echowall/content"
)

func runContentCheck(_ context.Context, e env, args []string) error {
	f := flags(e, "content check")
	if err := parse(f, args, 1, 1); err != nil {
		return err
	}
	errors, warnings := 0, 0
	for _, p := range content.Check(f.Arg(0)) {
		fmt.Fprintln(e.stdout, p)
		if p.Severity == content.SeverityError {
			errors++
		} else {
			warnings++
		}
	}
	if errors > 0 {
		return fmt.Errorf("%d errors, %d warnings", errors, warnings)
	}
	fmt.Fprintf(e.stdout, "ok: 0 errors, %d warnings\n", warnings)
	return nil
}
