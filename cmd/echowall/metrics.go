package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"echowall"
)

// writeMetrics writes the figures of this process and of the account in the text format of Prometheus.
// They name no person and no text.
func (s *service) writeMetrics(w io.Writer) {
	d := s.delivery.Stats()
	for _, m := range []struct {
		state string
		n     int64
	}{{"paid", d.Paid}, {"unknown", d.Unknown}, {"boxed", d.Boxed}, {"put_off", d.PutOff}, {"dead", d.Dead}, {"void", d.Void}} {
		fmt.Fprintf(w, "echowall_debts_settled_total{state=%q} %d\n", m.state, m.n)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	up := 1
	if counts, err := s.store.Counts(ctx); err == nil {
		for _, state := range echowall.AllStates {
			fmt.Fprintf(w, "echowall_wishes{state=%q} %d\n", state, counts[state])
		}
	} else {
		up = 0
	}
	if debts, err := s.store.DebtCounts(ctx); err == nil {
		fmt.Fprintf(w, "echowall_debts{state=\"waiting\"} %d\n", debts.Waiting)
		fmt.Fprintf(w, "echowall_debts{state=\"dead\"} %d\n", debts.Dead)
		fmt.Fprintf(w, "echowall_debts{state=\"unknown\"} %d\n", debts.Unknown)
	}
	fmt.Fprintf(w, "echowall_store_up %d\n", up)
}
