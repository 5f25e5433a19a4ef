package handlers

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"echowall"
	"echowall/bot"
	"echowall/bot/wechat"
)

// The dialog of a wish: what, where, how to be named, whether it may be published.
const (
	flowWish    = "wish"
	stepText    = "text"
	stepPlace   = "place"
	stepDisplay = "display"
	stepConsent = "consent"
)

// wishDraft is what was told so far.
type wishDraft struct {
	Text       string             `json:"text,omitempty"`
	Place      string             `json:"place,omitempty"`
	At         *echowall.Position `json:"at,omitempty"`
	Scene      string             `json:"scene,omitempty"` // of the place that was scanned, and agreed to
	Photos     []string           `json:"photos,omitempty"`
	Voices     []string           `json:"voices,omitempty"`
	Display    echowall.Display   `json:"display,omitempty"`
	Surname    string             `json:"surname,omitempty"`
	MayPublish bool               `json:"may_publish,omitempty"`
	// Note is said above the next question, once.
	Note string `json:"note,omitempty"`
}

func (a *App) registerWish(r *bot.Router) {
	a.command(r, "心愿", a.wish)
	r.Stages("心愿")
	a.command(r, "补充", a.supplement)
	r.Flow(a.wishFlow())
	r.Flow(draftFlow(a))
	a.registerAttach(r)
}

func (a *App) wishFlow() *bot.Flow[wishDraft] {
	return &bot.Flow[wishDraft]{
		Name: flowWish, Version: 1, First: stepText,
		Steps: map[string]bot.Step[wishDraft]{
			stepText:    {Ask: asking("wish.ask_text"), Take: a.takeText},
			stepPlace:   {Ask: a.askPlace, Take: a.takePlace},
			stepDisplay: {Ask: asking("wish.ask_display"), Take: takeDisplay},
			stepConsent: {Ask: asking("wish.ask_consent"), Take: takeConsent},
		},
		Finish: a.finishWish,
	}
}

// asking is a question under the note, if there is one.
func asking(key string) func(*bot.Context, *wishDraft) (string, error) {
	return func(c *bot.Context, s *wishDraft) (string, error) {
		question := c.Say(key)
		if s.Note != "" {
			question = s.Note + "\n" + question
		}
		return question, nil
	}
}

// wish starts the dialog, or takes the whole wish from one line.
func (a *App) wish(c *bot.Context) (echowall.Message, error) {
	if text := a.raw(c); text != "" {
		return a.wishLine(c, text)
	}
	if d := c.Conversation().Draft; d != nil && d.Name == flowWish {
		return draftFlow(a).Start(c, draftOffer{})
	}
	return a.wishFlow().Start(c, wishDraft{})
}

// startWishWith starts the dialog behind its first question.
func (a *App) startWishWith(c *bot.Context, text string) (echowall.Message, error) {
	seen, err := a.checkText(text)
	if err != nil {
		return echowall.Message{}, err
	}
	f := a.wishFlow()
	f.First = stepPlace
	return f.Start(c, wishDraft{Text: text, Note: strings.Join(seen.warnings(c), "\n")})
}

// draftOffer asks whether to begin anew although a draft waits.
type draftOffer struct{}

func draftFlow(a *App) *bot.Flow[draftOffer] {
	return &bot.Flow[draftOffer]{
		Name: offerDraft, Version: 1, First: "which",
		Steps: map[string]bot.Step[draftOffer]{"which": {
			Ask: func(c *bot.Context, _ *draftOffer) (string, error) {
				return c.Say("common.draft_found", "command", bot.WordResume), nil
			},
			Take: func(c *bot.Context, _ *draftOffer) (string, error) {
				if c.Text != "2" {
					return "", echowall.Refusal(echowall.KindInvalid, "common.draft_how", "command", bot.WordResume)
				}
				return bot.End, nil
			},
		}},
		Finish: func(c *bot.Context, _ *draftOffer) (echowall.Message, error) {
			c.Conversation().Draft = nil
			return a.wishFlow().Start(c, wishDraft{})
		},
	}
}

