package handlers

import (
	"echowall"
	"echowall/bot"
)

const commandListen = "听课"

func (a *App) registerListen(r *bot.Router) { a.command(r, commandListen, a.listen) }

// listen plays the voice of today's lesson, or of the last one, as a voice message: the phone's own player
// understands it, which browsers often do not. The platform keeps an uploaded voice for three days, so it is
// uploaded when it is asked for.
func (a *App) listen(c *bot.Context) (echowall.Message, error) {
	branch := c.Who().Branch()
	l, err := a.Study.Today(c, branch)
	if echowall.KindOf(err) == echowall.KindNotFound {
		l, err = a.Study.Recent(c, branch)
	}
	if echowall.KindOf(err) == echowall.KindNotFound {
		return c.Reply("study.no_lesson")
	}
	if err != nil {
		return echowall.Message{}, err
	}
	if l.Voice == "" {
		return c.Reply("study.no_voice", "title", l.Title)
	}
	info, data, err := a.Media.Media(c, l.Voice)
	if err != nil {
		return echowall.Message{}, err
	}
	id, err := a.Upload(c, info.ContentType, data)
	if err != nil {
		// The page has the same voice; what went wrong with the platform does not help the listener.
		return c.Reply("study.voice_later", "link", link(a.LessonURL(l.ID), c.Say("study.page")))
	}
	return echowall.Message{Voice: id}, nil
}
