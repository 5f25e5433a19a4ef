package delivery_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"echowall"
	"echowall/delivery"
)

func TestPaysOnceAndKeepsTheBook(t *testing.T) {
	f := newFixture(t)
	a, b := f.contact(1, echowall.WindowMessage), f.contact(2, echowall.WindowMessage)
	debts := f.owe(echowall.DebtNotice, "notice", a, b)
	f.start()
	f.platform.await(t, 2)
	for i, d := range debts {
		f.awaitState(d, echowall.DebtPaid)
		if n := f.platform.count(d.Subject); n != 1 {
			t.Errorf("message %d arrived %d times", i, n)
		}
	}
	if left := f.reach(a).MessageLeft; left != 4 {
		t.Errorf("%d window messages left, want 4", left)
	}

	// Owing the same again is no second debt, although the first one is paid.
	if err := f.store.Owe(context.Background(), debts...); err != nil {
		t.Fatal(err)
	}
	more := f.owe(echowall.DebtNotice, "other", a)
	f.awaitState(more[0], echowall.DebtPaid)
	if got := f.platform.got(); got != 3 {
		t.Errorf("%d messages in all, want 3", got)
	}
}

func TestOwedWhileRunningIsPaidSoon(t *testing.T) {
	f := newFixture(t)
	a := f.contact(1, echowall.WindowMessage)
	d, _ := f.start()
	// The bound is loose for a busy machine; the polls alone add up to 0.18 s.
	const bound = 2 * time.Second
	for i := range 3 {
		begun := time.Now()
		f.owe(echowall.DebtNotice, fmt.Sprint("soon", i), a)
		if i == 0 {
			d.Wake()
		}
		f.platform.await(t, i+1)
		if took := time.Since(begun); took > bound {
			t.Errorf("debt %d took %v, want less than %v", i, took, bound)
		}
	}
}

func TestQuietHoursWait(t *testing.T) {
	f := newFixture(t)
	a := f.contact(1, echowall.WindowMessage)
	f.clock.advance(12 * time.Hour) // 22:00
	debt := f.owe(echowall.DebtNotice, "late", a)[0]
	d, _ := f.start()
	f.until("the notice is put off", func() bool { return d.Stats().PutOff == 1 })
	if f.platform.got() != 0 || f.state(debt) != echowall.DebtOwed {
		t.Fatalf("sent %d messages at night; the debt is %s", f.platform.got(), f.state(debt))
	}
	f.clock.advance(9 * time.Hour) // 7:00
	urgent := echowall.NewDebt(echowall.DebtNotice, a, "urgent", "", f.clock.now())
	urgent.Urgent = true
	if err := f.store.Owe(context.Background(), urgent); err != nil {
		t.Fatal(err)
	}
	f.awaitState(urgent, echowall.DebtPaid)
	if f.state(debt) != echowall.DebtOwed {
		t.Fatal("the ordinary notice went out at seven")
	}
	f.clock.advance(31 * time.Minute)
	f.awaitState(debt, echowall.DebtPaid)
}

func TestBoxOpensWhenThePersonWrites(t *testing.T) {
	f := newFixture(t)
	a := f.contact(1, echowall.WindowAct)
	f.clock.advance(2 * time.Minute) // the minute is over
	debt := f.owe(echowall.DebtNotice, "boxed", a)[0]
	f.start()
	f.awaitState(debt, echowall.DebtBoxed)
	if f.platform.got() != 0 {
		t.Fatal("sent without a window")
	}
	f.contact(2, echowall.WindowMessage) // somebody else
	f.contact(1, echowall.WindowMessage)
	f.awaitState(debt, echowall.DebtPaid)
	if n := f.platform.count("boxed-0"); n != 1 {
		t.Fatalf("arrived %d times", n)
	}
}

// An account that may not write on its own shows its debts in the next reply.
func TestAccountWithoutMessagesBoxesAll(t *testing.T) {
	f := newFixture(t)
	var to []echowall.Recipient
	for n := range 50 {
		to = append(to, f.contact(n, echowall.WindowMessage))
	}
	debts := f.owe(echowall.DebtNotice, "n", to...)
	f.start(func(c *delivery.Config) { c.Rules.Replies = false })
	for _, d := range debts {
		f.awaitState(d, echowall.DebtBoxed)
	}
	ctx := context.Background()
	turn, err := f.store.Begin(ctx, echowall.Contact{Key: "next", From: openID(7), At: f.clock.now(), Opens: echowall.WindowMessage})
	if err != nil {
		t.Fatal(err)
	}
	if turn.Waiting() != 1 {
		t.Fatalf("%d messages wait, want 1", turn.Waiting())
	}
	shown, err := f.store.Boxed(ctx, 5, to[7], echowall.Recipient(turn.Author()))
	if err != nil || len(shown) != 1 || shown[0].ID != debts[7].ID {
		t.Fatalf("the box holds %v, %v", shown, err)
	}
	if err := f.store.ShowBoxed(turn.Context(ctx), shown...); err != nil {
		t.Fatal(err)
	}
	if f.state(debts[7]) != echowall.DebtBoxed {
		t.Fatal("settled before the reply was committed")
	}
	if err := turn.Commit(ctx, []byte("reply")); err != nil {
		t.Fatal(err)
	}
	if f.state(debts[7]) != echowall.DebtPaid {
		t.Fatalf("after the reply the debt is %s", f.state(debts[7]))
	}
	if f.platform.got() != 0 {
		t.Fatal("the platform was called")
	}
}

