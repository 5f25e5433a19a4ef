package webtest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Complaints gathers the errors that the pages of one tab report: uncaught exceptions, console errors,
// blocked or failed resources.
type Complaints struct {
	mu   sync.Mutex
	list []string
}

// Watch begins to listen to the tab of ctx.
func Watch(tb testing.TB, ctx context.Context) *Complaints {
	tb.Helper()
	c := new(Complaints)
	err := chromedp.Listen(ctx, func(ev any) {
		switch ev := ev.(type) {
		case *runtime.EventExceptionThrown:
			c.add("exception: " + ev.ExceptionDetails.Text + exception(ev.ExceptionDetails))
		case *runtime.EventConsoleAPICalled:
			if ev.Type == runtime.ConsoleAPICalledTypeError {
				text := "console:"
				for _, a := range ev.Args {
					text += " " + string(a.Value)
				}
				c.add(text)
			}
		case *log.EventEntryAdded:
			if ev.Entry.Level == log.EntryLevelError {
				c.add(fmt.Sprintf("%s: %s %s", ev.Entry.Source, ev.Entry.Text, ev.Entry.URL))
			}
		}
	})
	if err != nil {
		tb.Fatalf("webtest: cannot listen to the tab: %v", err)
	}
	return c
}

func exception(d *runtime.ExceptionDetails) string {
	if d.Exception == nil {
		return ""
	}
	return " " + d.Exception.Description
}

func (c *Complaints) add(s string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, s)
}

// Take returns what was reported since the last call.
func (c *Complaints) Take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := c.list
	c.list = nil
	return list
}
