// Package echowall is the product itself: what a wish, a station, a branch, a lesson, a notice and a promise
// are, and the rules they follow. It imports the standard library only and does nothing by itself: use cases
// (Wishes, Study, Notices, People, Duty) ask for storage through small interfaces, and whoever calls them
// brings it.
//
// Read wish.go and wish_move.go first: a wish from the resident's sentence to the verdict. Then owed.go and
// plan.go: every change writes down which messages it owes to whom, in the same step, and the plan decides by
// which channel and when each may be sent. study.go and lesson.go are the members' day, calendar.go is what
// counts as a working day. People and places: roster.go holds everybody and everything at one moment,
// directory.go makes it quick to ask, permission_table.go says who may do what, access.go who looked.
//
// Who may import whom (arrows_test.go holds it):
//
//	cmd/echowall                    everything
//	handlers, web, schedule         the ways in: chat, browser, clock; they know content and this package
//	bot                             conversations, and bot/wechat, the platform's protocol
//	store, delivery, content        adapters; none of them knows another
//	roster                          workbooks of people and places; web and cmd use it
package echowall
