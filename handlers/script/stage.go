package script

import (
	"time"

	"echowall"
)

// Stage is where a conversation is played. Its methods return when everything that the act set off has
// arrived, and fail the test by themselves when that does not work.
type Stage interface {
	// Clock moves to t, stopping at what the clock table holds on the way.
	Clock(t time.Time)
	// Code makes a one-time code that binds whoever types it to g.
	Code(g echowall.Grant) string
	// Slip makes a one-time code for a line of the roster.
	Slip(line echowall.RosterID) string

	Follow(name string)
	Unfollow(name string)
	Say(name, text string)
	Photo(name, file string)
	Voice(name string)
	Location(name string, lat, lng float64, label string)
	Click(name, key string)
	Scan(name, code string)
	// Again has the platform deliver the person's last act once more.
	Again(name string)

	// Shows is what the person's phone shows since the person last did something.
	Shows(name string) string
}
