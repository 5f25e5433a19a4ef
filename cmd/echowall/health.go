package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// runHealth is the container's health check: images without a shell have no curl.
func runHealth(ctx context.Context, e env, args []string) error {
	if err := parse(flags(e, "health"), args, 0, 0); err != nil {
		return err
	}
	addr := e.getenv("ECHOWALL_ADDR")
	if addr == "" {
		addr = "127.0.0.1:8080"
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("ECHOWALL_ADDR: %w", err)
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", res.Status)
	}
	fmt.Fprintln(e.stdout, "ready")
	return nil
}
