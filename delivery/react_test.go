package delivery_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"echowall"
	"echowall/delivery"
)

// scriptSender answers the calls one after the other as told, then accepts.
type scriptSender struct {
	mu      sync.Mutex
	answers []error
	sent    []echowall.Message
}

func (s *scriptSender) Send(_ context.Context, _ echowall.OpenID, m echowall.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, m)
	if len(s.answers) == 0 {
		return nil
	}
	err := s.answers[0]
	s.answers = s.answers[1:]
	return err
}

func (s *scriptSender) calls() []echowall.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]echowall.Message(nil), s.sent...)
}

func refused(code int, r echowall.Reaction) *echowall.PlatformError {
	return &echowall.PlatformError{Call: "/test", Code: code, Reaction: r}
}

func TestAnswersOfThePlatform(t *testing.T) {
	templates := func(c *delivery.Config) {
		c.Rules.Templates = map[echowall.DebtKind]string{echowall.DebtNotice: "T1"}
	}
	tests := []struct {
		name    string
		change  func(*delivery.Config)
		answers []error
		advance time.Duration // after each of the answers
		want    echowall.DebtState
		calls   int
		left    int // window messages, out of 5
	}{
		{name: "accepted", want: echowall.DebtPaid, calls: 1, left: 4},
		{name: "accepted before", answers: []error{refused(45065, echowall.ReactDone)}, want: echowall.DebtPaid, calls: 1, left: 4},
		{
			name: "busy, then accepted", answers: []error{refused(-1, echowall.ReactRetry)}, advance: 6 * time.Second,
			want: echowall.DebtPaid, calls: 2, left: 4,
		},
		{
			name: "stale token twice", answers: []error{refused(42001, echowall.ReactToken), refused(42001, echowall.ReactToken)},
			advance: 30 * time.Second, want: echowall.DebtPaid, calls: 3, left: 4,
		},
		{
			name: "too frequent", answers: []error{&echowall.PlatformError{Code: 45011, Reaction: echowall.ReactRetry, RetryAfter: time.Minute}},
			advance: 61 * time.Second, want: echowall.DebtPaid, calls: 2, left: 4,
		},
		{name: "no window after all", answers: []error{refused(45015, echowall.ReactUnreachable)}, want: echowall.DebtBoxed, calls: 1, left: 0},
		{
			name: "no window, but a template", change: templates, answers: []error{refused(45015, echowall.ReactUnreachable)},
			want: echowall.DebtPaid, calls: 2, left: 0,
		},
		{
			name: "unreachable by both", change: templates,
			answers: []error{refused(45015, echowall.ReactUnreachable), refused(43004, echowall.ReactUnreachable)},
			want:    echowall.DebtBoxed, calls: 2, left: 0,
		},
		{name: "window used up", answers: []error{refused(45047, echowall.ReactQuota)}, want: echowall.DebtBoxed, calls: 1, left: 0},
		{
			name:    "day quota",
			answers: []error{&echowall.PlatformError{Code: 45009, Reaction: echowall.ReactQuota, Until: monday.Add(4*time.Hour + time.Minute)}},
			advance: 4*time.Hour + 2*time.Minute, want: echowall.DebtPaid, calls: 2, left: 4,
		},
		{name: "not granted", answers: []error{refused(48001, echowall.ReactPermanent)}, want: echowall.DebtBoxed, calls: 1, left: 5},
		{name: "our defect", answers: []error{refused(47001, echowall.ReactBadRequest)}, want: echowall.DebtDead, calls: 1, left: 5},
		{name: "no answer", answers: []error{&echowall.PlatformError{Unknown: true}}, want: echowall.DebtUnknown, calls: 1, left: 4},
		{name: "an error nobody knows", answers: []error{errors.New("?")}, want: echowall.DebtUnknown, calls: 1, left: 4},
		{
			name: "never sent", answers: []error{echowall.Errorf(echowall.KindUnavailable, "no token")}, advance: 6 * time.Second,
			want: echowall.DebtPaid, calls: 2, left: 4,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			a := f.contact(1, echowall.WindowMessage)
			sender := &scriptSender{answers: tt.answers}
			debt := f.owe(echowall.DebtNotice, "n", a)[0]
			f.start(func(c *delivery.Config) {
				c.Sender = sender
				if tt.change != nil {
					tt.change(c)
				}
			})
			for n := range tt.answers {
				if tt.advance == 0 {
					break
				}
				f.until("the debt waits", func() bool { return len(sender.calls()) == n+1 && f.state(debt) == echowall.DebtOwed })
				f.clock.advance(tt.advance)
			}
			f.awaitState(debt, tt.want)
			if got := len(sender.calls()); got != tt.calls {
				t.Errorf("%d calls, want %d", got, tt.calls)
			}
			if left := f.reach(a).MessageLeft; left != tt.left {
				t.Errorf("%d window messages left, want %d", left, tt.left)
			}
		})
	}
}

