// Command roster measures the import of a whole district's people and places, and the search among them.
//
// Usage, in the directory bench:
//
//	go run ./roster
//	go run ./roster -people 5000
//
// Each import runs in a process of its own, as the command line does it: read the workbook, compare it with the
// roster in Redis, write what is new. Read district.go for what is in the workbook, import.go for the process
// and search.go for the questions.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"

	"echowall/bench/machine"
	"echowall/store/redisserver"
)

func main() {
	people := flag.Int("people", 50000, "lines of the roster; a hundredth as many stations, a tenth as many grids")
	role := flag.String("role", "", "import, write: be a process that does this (internal)")
	url := flag.String("redis", "", "where it imports to (internal)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	switch *role {
	case "import":
		err = importFile(ctx, *url, flag.Arg(0))
	case "write":
		err = writeFiles(flag.Arg(0), flag.Arg(1), *people)
	default:
		err = measure(ctx, *people)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "roster:", err)
		stop()
		os.Exit(1)
	}
}

func measure(ctx context.Context, people int) error {
	dir, err := os.MkdirTemp("", "echowall-roster-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	redis, err := redisserver.Start(ctx, redisserver.Config{Dir: dir})
	if err != nil {
		return err
	}
	defer redis.Kill()
	url := "unix://" + redis.Socket() + "?db=0"

	fmt.Printf("roster: %d stations, %d grids, %d people; Redis with AOF everysec; %s\n", people/100, people/10, people, machine.Description())
	first, second := filepath.Join(dir, "first.xlsx"), filepath.Join(dir, "second.xlsx")
	// Not in this process: what it once needed would count as the peak of every child.
	if _, err := child(ctx, "-role", "write", "-people", strconv.Itoa(people), first, second); err != nil {
		return err
	}
	for _, run := range []struct{ title, file string }{
		{"into an empty account", first},
		{"the same again", first},
		{"a tenth of the people renamed; texts shared, as spreadsheet programs save them", second},
	} {
		if err := inChild(ctx, run.title, url, run.file); err != nil {
			return err
		}
	}
	return search(ctx, url)
}
