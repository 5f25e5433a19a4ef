package handlers

import (
	"context"

	"echowall"
	"echowall/bot"
	"echowall/bot/wechat"
)

// keep downloads the photo or voice of the message, cleans it and stores it with the turn.
func (a *App) keep(c *bot.Context) (id string, err error) {
	_, data, err := a.Fetch(c, c.In.MediaID)
	if echowall.KindOf(err) == echowall.KindUnavailable {
		return "", err
	}
	if err != nil {
		return "", &echowall.Error{Kind: echowall.KindUnavailable, Key: "wish.media_gone", Err: err}
	}
	kind := photoType
	if c.In.Type == wechat.TypeVoice {
		var ok bool
		if kind, ok = voiceType(data); !ok {
			return "", echowall.Refusal(echowall.KindInvalid, "wish.voice_unreadable")
		}
	} else if data, err = a.clean(c, data); err != nil {
		return "", err
	}
	m, err := a.Media.PutMedia(c, kind, data)
	return m.ID, err
}

// clean is cleanPhoto, at most photosAtOnce at a time: a large photo takes some 100 MB while it is decoded.
func (a *App) clean(ctx context.Context, data []byte) ([]byte, error) {
	select {
	case a.cleaning <- struct{}{}:
		defer func() { <-a.cleaning }()
	case <-ctx.Done():
		return nil, echowall.Errorf(echowall.KindUnavailable, "handlers: waited for other photos: %w", ctx.Err())
	}
	return cleanPhoto(data)
}

// position is the place of a location message.
func position(in *wechat.Inbound) *echowall.Position {
	return &echowall.Position{Lat: in.Lat, Lng: in.Lng, Label: in.Label}
}
