package main

import (
	"context"
	"time"

	"echowall/store"
)

// openStore opens the configured store for a subcommand that needs nothing else.
func openStore(ctx context.Context, e env, configFile string) (*store.Store, error) {
	s, err := newSettings(e.getenv, configFile)
	if err != nil {
		return nil, err
	}
	c, err := readConfig(s, false)
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Config{URL: c.RedisURL, Account: c.AppID, Secret: c.SecretKey, Now: time.Now})
}