// A refused channel is not tried for everybody else: one call, and a way back after an hour.
func TestPermanentRefusalClosesTheChannel(t *testing.T) {
	f := newFixture(t)
	sender := &scriptSender{answers: []error{refused(48001, echowall.ReactPermanent)}}
	var to []echowall.Recipient
	for n := range 20 {
		to = append(to, f.contact(n, echowall.WindowMessage))
	}
	debts := f.owe(echowall.DebtNotice, "n", to...)
	f.start(func(c *delivery.Config) { c.Sender, c.Workers = sender, 1 })
	for _, d := range debts {
		f.awaitState(d, echowall.DebtBoxed)
	}
	if n := len(sender.calls()); n != 1 {
		t.Fatalf("%d calls on a channel that is refused, want 1", n)
	}
	f.clock.advance(61 * time.Minute)
	f.contact(3, echowall.WindowMessage)
	f.awaitState(debts[3], echowall.DebtPaid)
}

// Without an answer a customer-service message is never repeated; a template is, under the same key.
func TestUnknownOutcome(t *testing.T) {
	f := newFixture(t)
	sender := &scriptSender{answers: []error{&echowall.PlatformError{Unknown: true}, &echowall.PlatformError{Unknown: true}}}
	a := f.contact(1, echowall.WindowAct)
	f.clock.advance(2 * time.Minute)
	debt := f.owe(echowall.DebtNotice, "n", a)[0]
	f.start(func(c *delivery.Config) {
		c.Sender = sender
		c.Rules.Templates = map[echowall.DebtKind]string{echowall.DebtNotice: "T1"}
	})
	for call := range 3 {
		f.until("the next call", func() bool { return len(sender.calls()) == call+1 })
		if call < 2 {
			f.until("it is open what became of it", func() bool { return f.state(debt) == echowall.DebtSending })
			f.clock.advance(61 * time.Second)
		}
	}
	f.awaitState(debt, echowall.DebtPaid)
	for i, m := range sender.calls() {
		if m.Template == nil || m.Template.ClientID != debt.ID || m.Template.ID != "T1" {
			t.Errorf("call %d went out as %+v, want template T1 under the key %s", i, m.Template, debt.ID)
		}
	}
	if used := f.reach(a).TemplateUsed; used != 1 {
		t.Errorf("%d templates in the book, want 1", used)
	}
}

