package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"runtime/debug"
	"time"

	"echowall/store"
)

// shutdownPatience is how long a stopping service waits for what is running. Turns end within a minute at
// the very worst; process managers kill after 30 s or more by default.
const shutdownPatience = 25 * time.Second

func runServe(ctx context.Context, e env, args []string) (err error) {
	f := flags(e, "serve")
	configFile := f.String("config", "", "file of ECHOWALL_… lines; the environment wins")
	embedded := f.Bool("embedded", false, "bring a Redis of our own, for a one-box office; needs -data")
	data := f.String("data", "", "directory of the embedded Redis")
	unsafeRedis := f.Bool("unsafe-redis", false, "start on a Redis that may lose what was acknowledged")
	if err := parse(f, args, 0, 0); err != nil {
		return err
	}
	if *embedded != (*data != "") {
		return usagef("-embedded and -data DIR belong together")
	}
	s, err := newSettings(e.getenv, *configFile)
	if err != nil {
		return err
	}
	c, err := readConfig(s, *embedded)
	if err != nil {
		return err
	}
	logger := slog.New(slog.NewJSONHandler(e.stderr, nil))
	if e.getenv("GOGC") == "" {
		// The heap is a few megabytes, so the default collects it many times a second under load. Four
		// times as much between collections costs some 20 MiB.
		debug.SetGCPercent(400)
	}
	if *embedded {
		redis, err := store.StartEmbedded(ctx, store.EmbeddedConfig{Dir: *data, Logger: logger})
		if err != nil {
			return err
		}
		defer redis.Close()
		if !redis.Durable() && !*unsafeRedis {
			return fmt.Errorf("neither redis-server nor valkey-server is on PATH; install one (apt-get install redis-server), because everything else would be gone at exit")
		}
		c.RedisURL = redis.URL()
	}
	svc, err := newService(ctx, c, options{Logger: logger, UnsafeRedis: *unsafeRedis})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		svc.store.Close()
		return fmt.Errorf("ECHOWALL_ADDR: %w", err)
	}
	if err := svc.start(ctx, l, svc.handler); err != nil {
		return err
	}
	logger.Info("serving", "addr", l.Addr().String(), "version", version)
	select {
	case <-ctx.Done():
	case err = <-svc.served:
		svc.served <- err
	}
	logger.Info("stopping")
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownPatience)
	defer cancel()
	return svc.shutdown(patience)
}
