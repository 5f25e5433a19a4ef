package redisserver

import "syscall"

// childAttr lets the kernel kill the server when this process dies, and keeps it out of the terminal's
// process group: Ctrl-C is for the program, which stops the server when it has finished writing.
func childAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM, Setpgid: true}
}
