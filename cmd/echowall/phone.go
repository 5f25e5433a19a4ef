package main

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"echowall"
	"echowall/bot/wechat"
	"echowall/store"
	"echowall/web"
)

// openPlatform is where the platform's own login page is; it opens in the platform's browser only.
const openPlatform = "https://open.weixin.qq.com"

// phone is what the pages of one person stand on; nil for accounts without web login.
func (s *service) phone() *web.Phone {
	if !s.client.Can(wechat.FeatureOAuth) {
		return nil
	}
	p := &web.Phone{
		Sessions:  s.store.SessionsOf(store.PhoneSession),
		Authorize: func(back, state string) string { return s.client.OAuthURL(back, wechat.ScopeBase, state) },
		Exchange:  s.visitor,
		Data: &echowall.MyData{
			Store: s.store, Access: s.store, Now: s.now, FileURL: s.signer.MediaURL,
		},
		Erasure: s.erasure,
		Unsubscribe: func(ctx context.Context, p echowall.PersonID, template string) error {
			return s.store.AcceptSubscription(ctx, p, template, 0)
		},
	}
	// The stand-in for the platform knows its phones in any browser.
	if s.config.OpenURL == "" || strings.HasPrefix(s.config.OpenURL, openPlatform) {
		p.InApp = func(userAgent string) bool { return strings.Contains(userAgent, "MicroMessenger") }
	}
	return p
}

// visitor asks the platform who holds a browser. The openid goes no further than here.
func (s *service) visitor(ctx context.Context, code string) (web.Visitor, error) {
	openid, snapshot, err := s.client.OAuthExchange(ctx, code)
	switch {
	case wechat.RestartOAuth(err):
		return web.Visitor{Again: true}, nil
	case err != nil:
		if pe, ok := echowall.AsPlatformError(err); ok && (pe.Unknown || pe.Reaction == echowall.ReactRetry) {
			return web.Visitor{}, &echowall.Error{Kind: echowall.KindUnavailable, Err: err}
		}
		return web.Visitor{}, err
	case snapshot:
		return web.Visitor{Snapshot: true}, nil
	}
	ids := s.store.Identifier()
	return web.Visitor{Self: echowall.Self{Person: ids.Person(openid), Author: ids.Author(openid)}}, nil
}

// eraseEvery is how often the journal of erasures is looked at: what was ordered in the chat waits no longer,
// and what a crash left is taken up by whoever starts next.
const eraseEvery = 2 * time.Second

// eraser carries out what the journal says until it is stopped.
type eraser struct {
	erasure *echowall.Erasure
	logger  *slog.Logger
	stop    context.CancelFunc
	done    sync.WaitGroup
}

func (e *eraser) start(ctx context.Context) {
	ctx, e.stop = context.WithCancel(ctx)
	e.done.Go(func() {
		tick := time.NewTicker(eraseEvery)
		defer tick.Stop()
		for {
			if n, err := e.erasure.Run(ctx); err != nil && ctx.Err() == nil {
				e.logger.Warn("erasures wait to be finished", "err", err)
			} else if n > 0 {
				e.logger.Info("erased", "people", n)
			}
			e.compact(ctx)
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
}

// compact has the database rewrite its files after erasures, and says when that is done.
func (e *eraser) compact(ctx context.Context) {
	switch how, err := e.erasure.Store.Compact(ctx); {
	case err != nil && ctx.Err() == nil:
		e.logger.Warn("the database's files wait to be rewritten", "err", err)
	case how == echowall.RewritingDone:
		e.logger.Info("what was erased is in none of the database's files any more")
	case how == echowall.RewritingRefused:
		e.logger.Warn("the database does not rewrite its append-only file when told to; what was erased stays in it until its own rule does")
	}
}

// end stops the work and waits for it. What is half done stays in the journal.
func (e *eraser) end() {
	if e.stop != nil {
		e.stop()
		e.done.Wait()
	}
}