// attach takes a photo or place at any step. It reports whether the message was one.
func (a *App) attach(c *bot.Context, s *wishDraft) (bool, error) {
	switch c.In.Type {
	case wechat.TypeImage:
		if len(s.Photos) >= echowall.WishPhotoLimit {
			return true, echowall.Refusal(echowall.KindInvalid, "wish.photo_limit", "limit", strconv.Itoa(echowall.WishPhotoLimit))
		}
		id, err := a.keep(c)
		if err != nil {
			return true, err
		}
		s.Photos = append(s.Photos, id)
		s.Note = c.Say("wish.photo_kept", "count", len(s.Photos), "limit", echowall.WishPhotoLimit)
		return true, nil
	case wechat.TypeVoice:
		if len(s.Voices)+len(s.Photos) >= echowall.WishMediaLimit {
			return true, echowall.Refusal(echowall.KindInvalid, "wish.voice_limit")
		}
		id, err := a.keep(c)
		if err != nil {
			return true, err
		}
		s.Voices = append(s.Voices, id)
		s.Note = c.Say("wish.voice_kept")
		return true, nil
	case wechat.TypeLocation:
		s.At = position(c.In)
		note, err := a.located(c, s.At)
		s.Note = note
		return true, err
	case wechat.TypeText:
		return false, nil
	}
	return true, echowall.Refusal(echowall.KindInvalid, "common.unsupported")
}

// attachStep is attach inside the dialog, where more photos may follow.
func (a *App) attachStep(c *bot.Context, s *wishDraft) (bool, error) {
	done, err := a.attach(c, s)
	if done && err == nil && c.In.Type == wechat.TypeImage {
		s.Note += c.Say("wish.photo_more")
	}
	return done, err
}

// takeText takes the wish itself. A voice says it as well as a sentence does; a photo alone does not.
func (a *App) takeText(c *bot.Context, s *wishDraft) (string, error) {
	s.Note = ""
	if done, err := a.attachStep(c, s); done {
		if err == nil && c.In.Type == wechat.TypeVoice {
			return s.afterText(), nil
		}
		return stepText, err
	}
	switch word := a.word(c); {
	case word == wordDone && len(s.Voices) > 0:
		return s.afterText(), nil
	case word == wordDone && len(s.Photos) > 0:
		return "", echowall.Refusal(echowall.KindInvalid, "wish.photo_needs_words")
	case word == wordDone, word == wordSkip:
		return "", echowall.Refusal(echowall.KindInvalid, "wish.empty")
	case word != "":
		return "", echowall.Refusal(echowall.KindInvalid, "wish.is_command", "command", word)
	}
	seen, err := a.checkText(c.In.Text)
	if err != nil {
		return "", err
	}
	s.Text = c.In.Text
	s.Note = strings.Join(seen.warnings(c), "\n")
	return s.afterText(), nil
}

// afterText skips the question for the place when a location was sent before.
func (s *wishDraft) afterText() string {
	if s.At != nil {
		return stepDisplay
	}
	return stepPlace
}

// checkText refuses at once what handing in would refuse three questions later.
func (a *App) checkText(text string) (sight, error) {
	if utf8.RuneCountInString(strings.TrimSpace(text)) > echowall.WishTextLimit {
		return sight{}, echowall.Refusal(echowall.KindInvalid, "wish.too_long", "limit", strconv.Itoa(echowall.WishTextLimit))
	}
	seen := a.look(text)
	return seen, seen.refusal()
}

// Words of the command table that mean something inside a dialog only.
const (
	wordDone = "完成"
	wordSkip = "跳过"
)

// askPlace asks where it is, or whether it is where the person scanned a code.
func (a *App) askPlace(c *bot.Context, s *wishDraft) (string, error) {
	spot, here, err := a.here(c)
	if err != nil {
		return "", err
	}
	question := c.Say("wish.ask_place")
	if here {
		question = c.Say("places.ask_here", "place", spot.Name)
	}
	if s.Note != "" {
		question = s.Note + "\n" + question
	}
	return question, nil
}

