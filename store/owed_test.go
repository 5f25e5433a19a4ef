package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"echowall"
	"echowall/store/redistest"
)

// ledgerStart is ten o'clock of an ordinary working day.
var ledgerStart = time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("Asia/Shanghai", 8*3600))

// ledger is a store with one person who wrote just now.
type ledger struct {
	*testing.T
	s      *Store
	now    time.Time
	openid echowall.OpenID
	person echowall.Recipient
	author echowall.Recipient
	pushes int
}

func newLedger(t *testing.T) *ledger { return newLedgerAt(t, redistest.Run(t).URL(), "gh_ledger") }

func newLedgerAt(t *testing.T, url, account string) *ledger {
	l := &ledger{T: t, s: openAt(t, url, account), now: ledgerStart, openid: "oLedger"}
	l.s.now = func() time.Time { return l.now }
	l.person = echowall.Recipient(l.s.ids.Person(l.openid))
	l.author = echowall.Recipient(l.s.ids.Author(l.openid))
	l.contact(echowall.WindowMessage)
	return l
}

func (l *ledger) contact(opens echowall.Window) {
	l.Helper()
	l.pushes++
	turn, err := l.s.Begin(context.Background(), echowall.Contact{
		Key: fmt.Sprint("push", l.pushes), From: l.openid, At: l.now, Opens: opens,
	})
	l.no(err)
	l.no(turn.Commit(context.Background(), nil))
}

