//go:build !linux

package redisserver

import "syscall"

// childAttr has no counterpart of Linux's death signal here: a server whose parent was killed stays until
// the next start finds its directory in use.
func childAttr() *syscall.SysProcAttr { return nil }
