package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"echowall/bot/wechat"
	"echowall/content"
	"echowall/store"
)

// openClient connects to the platform for a subcommand; the token is shared with a running service.
func openClient(c config, s *store.Store) (*wechat.Client, error) {
	return wechat.NewClient(wechat.Config{
		AppID: c.AppID, AppSecret: c.AppSecret, Type: c.Account, APIURL: c.APIURL, MPURL: c.MPURL, OpenURL: c.OpenURL,
		Redis: s.Redis(), KeyPrefix: s.KeyPrefix(), Now: time.Now,
	})
}

func runMenuPush(ctx context.Context, e env, args []string) error {
	f := flags(e, "menu push")
	configFile := f.String("config", "", "file of ECHOWALL_… lines")
	if err := parse(f, args, 0, 0); err != nil {
		return err
	}
	set, err := newSettings(e.getenv, *configFile)
	if err != nil {
		return err
	}
	c, err := readConfig(set, false)
	if err != nil {
		return err
	}
	pack, problems, err := content.Open(c.ContentDir)
	if err != nil {
		return contentError(problems, err)
	}
	s, err := store.Open(ctx, store.Config{URL: c.RedisURL, Account: c.AppID, Secret: c.SecretKey})
	if err != nil {
		return err
	}
	defer s.Close()
	client, err := openClient(c, s)
	if err != nil {
		return err
	}
	defer client.Close()
	buttons := menuButtons(pack.Menu.Buttons, c.PublicURL)
	if err := client.MenuPush(ctx, buttons); err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "menu of %d buttons is on the account; phones show it within five minutes\n", len(buttons))
	return nil
}

// menuButtons writes the content's menu in the platform's terms, with absolute addresses.
func menuButtons(list []content.Button, public string) []wechat.Button {
	out := make([]wechat.Button, len(list))
	for i, b := range list {
		url := b.URL
		if strings.HasPrefix(url, "/") {
			url = public + url
		}
		out[i] = wechat.Button{Name: b.Name, Type: b.Type, Key: b.Key, URL: url, Sub: menuButtons(b.Sub, public)}
	}
	return out
}
