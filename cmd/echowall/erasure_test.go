package main

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"echowall"
	"echowall/bot/emulator"
	"echowall/bot/wechat"
	"echowall/store"
	"echowall/store/redistest"
)

// TestErasedPersonIsNowhere is the promise as the platform sees it: somebody who did everything that can be done
// in the chat and on the pages erases themselves. Afterwards no key holds the openid, the number or a word of
// theirs, nobody writes to them, and their neighbour's things are as they were.
func TestErasedPersonIsNowhere(t *testing.T) {
	for name, mode := range map[string]wechat.Mode{"plain": wechat.ModePlain, "safe": wechat.ModeSafe} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStageIn(t, mode, false, 0)
			s.lives("党员苏", "苏苏家门口")
			s.lives("党员邻", "邻居那一栋")
			self := s.self("党员苏")
			secrets := []string{s.openID("党员苏"), "苏苏家门口", "13911112222"}
			if len(redistest.Holding(s.everything(), secrets[1])) < 3 { // the others are sealed everywhere, as they should be
				t.Fatal("the words are nowhere before: the search sees nothing")
			}
			neighbour := s.concerning("党员邻")

			s.Clock(s.Now().Add(time.Minute))
			s.Say("党员苏", "取消")
			s.Say("党员苏", "删除我的数据")
			s.Say("党员苏", "确认删除")
			s.settle()
			if said := s.Shows("党员苏"); !strings.Contains(said, "一分钟内删完") {
				t.Fatalf("the bot said %q", said)
			}
			for _, secret := range secrets {
				for _, key := range redistest.Holding(s.everything(), secret) {
					t.Errorf("%q is still in %s: %.300s", secret, key, s.everything()[key])
				}
			}
			for _, id := range self.Recipients() {
				for _, key := range redistest.Holding(s.everything(), string(id)) {
					if !strings.Contains(key, ":accesslog") && !strings.Contains(key, ":accessof") && !strings.Contains(key, ":denied") && key != "export" {
						t.Errorf("the id of an erased person is still in %s: %.300s", key, s.everything()[key])
					}
				}
			}
			for key, text := range s.concerning("党员邻") {
				if neighbour[key] != text {
					t.Errorf("the neighbour's %s changed from %.200q to %.200q", key, neighbour[key], text)
				}
				delete(neighbour, key)
			}
			for key := range neighbour {
				t.Errorf("the neighbour's %s is gone", key)
			}

			// Nobody writes: not the station, not the branch, not the clock, for a week.
			before := len(s.phone("党员苏").Chat())
			s.Say("联络员李", "待办")
			s.Clock(s.Now().AddDate(0, 0, 7))
			if chat := s.phone("党员苏").Chat(); len(chat) > before {
				t.Errorf("they still get %+v", chat[before:])
			}
			if ids, err := s.service.store.OpenIDs(t.Context(), self.Recipients()...); err != nil || len(ids) > 0 {
				t.Errorf("%d ids can still be mapped back, %v", len(ids), err)
			}
		})
	}
}

func (s *stage) self(name string) echowall.Self {
	ids, openid := s.service.store.Identifier(), echowall.OpenID(s.openID(name))
	return echowall.Self{Person: ids.Person(openid), Author: ids.Author(openid)}
}

