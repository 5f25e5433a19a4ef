package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"echowall/bench/machine"
	"echowall/store"
	"echowall/store/redisserver"
)

type options struct {
	rounds, requests, people, connections int
	server                                string
	redis                                 int // its process
}

// triesMost bounds the rounds, of which those do not count in which the host took too much.
const triesMost = 4

// count makes the last round count unless the host disturbed it.
func count(all []*contender) bool {
	for _, c := range all {
		if c.results[len(c.results)-1].steal > machine.MuchSteal {
			return false
		}
	}
	for _, c := range all {
		c.results[len(c.results)-1].counts = true
	}
	return true
}

// contender is one of the three servers.
type contender struct {
	name    string
	server  *server
	right   func(clear string) error
	results []result
	memory  []int // resident KiB after each round, the warm-up first
}

var receipt = regexp.MustCompile(`编号 XY[0-9]{4,}`)

// measure runs the rounds, prints one line for each, then medians and the check against Redis.
func measure(ctx context.Context, o options) (err error) {
	dir, err := os.MkdirTemp("", "echowall-callback-")
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
	s, err := store.Open(ctx, store.Config{URL: url, Account: appID, Secret: []byte(strings.Repeat("k", 32))})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.PutStations(ctx, stations()...); err != nil {
		return err
	}

	if o.redis, err = redisPID(ctx, s); err != nil {
		return err
	}
	if o.server == "" {
		o.server = filepath.Join(dir, "echowall")
		if err := build(ctx, o.server); err != nil {
			return fmt.Errorf("build ../cmd/echowall: %w", err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	echo := &contender{name: "SDK echo", right: func(clear string) error {
		if !strings.Contains(clear, "心愿 永安路") {
			return errors.New("the echo did not echo")
		}
		return nil
	}}
	numbered := func(clear string) error {
		if !receipt.MatchString(clear) {
			return fmt.Errorf("no receipt number in %q", clear)
		}
		return nil
	}
	wall := &contender{name: "echowall", right: numbered}
	bare := &contender{name: "floor", right: numbered}
	if echo.server, err = startServer(ctx, nil, self, "-role", "echo"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, echo.server.stop()) }()
	if wall.server, err = startServer(ctx, environment(url), o.server, "serve"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, wall.server.stop()) }()

	if bare.server, err = startServer(ctx, nil, self, "-role", "floor", "-redis", url); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.server.stop()) }()

	fmt.Printf("callback: safe mode, %d pushes a round, %d people, %d connections, Redis everysec, %s\n",
		o.requests, o.people, o.connections, machine.Description())
	id := 0
	counted, rounds := 0, 0
	for ; counted < o.rounds && rounds <= triesMost*o.rounds; rounds++ {
		turns := []*contender{echo, wall, bare}
		if rounds%2 == 1 {
			slices.Reverse(turns)
		}
		for _, c := range turns {
			if err := c.round(ctx, o, rounds, id); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			id += o.requests
		}
		if rounds > 0 && count(turns) {
			counted++
		}
	}
	if counted == 0 {
		return errors.New("the host took too much of the processors in every round; try again later")
	}
	report(echo, wall, bare)
	stored, err := countWishes(ctx, s)
	if err != nil {
		return err
	}
	acknowledged, checked := wall.totals()
	fmt.Printf("Redis holds %d wishes for %d acknowledged replies, %d of them decrypted and found with a receipt number\n", stored, acknowledged, checked)
	if stored != acknowledged || acknowledged != rounds*o.requests {
		return errors.New("wishes and acknowledged replies differ")
	}
	return nil
}

// round measures one server once. Pushes are made before the clock starts and fit one round only, because a
// push is stale after five minutes.
func (c *contender) round(ctx context.Context, o options, round, id int) error {
	requests, err := pushes(c.server.addr, id, o.requests, o.people)
	if err != nil {
		return err
	}
	meter := machine.Start(c.server.pid(), o.redis, os.Getpid())
	r, err := drive(ctx, c.server.addr, requests, o.connections, c.right)
	if err != nil {
		return err
	}
	m := meter.Stop()
	kib, err := machine.Resident(c.server.pid())
	if err != nil {
		return err
	}
	n := time.Duration(o.requests)
	r.cost, r.steal = m.Processes[0]/n, m.Steal
	c.results, c.memory = append(c.results, r), append(c.memory, kib)
	label := fmt.Sprint("round ", round)
	if round == 0 {
		label = "warm-up"
	}
	fmt.Printf("%-8s %-9s %6.0f req/s  p50 %5.1f ms  p99 %5.1f ms  processor time a request: server %3d µs, Redis %3d µs, generator %3d µs  server core %3.0f %%  memory %5.1f MiB  steal %4.1f %%  load %s\n",
		label, c.name, r.rate, ms(r.p50), ms(r.p99), r.cost.Microseconds(), (m.Processes[1] / n).Microseconds(), (m.Processes[2] / n).Microseconds(),
		100*m.Processes[0].Seconds()/m.Wall.Seconds(), mib(kib), m.Steal, machine.Load())
	return nil
}

func (c *contender) totals() (sealed, checked int) {
	for _, r := range c.results {
		sealed += r.sealed
		checked += r.checked
	}
	return sealed, checked
}

// countWishes counts the documents themselves, not a counter.
func countWishes(ctx context.Context, s *store.Store) (int, error) {
	n := 0
	keys := s.Redis().Scan(ctx, 0, s.KeyPrefix()+"wish:*", 1000).Iterator()
	for keys.Next(ctx) {
		n++
	}
	return n, keys.Err()
}

func redisPID(ctx context.Context, s *store.Store) (int, error) {
	info, err := s.Redis().InfoMap(ctx, "server").Result()
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(info["Server"]["process_id"])
}

// environment configures the service. Nothing it does here asks the platform, whose address leads nowhere.
func environment(redisURL string) []string {
	var env []string
	for _, pair := range [][2]string{
		{"ADDR", "127.0.0.1:0"}, {"PUBLIC_URL", "https://wall.example.org"}, {"REDIS_URL", redisURL}, {"SECRET_KEY", secretKey},
		{"WECHAT_APP_ID", appID}, {"WECHAT_APP_SECRET", appSecret}, {"WECHAT_TOKEN", token}, {"WECHAT_AES_KEY", aesKey},
		{"WECHAT_ORIGINAL_ID", originalID}, {"WECHAT_MODE", "safe"}, {"WECHAT_API_URL", "http://127.0.0.1:1"},
	} {
		env = append(env, "ECHOWALL_"+pair[0]+"="+pair[1])
	}
	return env
}
