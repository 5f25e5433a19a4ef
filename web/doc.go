// Package web is the way in by browser: the public echo wall, the phone pages of lessons and wishes, and
// what operators and proxies ask for. Pages are html/template files, drawn on the server, without script.
//
// Read server.go first: Handler is the whole route table. A page is one Go file and one file in views/ of
// the same name; what every page shares is in page.go (frame), adapter.go (errors) and chip.go (states).
// Every sentence is in content/words; New fails when one is missing.
package web
