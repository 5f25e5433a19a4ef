package main

import (
	"context"
	"time"

	"echowall/store"
)

// openStore opens the configured store for a subcommand that needs nothing else.
func openStore(ctx context.Context, e env, configFile string) (*store.Store, error) {
	s, _, err := openAccount(ctx, e, configFile)
	return s, err
}

// openAccount opens the configured store and returns the configuration as well.
func openAccount(ctx context.Context, e env, configFile string) (*store.Store, config, error) {
	settings, err := newSettings(e.getenv, configFile)
	if err != nil {
		return nil, config{}, err
	}
	c, err := readConfig(settings, false)
	if err != nil {
		return nil, config{}, err
	}
	s, err := store.Open(ctx, store.Config{URL: c.RedisURL, Account: c.AppID, Secret: c.SecretKey, Now: time.Now})
	return s, c, err
}