// lives lets a member do everything; words are in all that the member says.
func (s *stage) lives(name, words string) {
	s.t.Helper()
	say := func(text string) {
		s.t.Helper()
		s.Clock(s.Now().Add(echowall.FloodRefill)) // nobody types faster
		s.Say(name, text)
	}
	s.act(name, func(ctx context.Context, p *emulator.Phone) *emulator.Delivery {
		return p.SendLocation(ctx, 30.10, 120.20, words)
	})
	say("学习")
	say("B")
	wish := func(consent string) string {
		s.t.Helper()
		say("取消")
		say("心愿")
		s.Photo(name, "lamp.jpg")
		s.Voice(name)
		say(words + "路灯坏了，晚上看不清")
		say("竹园" + words)
		say("2王女士")
		say(consent)
		number := receipt.FindString(s.Shows(name))
		if number == "" {
			s.t.Fatalf("no wish: %s", s.Shows(name))
		}
		return number
	}
	first, second := wish("1"), wish("2")
	s.check(s.service.store.UpdateWish(s.t.Context(), first, func(w *echowall.Wish) error {
		officer := echowall.Actor{Role: echowall.RoleLiaison, By: "p-officer", Source: echowall.FromChat}
		head := echowall.Actor{Role: echowall.RoleHead, By: "p-head", Source: echowall.FromChat}
		if err := w.Accept(s.Now(), s.service.wishes.Calendar, officer); err != nil {
			return err
		}
		if err := w.Reply(s.Now(), s.service.wishes.Calendar, officer, echowall.Answer{Class: echowall.OutcomeSolved, Text: words + "的路灯已经修好了。"}); err != nil {
			return err
		}
		if err := w.Redact(s.Now(), officer, words+"公开"); err != nil {
			return err
		}
		return w.Publish(s.Now(), head)
	}))
	s.settle()
	say("评价 " + first + " A")
	say("补充 " + second + " 三号楼" + words)
	say("补充 " + second)
	self := s.self(name)
	_, err := s.service.wishes.SetContact(s.t.Context(), self.Author, "13911112222", true)
	s.check(err)
	n := &echowall.Notice{Branch: "b1", Title: "开会", Body: "周五开会", By: "p-secretary", Confirm: true, To: []echowall.PersonID{self.Person}}
	s.check(s.service.store.AddNotice(s.t.Context(), n, func(*echowall.Notice) []echowall.Debt { return nil }))
	say("收到")
	late := echowall.NewDebt(echowall.DebtLateReply, echowall.Recipient(self.Person), "late", "", s.Now())
	late.Body, late.NotBefore = &echowall.Message{Text: words + "的回信"}, s.Now().Add(12*time.Hour)
	s.check(s.service.store.Owe(s.t.Context(), late))
	s.login(name)
	// And something unfinished.
	say("取消")
	say("心愿")
	s.Photo(name, "lamp.jpg")
	say(words + "还有一件事没有说完")
}

// login opens the person's pages once, as the phone's browser does.
func (s *stage) login(name string) {
	s.t.Helper()
	self := s.self(name)
	text := []byte(`{"session":{"person":"` + string(self.Person) + `","author":"` + string(self.Author) + `"}}`)
	s.check(s.service.store.SessionsOf(store.PhoneSession).CommitCtx(s.t.Context(), "hash-of-a-token-"+string(self.Person[:4]), text, time.Now().Add(time.Hour)))
}

// everything is the whole database as text, with what is packed unpacked.
func (s *stage) everything() map[string]string {
	s.t.Helper()
	dump := redistest.Dump(s.t, s.service.store.Redis(), "")
	var all bytes.Buffer
	s.check(s.service.store.Export(s.t.Context(), &all, store.ExportOptions{}))
	dump["export"] = all.String()
	return dump
}

// concerning is all that names a person, but for what everybody shares and what moves by itself.
func (s *stage) concerning(name string) map[string]string {
	s.t.Helper()
	out := map[string]string{}
	dump := s.everything()
	delete(dump, "export")
	self := s.self(name)
	for _, what := range []string{s.openID(name), string(self.Person), string(self.Author)} {
		for _, key := range redistest.Holding(dump, what) {
			family := strings.Split(strings.TrimPrefix(key, s.service.store.KeyPrefix()), ":")[0]
			if !slices.Contains([]string{"people", "holders", "accesslog", "due", "late", "seen", "fp", "once"}, family) {
				out[key] = dump[key]
			}
		}
	}
	if len(out) < 8 {
		s.t.Errorf("only %d keys name %s", len(out), name)
	}
	return out
}
