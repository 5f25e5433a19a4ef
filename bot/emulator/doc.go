// Package emulator is a strict stand-in for the WeChat Official Account
// platform: it drives a callback URL as the platform would, answers the API a
// server calls, and keeps phones whose owners follow, write, tap and scan.
//
// Read Platform first (platform.go), then Phone (phone.go): a test starts a
// Platform, lets a Phone act, and looks at the returned Delivery, at the
// phone's Chat, at Calls and at Violations. The route table is routes.go, what
// an account may do is account.go, the order of checks of an API call is api.go.
// Phones serves the phones in a browser (phones.go), RehearsalHandler all of it on
// one address for an operator who rehearses.
//
// The package imports nothing of the rest of the module. Its cryptography is
// written from the published description alone, so a mistake in the client
// cannot hide behind the same mistake here. Where the platform's behaviour is
// not documented, the comment says "unsure" and there is a knob.
package emulator
