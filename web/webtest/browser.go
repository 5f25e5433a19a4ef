// Package webtest drives pages in a real Chromium, for tests. Browser starts one; Watch notices what a page
// complains about; Overflow measures whether it can be scrolled sideways.
package webtest

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A browser that needs longer than this for one test hangs.
const patience = 2 * time.Minute

// names are what distributions call the browser.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless-shell"}

// Browser starts a Chromium with a fresh profile and returns a context for chromedp.Do and Run; its first
// tab is open. More tabs: chromedp.NewContext(ctx). The browser ends with the test. Without a Chromium on PATH the
// test fails.
func Browser(tb testing.TB) context.Context {
	tb.Helper()
	path := find()
	if path == "" {
		tb.Fatal("webtest: no Chromium on PATH; install the package chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		// Nothing but the pages under test: no call home, no updates, no proxy of the machine.
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("no-pings", true),
		chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("disable-features", "Translate,OptimizationHints,MediaRouter"),
		chromedp.Flag("lang", "zh-CN"),
		chromedp.DisableGPU,
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses a sandbox for root
	}
	ctx, endPatience := context.WithTimeout(context.Background(), patience)
	ctx, endProcess := chromedp.NewExecAllocator(ctx, options...)
	ctx, endTab := chromedp.NewContext(ctx)
	tb.Cleanup(func() {
		endTab()
		endProcess() // waits for the process and removes its profile
		endPatience()
	})
	if err := chromedp.Do(ctx); err != nil {
		tb.Fatalf("webtest: %s does not start: %v", path, err)
	}
	return ctx
}

func find() string {
	for _, n := range names {
		if path, err := exec.LookPath(n); err == nil {
			return path
		}
	}
	return ""
}
