package main

import (
	"context"
	"log/slog"
	"testing"
)

// A demo starts whatever the year, holiday files or not, and what its answers promise lies ahead.
func TestDemoStartsInAnyYear(t *testing.T) {
	for _, day := range []string{"2025-12-31", "2026-11-23", "2027-03-01", "2032-02-29"} {
		t.Run(day, func(t *testing.T) {
			start, err := demoStart(day + "T07:30")
			if err != nil {
				t.Fatal(err)
			}
			d, err := newDemo(t.Context(), demoConfig{Addr: "127.0.0.1:0", Start: start, Logger: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				ctx, cancel := context.WithTimeout(context.Background(), shutdownPatience)
				defer cancel()
				if err := d.close(ctx); err != nil {
					t.Error(err)
				}
			}()
			w, err := d.service.store.Wish(t.Context(), "XY1001")
			if err != nil {
				t.Fatal(err)
			}
			if today := d.service.wishes.Calendar.Today(start); w.Answer == nil || !today.Before(w.Answer.Promise) {
				t.Errorf("on %s the answer promises %+v", today, w.Answer)
			}
		})
	}
}