func TestExpiredAndUntrueDebtsAreDropped(t *testing.T) {
	f := newFixture(t)
	a := f.contact(1, echowall.WindowAct)
	f.clock.advance(2 * time.Minute)
	boxed := echowall.NewDebt(echowall.DebtNotice, a, "short", "", f.clock.now())
	boxed.Expires = f.clock.now().Add(time.Hour)
	untrue := echowall.NewDebt(echowall.DebtLesson, f.contact(2, echowall.WindowMessage), "untrue", "", f.clock.now())
	stranger := echowall.NewDebt(echowall.DebtNotice, "pnobody", "stranger", "", f.clock.now())
	if err := f.store.Owe(context.Background(), boxed, untrue, stranger); err != nil {
		t.Fatal(err)
	}
	f.start(func(c *delivery.Config) { c.Writer = silentWriter{} })
	f.awaitState(boxed, echowall.DebtBoxed)
	f.awaitState(untrue, echowall.DebtVoid)
	f.awaitState(stranger, echowall.DebtVoid)
	f.clock.advance(2 * time.Hour)
	f.awaitState(boxed, echowall.DebtVoid)
	f.contact(1, echowall.WindowMessage)
	if left, err := f.store.Boxed(context.Background(), 5, a); err != nil || len(left) != 0 {
		t.Fatalf("an expired message is still in the box: %v, %v", left, err)
	}
}

type silentWriter struct{}

func (silentWriter) Write(context.Context, echowall.Debt, echowall.Channel) (echowall.Message, error) {
	return echowall.Message{}, echowall.Errorf(echowall.KindNotFound, "studied already")
}

// Two processes on one ledger pay each debt once, and one person's quota is kept although both work for them.
func TestTwoProcessesOneLedger(t *testing.T) {
	f := newFixture(t)
	var to []echowall.Recipient
	for n := range 60 {
		to = append(to, f.contact(n, echowall.WindowMessage))
	}
	var debts []echowall.Debt
	for round := range 8 { // five of eight fit the window, three are boxed
		debts = append(debts, f.owe(echowall.DebtNotice, fmt.Sprint("r", round), to...)...)
	}
	other := openStore(t, f.server.URL(), f.clock.now)
	f.start()
	f.start(func(c *delivery.Config) { c.Ledger, c.Redis = other, other.Redis() })
	paid, boxed := 0, 0
	f.until("all debts are settled", func() bool {
		paid, boxed = 0, 0
		for _, d := range debts {
			switch f.state(d) {
			case echowall.DebtPaid:
				paid++
			case echowall.DebtBoxed:
				boxed++
			}
		}
		return paid+boxed == len(debts)
	})
	if paid != 5*len(to) || boxed != 3*len(to) {
		t.Errorf("%d paid and %d boxed, want %d and %d", paid, boxed, 5*len(to), 3*len(to))
	}
	for _, d := range debts {
		if n := f.platform.count(d.Subject); n > 1 {
			t.Errorf("%s arrived %d times", d.Subject, n)
		}
	}
	if got := f.platform.got(); got != paid {
		t.Errorf("%d messages arrived for %d paid debts", got, paid)
	}
}

// What Shutdown leaves unbegun is there for the next process at once.
func TestShutdownGivesBack(t *testing.T) {
	f := newFixture(t)
	var to []echowall.Recipient
	for n := range 300 {
		to = append(to, f.contact(n, echowall.WindowMessage))
	}
	debts := f.owe(echowall.DebtNotice, "n", to...)
	f.platform.delay = 2 * time.Millisecond
	_, stop := f.start(func(c *delivery.Config) { c.Workers = 2 })
	f.platform.await(t, 20)
	stop()
	if got := f.platform.got(); got == len(debts) {
		t.Fatal("everything was paid before the shutdown, so nothing was given back")
	}
	f.start()
	f.platform.await(t, len(debts))
	for _, d := range debts {
		f.awaitState(d, echowall.DebtPaid)
		if n := f.platform.count(d.Subject); n != 1 {
			t.Errorf("%s arrived %d times", d.Subject, n)
		}
	}
}