func (l *ledger) no(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

func (l *ledger) owe(to echowall.Recipient, subject string) echowall.Debt {
	l.Helper()
	d := echowall.NewDebt(echowall.DebtNotice, to, subject, "", l.now)
	l.no(l.s.Owe(context.Background(), d))
	return d
}

func (l *ledger) load(d echowall.Debt) *echowall.Payment {
	l.Helper()
	list, err := l.s.Payments(context.Background(), []string{d.ID})
	l.no(err)
	if len(list) != 1 {
		l.Fatalf("%d payments, want 1", len(list))
	}
	return list[0]
}

// claim plans a payment by customer-service message.
func (l *ledger) claim(p *echowall.Payment) *echowall.Claim {
	l.Helper()
	rules := echowall.Rules{Replies: true}
	d := echowall.Plan(&p.Debt, &p.Reach, l.now, &rules)
	if d.Channel != echowall.ChannelReply {
		l.Fatalf("planned %+v, want a reply", d)
	}
	return &echowall.Claim{Payment: p, Decision: d, After: p.Reach.Spend(p.Debt.Kind, d, l.now, &rules)}
}

func (l *ledger) record(done *echowall.Settlement, next *echowall.Claim) echowall.Claimed {
	l.Helper()
	got, err := l.s.Record(context.Background(), l.now, done, next)
	l.no(err)
	return got
}

func (l *ledger) left() int {
	l.Helper()
	r, err := l.s.Reach(context.Background(), echowall.PersonID(l.person))
	l.no(err)
	return r.MessageLeft
}

func (l *ledger) attempts() int64 {
	l.Helper()
	n, err := l.s.rdb.XLen(context.Background(), l.s.keys.attempts()).Result()
	l.no(err)
	return n
}

func (l *ledger) due() []string {
	l.Helper()
	ids, err := l.s.LeaseDue(context.Background(), l.now, l.now.Add(time.Minute), 100)
	l.no(err)
	return ids
}

// copyOf is p as it was before a call, as a caller holds it whose answer got lost.
func copyOf(p *echowall.Payment) *echowall.Payment {
	c, state := *p, *p.Ledger.(*paying)
	c.Ledger = &state
	return &c
}

func TestRecordTwiceIsRecordOnce(t *testing.T) {
	l := newLedger(t)
	p := l.load(l.owe(l.person, "1"))
	claim := l.claim(p)
	// The token is drawn in the first call; a caller that repeats it keeps the payment.
	if got := l.record(nil, claim); got != echowall.ClaimTaken {
		t.Fatalf("claim: %v", got)
	}
	again := copyOf(p)
	again.Debt = l.load(p.Debt).Debt
	again.Debt.State, again.Debt.Attempts = echowall.DebtOwed, nil
	again.Ledger.(*paying).version--
	if got := l.record(nil, &echowall.Claim{Payment: again, Decision: claim.Decision, After: claim.After}); got != echowall.ClaimTaken {
		t.Fatalf("the same claim again: %v, want taken", got)
	}
	if l.left() != 4 {
		t.Errorf("%d messages left, want 4: the quota is taken once", l.left())
	}
	done := &echowall.Settlement{Payment: p, State: echowall.DebtDead, Result: "bad_request"}
	for range 2 {
		l.record(done, nil)
	}
	if n := l.attempts(); n != 1 {
		t.Errorf("%d attempts in the stream, want 1", n)
	}

	p = l.load(l.owe(l.person, "2"))
	l.record(nil, l.claim(p))
	paid := &echowall.Settlement{Payment: p, State: echowall.DebtPaid, Result: "paid"}
	for range 2 {
		l.record(paid, nil)
	}
	if ids := l.due(); len(ids) != 0 {
		t.Errorf("a settled debt is due: %v", ids)
	}
	counts, err := l.s.DebtCounts(context.Background())
	if want := (echowall.DebtCounts{Dead: 1}); err != nil || counts != want {
		t.Errorf("counts %+v, %v; want %+v", counts, err, want)
	}
}

func TestOneClaimWins(t *testing.T) {
	l := newLedger(t)
	d := l.owe(l.person, "1")
	a, b := l.load(d), l.load(d)
	if got := l.record(nil, l.claim(a)); got != echowall.ClaimTaken {
		t.Fatalf("first: %v", got)
	}
	if got := l.record(nil, l.claim(b)); got != echowall.ClaimLost {
		t.Fatalf("second: %v, want lost", got)
	}
	// The loser's settlement is dropped too.
	l.record(&echowall.Settlement{Payment: b, State: echowall.DebtVoid}, nil)
	if got := l.load(d).Debt.State; got != echowall.DebtSending {
		t.Errorf("the debt is %s, want sending", got)
	}
}

func TestClaimOnAStaleBook(t *testing.T) {
	l := newLedger(t)
	a, b := l.load(l.owe(l.person, "1")), l.load(l.owe(l.person, "2"))
	ca, cb := l.claim(a), l.claim(b)
	l.record(nil, ca)
	if got := l.record(nil, cb); got != echowall.ClaimStale {
		t.Fatalf("claim on a book with a message less: %v, want stale", got)
	}
	if b.Reach.MessageLeft != 4 {
		t.Fatalf("the payment carries %d messages left, want 4", b.Reach.MessageLeft)
	}
	// Settling one and claiming the other is one step.
	done := &echowall.Settlement{Payment: a, State: echowall.DebtPaid, Result: "paid"}
	if got := l.record(done, l.claim(b)); got != echowall.ClaimTaken {
		t.Fatalf("claim on the book as it is: %v", got)
	}
	if l.left() != 3 {
		t.Errorf("%d messages left, want 3", l.left())
	}
}

func TestQuotaGivenBack(t *testing.T) {
	l := newLedger(t)
	p := l.load(l.owe(l.person, "1"))
	l.record(nil, l.claim(p))
	l.record(&echowall.Settlement{Payment: p, State: echowall.DebtOwed, Until: l.now, Result: "retry", Spent: echowall.SpentBack}, nil)
	if l.left() != 5 {
		t.Fatalf("%d messages left, want 5 again", l.left())
	}
	// When the person wrote in the meantime, the new window stays as it is.
	p = l.load(p.Debt)
	l.record(nil, l.claim(p))
	l.now = l.now.Add(time.Second)
	l.contact(echowall.WindowMessage)
	l.record(&echowall.Settlement{Payment: p, State: echowall.DebtOwed, Until: l.now, Result: "unreachable", Spent: echowall.SpentClosed}, nil)
	if l.left() != 5 {
		t.Errorf("%d messages left, want the 5 of the new window", l.left())
	}
}

// Somebody writes between the decision that no window is open and its record: the debt must not sleep.
func TestBoxIsNotMissed(t *testing.T) {
	l := newLedger(t)
	l.now = l.now.Add(49 * time.Hour)
	d := l.owe(l.person, "1")
	if got := l.due(); len(got) != 1 {
		t.Fatalf("due: %v", got)
	}
	p := l.load(d)
	l.contact(echowall.WindowMessage)
	l.record(&echowall.Settlement{Payment: p, State: echowall.DebtBoxed}, nil)
	if got := l.due(); len(got) != 1 || got[0] != d.ID {
		t.Fatalf("due after the missed box: %v, want the debt at once", got)
	}
	// Boxed in time, it comes up with the next contact.
	l.now = l.now.Add(49 * time.Hour)
	l.record(&echowall.Settlement{Payment: l.load(d), State: echowall.DebtBoxed}, nil)
	if got := l.due(); len(got) != 0 {
		t.Fatalf("a boxed debt is due: %v", got)
	}
	l.contact(echowall.WindowNone)
	if got := l.due(); len(got) != 0 {
		t.Fatalf("a silent event opened the box: %v", got)
	}
	l.contact(echowall.WindowAct)
	if got := l.due(); len(got) != 1 {
		t.Fatalf("due after a contact: %v, want the boxed debt", got)
	}
}

// A debt to an author is paid through the window of the person, and its box opens with them.
func TestAuthorsAreReachedThroughTheVault(t *testing.T) {
	l := newLedger(t)
	l.no(l.s.rdb.Set(context.Background(), l.s.keys.vault(l.author), l.s.vault.seal(l.author, l.openid), 0).Err())
	d := l.owe(l.author, "1")
	p := l.load(d)
	if p.To != l.openid || p.Reach.MessageLeft != 5 {
		t.Fatalf("payment to %q with %d messages left", string(p.To), p.Reach.MessageLeft)
	}
	l.record(&echowall.Settlement{Payment: p, State: echowall.DebtBoxed}, nil)
	l.due()
	l.contact(echowall.WindowMessage)
	if got := l.due(); len(got) != 1 {
		t.Errorf("due after the author wrote: %v", got)
	}
}

func TestUrgentDebtsComeFirst(t *testing.T) {
	l := newLedger(t)
	for i := range 5 {
		l.owe(l.person, fmt.Sprint(i))
	}
	urgent := echowall.NewDebt(echowall.DebtHuman, l.person, "now", "", l.now)
	urgent.Urgent = true
	later := echowall.NewDebt(echowall.DebtNotice, l.person, "later", "", l.now)
	later.NotBefore = l.now.Add(time.Hour)
	l.no(l.s.Owe(context.Background(), urgent, later))
	first, err := l.s.LeaseDue(context.Background(), l.now, l.now.Add(time.Minute), 1)
	if err != nil || len(first) != 1 || first[0] != urgent.ID {
		t.Fatalf("first: %v, %v", first, err)
	}
	if rest := l.due(); len(rest) != 5 {
		t.Fatalf("%d more are due, want 5: one is leased, one is for later", len(rest))
	}
	l.now = l.now.Add(2 * time.Minute)
	if all := l.due(); len(all) != 6 {
		t.Fatalf("%d are due when the leases ended, want 6", len(all))
	}
}

func TestSubscriptionsAreCounted(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	person := echowall.PersonID(l.person)
	rules := echowall.Rules{Subscriptions: map[echowall.DebtKind]string{echowall.DebtNotice: "SUB"}}
	d := l.owe(l.person, "1")
	l.record(&echowall.Settlement{Payment: l.load(d), State: echowall.DebtBoxed}, nil)
	l.no(l.s.AcceptSubscription(ctx, person, "SUB", 1))
	if got := l.due(); len(got) != 1 {
		t.Fatalf("due after the person accepted: %v", got)
	}
	p, q := l.load(d), l.load(l.owe(l.person, "2"))
	for i, tt := range []struct {
		p    *echowall.Payment
		want echowall.Claimed
	}{{p, echowall.ClaimTaken}, {q, echowall.ClaimStale}} {
		decision := echowall.Decision{Channel: echowall.ChannelSubscription, Template: "SUB"}
		claim := &echowall.Claim{Payment: tt.p, Decision: decision, After: tt.p.Reach.Spend(tt.p.Debt.Kind, decision, l.now, &rules)}
		if got := l.record(nil, claim); got != tt.want {
			t.Errorf("claim %d of one accepted notice: %v, want %v", i, got, tt.want)
		}
	}
	if r, err := l.s.Reach(ctx, person); err != nil || r.Accepted["SUB"] != 0 {
		t.Errorf("%v accepted notices left, %v", r.Accepted, err)
	}
}

// The text that is cut together for a claim is the one that encoding would give.
func TestClaimedTextIsTheDocument(t *testing.T) {
	l := newLedger(t)
	body := echowall.Message{Text: `"state":"owed"}`}
	for _, change := range []func(*echowall.Debt){
		func(*echowall.Debt) {},
		func(d *echowall.Debt) { d.Body, d.Urgent = &body, true },
		func(d *echowall.Debt) { d.Expires = l.now.Add(time.Hour) },
	} {
		d := echowall.NewDebt(echowall.DebtNotice, l.person, stamp(), "", l.now)
		change(&d)
		l.no(l.s.Owe(context.Background(), d))
		p := l.load(d)
		state := p.Ledger.(*paying)
		state.token = "TOKEN"
		d = p.Debt
		d.State = echowall.DebtSending
		d.Attempts = []echowall.Attempt{{At: l.now, Channel: echowall.ChannelReply}}
		got, err := state.claimed(&d)
		l.no(err)
		want, err := bodyOf(&debtDoc{By: "TOKEN", Debt: d})
		l.no(err)
		if string(got) != string(want) {
			t.Errorf("cut:     %s\nencoded: %s", got, want)
		}
	}
}

// One entry that does not open must not hold up the others.
func TestUnreadablePaymentStandsAlone(t *testing.T) {
	l := newLedger(t)
	good, bad := l.owe(l.person, "1"), l.owe("pOther", "2")
	l.no(l.s.rdb.Set(context.Background(), l.s.keys.vault("pOther"), "not sealed by this key, and long enough", 0).Err())
	list, err := l.s.Payments(context.Background(), []string{bad.ID, good.ID})
	if err == nil || len(list) != 1 || list[0].Debt.ID != good.ID || list[0].To != l.openid {
		t.Fatalf("%d payments, %v; want the good one and an error", len(list), err)
	}
	if due := l.due(); len(due) != 2 {
		t.Errorf("due: %v, want both", due)
	}
}
