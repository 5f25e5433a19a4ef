package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"echowall/bot/emulator"
)

// runEmulator is the platform's stand-in for a service that runs elsewhere on this machine.
func runEmulator(ctx context.Context, e env, args []string) error {
	f := flags(e, "emulator")
	callback := f.String("callback", "", "callback URL of the service, such as http://127.0.0.1:8080/wechat")
	addr := f.String("addr", "127.0.0.1:8081", "where to listen; port 0 takes a free one")
	account := emulator.Account{Mode: emulator.Safe}
	for _, v := range []struct {
		name string
		to   *string
	}{
		{"WECHAT_APP_ID", &account.AppID}, {"WECHAT_APP_SECRET", &account.Secret}, {"WECHAT_TOKEN", &account.Token},
		{"WECHAT_AES_KEY", &account.AESKey}, {"WECHAT_ORIGINAL_ID", &account.OriginalID},
	} {
		*v.to = e.getenv("ECHOWALL_" + v.name)
	}
	switch mode := e.getenv("ECHOWALL_WECHAT_MODE"); mode {
	case "", "safe":
	case "compat":
		account.Mode = emulator.Compat
	case "plain":
		account.Mode = emulator.Plain
	default:
		return usagef("ECHOWALL_WECHAT_MODE %q is not safe, compat or plain", mode)
	}
	if err := parse(f, args, 0, 0); err != nil {
		return err
	}
	if *callback == "" {
		return usagef("-callback URL is needed")
	}
	l, err := net.Listen("tcp", *addr)
	if err != nil {
		return fmt.Errorf("-addr: %w", err)
	}
	p := &emulator.Platform{
		Account:     account,
		CallbackURL: *callback,
		PublicURL:   "http://" + l.Addr().String(),
		OnViolation: func(what string) { fmt.Fprintln(e.stderr, "the platform would refuse this:", what) },
	}
	srv := &http.Server{Handler: p.RehearsalHandler(rehearsalPeople()), ReadHeaderTimeout: 5 * time.Second}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	fmt.Fprintf(e.stdout, "emulated platform at %s, pushing to %s\nstart the service with ECHOWALL_WECHAT_API_URL, _MP_URL and _OPEN_URL set to that address; the page shows the rest\n", p.PublicURL, *callback)
	select {
	case <-ctx.Done():
	case err = <-served:
		_ = p.Close()
		return err
	}
	// The platform first: its streams to phones would keep the server waiting.
	err = p.Close()
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownPatience)
	defer cancel()
	if err := srv.Shutdown(patience); err != nil {
		srv.Close()
	}
	return err
}

// rehearsalPeople are the phones a rehearsal begins with; more can be made on the page.
func rehearsalPeople() emulator.PhonesOptions {
	return emulator.PhonesOptions{People: []emulator.PhonePerson{
		{OpenID: "rehearsal-1", Name: "居民甲"}, {OpenID: "rehearsal-2", Name: "党员乙"},
		{OpenID: "rehearsal-3", Name: "书记丙"}, {OpenID: "rehearsal-4", Name: "联络员丁"},
	}}
}
