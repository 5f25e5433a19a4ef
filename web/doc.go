// Package web is the way in by browser: the public echo wall, the phone pages, the staff console, and what
// operators and proxies ask for. Pages are html/template files, drawn on the server. The one script refreshes
// open lists of the console, which do without it.
//
// Read server.go first: Handler is the whole route table. A page is one Go file and one file in views/ of
// the same name; what every page shares is in page.go (frame), adapter.go (errors) and chip.go (states).
// The console is in console.go (who sits before a page) and console_routes.go (what there is behind the log-in).
// Every sentence is in content/words; New fails when one is missing.
package web
