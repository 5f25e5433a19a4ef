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

// clean is cleanPhoto, at most photosAtOnce at a time, and at most photoPixels in all of them: decoding takes
// 15 bytes a pixel when a file is made for it, 600 MB for the largest that is accepted.
func (a *App) clean(ctx context.Context, data []byte) ([]byte, error) {
	pixels, err := photoSize(data)
	if err != nil {
		return nil, err
	}
	share := max(int64(pixels), photoPixels/photosAtOnce)
	if err := a.cleaning.Acquire(ctx, share); err != nil {
		return nil, echowall.Errorf(echowall.KindUnavailable, "handlers: waited for other photos: %w", err)
	}
	defer a.cleaning.Release(share)
	return cleanPhoto(data)
}

// position is the place of a location message.
func position(in *wechat.Inbound) *echowall.Position {
	return &echowall.Position{Lat: in.Lat, Lng: in.Lng, Label: in.Label}
}