func TestDeadDebtsAreListedAndRetried(t *testing.T) {
	f := newFixture(t)
	sender := &scriptSender{}
	var to []echowall.Recipient
	for n := range 3 {
		sender.answers = append(sender.answers, refused(47001, echowall.ReactBadRequest))
		to = append(to, f.contact(n, echowall.WindowMessage))
	}
	debts := f.owe(echowall.DebtNotice, "n", to...)
	f.start(func(c *delivery.Config) { c.Sender = sender })
	for _, d := range debts {
		f.awaitState(d, echowall.DebtDead)
	}
	ctx := context.Background()
	dead, err := f.store.Debts(ctx, echowall.DebtDead, 10)
	if err != nil || len(dead) != 3 {
		t.Fatalf("listed: %v, %v", dead, err)
	}
	last := dead[0].Attempts[0]
	if last.Code != 47001 || last.Result != string(echowall.ReactBadRequest) || last.Channel != echowall.ChannelReply {
		t.Errorf("the attempt says %+v", last)
	}
	for _, d := range dead[:2] {
		if err := f.store.RetryDebt(ctx, d.ID); err != nil {
			t.Fatal(err)
		}
		f.awaitState(d, echowall.DebtPaid)
		if err := f.store.RetryDebt(ctx, d.ID); echowall.KindOf(err) == "" {
			t.Error("a paid debt was made owed again")
		}
	}
	counts, err := f.store.DebtCounts(ctx)
	if err != nil || counts.Dead != 1 || counts.Waiting != 0 || counts.Unknown != 0 {
		t.Errorf("counts %+v, %v; want 1 dead", counts, err)
	}
}

func TestGivesUpAfterManyAttempts(t *testing.T) {
	f := newFixture(t)
	sender := &scriptSender{}
	for range 2 * echowall.MaxAttempts {
		sender.answers = append(sender.answers, refused(-1, echowall.ReactRetry))
	}
	f.clock.advance(-150 * time.Minute) // 7:30, so that the retries end before noon
	a := f.contact(1, echowall.WindowMessage)
	debt := f.owe(echowall.DebtNotice, "n", a)[0]
	f.start(func(c *delivery.Config) { c.Sender = sender })
	for n := range echowall.MaxAttempts {
		f.until(fmt.Sprint("call ", n+1), func() bool { return len(sender.calls()) == n+1 })
		if n+1 < echowall.MaxAttempts {
			f.until("the debt waits", func() bool { return f.state(debt) == echowall.DebtOwed })
			f.clock.advance(min(5*time.Second<<n, 30*time.Minute) + time.Second)
		}
	}
	f.awaitState(debt, echowall.DebtDead)
	if left := f.reach(a).MessageLeft; left != 5 {
		t.Errorf("%d window messages left, want all 5", left)
	}
}

// A worker that was only slow, not dead, has the last word about what it sent.
func TestLateResultBeatsUnknown(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	a := f.contact(1, echowall.WindowMessage)
	debt := f.owe(echowall.DebtNotice, "n", a)[0]
	load := func() *echowall.Payment {
		t.Helper()
		p, err := f.store.Payments(ctx, []string{debt.ID})
		if err != nil || len(p) != 1 {
			t.Fatalf("payments: %v, %v", p, err)
		}
		return p[0]
	}
	slow := load()
	rules := f.config.Rules
	decision := echowall.Plan(&slow.Debt, &slow.Reach, f.clock.now(), &rules)
	claim := &echowall.Claim{Payment: slow, Decision: decision, After: slow.Reach.Spend(slow.Debt.Kind, decision, f.clock.now(), &rules)}
	if got, err := f.store.Record(ctx, f.clock.now(), nil, claim); err != nil || got != echowall.ClaimTaken {
		t.Fatalf("claim: %v, %v", got, err)
	}
	if left := f.reach(a).MessageLeft; left != 4 {
		t.Fatalf("%d window messages left, want 4", left)
	}
	f.start()
	f.clock.advance(2 * time.Minute)
	f.awaitState(debt, echowall.DebtUnknown)
	if _, err := f.store.Record(ctx, f.clock.now(), &echowall.Settlement{Payment: slow, State: echowall.DebtPaid, Result: "paid"}, nil); err != nil {
		t.Fatal(err)
	}
	if got := f.state(debt); got != echowall.DebtPaid {
		t.Errorf("the debt is %s, want paid", got)
	}
	if counts, err := f.store.DebtCounts(ctx); err != nil || counts.Unknown != 0 {
		t.Errorf("counts %+v, %v; want none unknown", counts, err)
	}
	if f.platform.got() != 0 {
		t.Error("it was sent again")
	}
}
