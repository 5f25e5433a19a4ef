package main

import (
	"context"
	"log/slog"
	"time"

	"echowall"
	"echowall/bot/wechat"
	"echowall/roster"
	"echowall/store"
	"echowall/web"
)

// liveEvery is how long a change may go unnoticed on an open page.
const liveEvery = time.Second

// newLogins lets people into the console with this account's scan codes.
func (s *service) newLogins(guard *echowall.Guard) *echowall.Logins {
	l := &echowall.Logins{Store: s.store, Guard: guard, Now: s.now}
	if s.client.Can(wechat.FeatureQR) {
		l.Code = s.sceneURL
	}
	return l
}

// sceneURL makes a scan code and returns what it says; life 0 is for ever. What goes wrong is logged: the log-in
// page and slips do without.
func (s *service) sceneURL(ctx context.Context, scene string, life time.Duration) (string, error) {
	qr, err := s.client.CreateQR(ctx, wechat.Scene{Text: scene, Life: life})
	if err != nil {
		s.logger.Warn("no scan code", slog.Any("error", err))
	}
	return qr.URL, err
}

// console is what the staff console stands on.
func (s *service) console(logins *echowall.Logins, rehearsal bool) *web.Console {
	s.live = web.NewLive(s.store.Pulses, liveEvery, s.logger)
	return &web.Console{
		Logins:   logins,
		Queues:   &echowall.Queues{Store: s.store, Guard: logins.Guard, Calendar: s.wishes.Calendar, Now: s.now},
		Sessions: s.store.SessionsOf(store.ConsoleSession),
		Live:     s.live,
		Spell:    rehearsal,
		Places:   &echowall.Places{Guard: logins.Guard, Store: s.store, Make: s.sceneURL, Now: s.now},
		Contact:  s.config.Office.Contact,
		Access:   &echowall.AccessLog{Store: s.store, Guard: logins.Guard, Now: s.now},
		Ledger:   &echowall.Ledger{Store: s.store, Guard: logins.Guard, Access: s.store},
		Office: &roster.Office{
			Store: s.store, Guard: logins.Guard, Access: s.store, Uploads: s.store,
			Say:   func(err *echowall.Error) string { return s.pack.Words.Error(err) },
			Today: func() echowall.Date { return s.wishes.Calendar.Today(s.now()) },
		},
	}
}
