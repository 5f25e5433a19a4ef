//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package store

import (
	"context"
	"os"

	"echowall"
)

// lockDir refuses: without a lock two servers could write one file.
func lockDir(context.Context, string) (*os.File, error) {
	return nil, echowall.Errorf(echowall.KindInvalid, "store: on this system Redis cannot be embedded; set %s", URLVariable)
}
