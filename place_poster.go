package echowall

import (
	"context"
	"time"
)

// SceneCode is a permanent scan code that the platform made. An account has 100,000 of them for ever
// (platform reference 3.4), so each scene's is kept and used again.
type SceneCode struct {
	// URL is what the code reads; whoever draws it gets the same code as the platform's own picture.
	URL     string    `json:"url"`
	Created time.Time `json:"created"`
}

// SceneStore keeps permanent scan codes.
type SceneStore interface {
	// SceneCode returns the code of a scene; KindNotFound when none was made or it was lost.
	SceneCode(ctx context.Context, scene string) (SceneCode, error)
	// PutSceneCode stores the code of a scene in the place of an earlier one.
	PutSceneCode(ctx context.Context, scene string, c SceneCode) error
}

// Places are the use cases around places and their codes.
type Places struct {
	Guard *Guard
	Store SceneStore
	// Make asks the platform for a code. life 0 is for ever; the longest other is 30 days.
	Make func(ctx context.Context, scene string, life time.Duration) (url string, err error)
	Now  func() time.Time
}

// Poster is what hangs at a place.
type Poster struct {
	Spot    Spot
	Station Station
	Code    SceneCode
}

// Poster returns the poster of a place's scene, for whoever may print there. Its code is made when there is
// none yet.
func (u *Places) Poster(ctx context.Context, who *Who, scene string) (Poster, error) {
	return u.poster(ctx, who, scene, false)
}

// Renew is Poster with a code asked for anew, for one that does not work any more. What hangs outside keeps
// working as long as the platform knows it.
func (u *Places) Renew(ctx context.Context, who *Who, scene string) (Poster, error) {
	return u.poster(ctx, who, scene, true)
}

func (u *Places) poster(ctx context.Context, who *Who, scene string, anew bool) (Poster, error) {
	d, err := u.Guard.Directory(ctx)
	if err != nil {
		return Poster{}, err
	}
	spot, err := d.SpotOf(scene)
	// Whoever may not print here is not told whether there is such a place.
	at := Target{Station: spot.Place.Station, Grid: spot.Place.Grid}
	if e := d.Allow(who, ActionPlacePrint, at); e != nil && (err == nil || KindOf(e) == KindForbidden) {
		return Poster{}, u.Guard.Refuse(ctx, who, ActionPlacePrint, at, e)
	}
	if err != nil {
		return Poster{}, err
	}
	p := Poster{Spot: spot, Station: *d.stations[spot.Place.Station]}
	if !anew {
		p.Code, err = u.Store.SceneCode(ctx, scene)
		if err == nil || KindOf(err) != KindNotFound {
			return p, err
		}
	}
	url, err := u.make(ctx, scene, 0)
	if err != nil {
		return Poster{}, err
	}
	p.Code = SceneCode{URL: url, Created: u.Now().UTC().Truncate(time.Second)}
	return p, u.Store.PutSceneCode(ctx, scene, p.Code)
}

// Temporary asks for a code that works for life and is not kept.
func (u *Places) Temporary(ctx context.Context, scene string, life time.Duration) (url string, err error) {
	return u.make(ctx, scene, life)
}

// The platform's refusals that somebody can do something about.
const (
	codeUnauthorized = 48001 // this kind of account has no such call
	codeScenesFull   = 45029 // 100,000 permanent codes are made
)

func (u *Places) make(ctx context.Context, scene string, life time.Duration) (string, error) {
	url, err := u.Make(ctx, scene, life)
	pe, ok := AsPlatformError(err)
	switch {
	case err == nil:
		return url, nil
	case ok && pe.Code == codeUnauthorized:
		return "", &Error{Kind: KindForbidden, Key: "places.code_not_allowed", Err: err}
	case ok && pe.Code == codeScenesFull:
		return "", &Error{Kind: KindConflict, Key: "places.codes_full", Err: err}
	case ok && pe.Reaction != ReactBadRequest:
		return "", &Error{Kind: KindUnavailable, Key: "places.code_later", Err: err}
	}
	return "", err
}