func (a *App) takePlace(c *bot.Context, s *wishDraft) (string, error) {
	s.Note = ""
	if done, err := a.attachStep(c, s); done {
		if err == nil && c.In.Type == wechat.TypeLocation {
			return stepDisplay, nil
		}
		return stepPlace, err
	}
	spot, here, err := a.here(c)
	if err != nil {
		return "", err
	}
	s.Scene = ""
	switch word := a.word(c); {
	case here && (c.Text == "1" || word == wordSkip):
		s.Place, s.Scene = spot.Name, spot.Scene
		return stepDisplay, nil
	case c.Text == "1":
		return "", echowall.Refusal(echowall.KindInvalid, "places.here_over")
	case word == wordSkip:
		return stepDisplay, nil
	case word == wordDone: // with the photos
		return stepPlace, nil
	case word != "":
		return "", echowall.Refusal(echowall.KindInvalid, "wish.place_is_command", "typed", c.Text)
	}
	place, err := a.placeText(c.In.Text)
	if err != nil {
		return "", err
	}
	s.Place = place
	return stepDisplay, nil
}

func (a *App) placeText(text string) (string, error) {
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > echowall.WishPlaceLimit {
		return "", echowall.Refusal(echowall.KindInvalid, "wish.place_too_long", "limit", strconv.Itoa(echowall.WishPlaceLimit))
	}
	return text, a.check(text)
}

func takeDisplay(c *bot.Context, s *wishDraft) (string, error) {
	s.Note = ""
	if c.In.Type != wechat.TypeText {
		return "", echowall.Refusal(echowall.KindInvalid, "wish.late_media")
	}
	text := strings.ReplaceAll(c.Text, " ", "")
	switch text {
	case "1", "匿名", "默认", "跳过":
		s.Display, s.Surname = echowall.DisplayAnonymous, ""
		return stepConsent, nil
	case "2":
		return "", echowall.Refusal(echowall.KindInvalid, "wish.surname_missing")
	}
	name := strings.TrimLeft(strings.TrimPrefix(text, "2"), "，,、.。:：")
	if !echowall.ValidSurname(name) {
		return "", echowall.Refusal(echowall.KindInvalid, "wish.surname_form")
	}
	s.Display, s.Surname = echowall.DisplaySurname, name
	return stepConsent, nil
}

func takeConsent(c *bot.Context, s *wishDraft) (string, error) {
	s.Note = ""
	switch strings.TrimRight(c.Text, "。.,， ") {
	case "1", "可以", "同意", "公开", "可以公开", "愿意", "好", "好的", "行":
		s.MayPublish = true
	case "2", "不公开", "不可以", "不同意", "不愿意", "不", "不行", "不要", "默认", "跳过":
		s.MayPublish = false
	default:
		return "", echowall.Refusal(echowall.KindInvalid, "common.choose", "last", "2")
	}
	return bot.End, nil
}

func (a *App) finishWish(c *bot.Context, s *wishDraft) (echowall.Message, error) {
	text := s.Text
	if text == "" {
		text = c.Say("wish.voice_only")
	}
	w := echowall.Wish{
		Text: text, Place: s.Place, At: s.At, Media: append(s.Photos, s.Voices...),
		Display: s.Display, Surname: s.Surname, MayPublish: s.MayPublish,
	}
	next := ""
	if s.Scene != "" {
		d, err := a.Wishes.Guard.Directory(c)
		if err != nil {
			return echowall.Message{}, err
		}
		if spot, err := d.SpotOf(s.Scene); err == nil { // else it was closed meanwhile, and its name has to do
			w.Put(spot.Place)
			next = c.Say("places.other_later")
		}
	}
	return a.submit(c, w, a.look(text), next)
}
