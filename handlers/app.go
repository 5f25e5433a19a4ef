package handlers

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"echowall"
	"echowall/bot"
	"echowall/content"
)

// App is what the chat features need: use cases, words, and addresses of pages. All fields without a remark
// are required; they are set before Router and not changed after it.
type App struct {
	Pack    *content.Pack
	Wishes  *echowall.Wishes
	Study   *echowall.Study
	Notices *echowall.Notices
	People  *echowall.People
	Duty    *echowall.Duty
	Access  *echowall.AccessLog
	Erasure *echowall.Erasure
	Media   echowall.MediaStore
	Box     Box
	// Fetch downloads a photo or voice from the platform. An error of another kind than KindUnavailable
	// means that the file cannot be had any more.
	Fetch func(ctx context.Context, mediaID string) (contentType string, data []byte, err error)
	// Upload gives a voice to the platform, for three days.
	Upload func(ctx context.Context, contentType string, data []byte) (mediaID string, err error)
	// PageURL makes a path of our own pages absolute.
	PageURL func(path string) string
	// WishURL and LessonURL are the addresses of phone pages; that of a wish shows it to its author only.
	WishURL   func(number string, a echowall.AuthorID) string
	LessonURL func(id string) string
	// Logins let people into the console; nil leaves it out.
	Logins *echowall.Logins
	// OwnPages says that people can log in to the phone pages with the own data.
	OwnPages bool
	// CaseURL is the console page of a wish; nil leaves the link out.
	CaseURL func(number string) string
	// MediaURL opens one photo or voice for whoever holds it, shown to officers; nil leaves the links out.
	MediaURL func(id string) string
	Office   Office
	// Replies says that the account may send customer-service messages, so that the to-read box empties
	// itself when a person writes.
	Replies bool
	// Templates and Subscriptions are the approved templates by kind of debt; both may be nil.
	Templates, Subscriptions map[echowall.DebtKind]Template
	// Agree records that a person agreed to n more subscription notices of a template, or with 0 to none;
	// nil ignores it.
	Agree func(ctx context.Context, p echowall.PersonID, template string, n int) error
	Now   func() time.Time

	commands map[string]bot.Handler
	letters  []letterRule
	stations stationList
	watched  watched
	cleaning *semaphore.Weighted // pixels being decoded
}

// Office is who runs the account, as people read it. Empty fields are left to general sentences.
type Office struct {
	Account  string // name of the account; required
	Operator string // who answers for the personal information
	Contact  string // phone or address
	Hours    string // 工作日 8:30–17:30
}

// Router registers every feature. Call it once.
func (a *App) Router() *bot.Router {
	r := bot.NewRouter(typed{a.Pack.Commands})
	a.commands, a.letters, a.cleaning = make(map[string]bot.Handler), nil, semaphore.NewWeighted(photoPixels)
	r.Use(a.tameReplies, bot.LimitFlood, a.remindBox, dropOffers, a.leadAside)
	a.registerFollow(r)
	a.registerSubscribe(r)
	a.registerHelp(r)
	a.registerWish(r)
	a.registerProgress(r)
	a.registerRate(r)
	a.registerErase(r)
	a.registerBind(r)
	a.registerLogin(r)
	a.registerStaff(r)
	a.registerContact(r)
	a.registerStudy(r)
	a.registerListen(r)
	a.registerTeach(r)
	a.registerNotice(r)
	a.registerBox(r)
	a.registerUnknown(r)
	return r
}

// command registers a command so that it can also be picked from a list.
func (a *App) command(r *bot.Router, name string, h bot.Handler) {
	r.Command(name, h)
	a.commands[name] = h
}

// run is what typing the command would do.
func (a *App) run(c *bot.Context, name, rest string) (echowall.Message, error) {
	h, ok := a.commands[name]
	if !ok {
		return echowall.Message{}, echowall.Errorf(echowall.KindInternal, "handlers: no command %q", name)
	}
	c.Command, c.Rest = name, rest
	c.Conversation().Unknown = 0
	return h(c)
}

// raw is what followed the command as the person wrote it; c.Rest is folded and not for keeping.
func (a *App) raw(c *bot.Context) string {
	if _, rest, ok := a.Pack.Commands.Match(c.In.Text); ok {
		return rest
	}
	return ""
}

// word is the command that the whole text is, "" when it is none or says more.
func (a *App) word(c *bot.Context) string {
	if name, rest, ok := a.Pack.Commands.Match(c.Text); ok && rest == "" {
		return name
	}
	return ""
}

// say is a sentence outside of a conversation, for letters.
func (a *App) say(key string, pairs ...any) string {
	args := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i].(string)] = pairs[i+1]
	}
	return a.Pack.Words.SayInChat(key, args)
}

// link is a line that opens a page.
func link(url, text string) string { return `<a href="` + url + `">` + text + `</a>` }

// calendar is the one that promises are counted with.
func (a *App) calendar() *echowall.Calendar { return a.Wishes.Calendar }

// typed finds commands in what people type.
type typed struct{ *content.Commands }

func (typed) Normalise(text string) string { return content.Normalise(text) }

// stationList keeps the stations for a moment: every wish needs them and they change a few times a year.
type stationList struct {
	mu   sync.Mutex
	at   time.Time
	list []echowall.Station
}

// stationsKept is how long a new station may stay unknown. It is wall-clock time, whatever Now says.
const stationsKept = 30 * time.Second

func (a *App) stationsNow(ctx context.Context) ([]echowall.Station, error) {
	a.stations.mu.Lock()
	defer a.stations.mu.Unlock()
	if a.stations.list != nil && time.Since(a.stations.at) < stationsKept {
		return a.stations.list, nil
	}
	list, err := a.People.Store.Stations(ctx)
	if err != nil {
		return nil, err
	}
	a.stations.at, a.stations.list = time.Now(), list
	return list, nil
}

// stationName is how people call a station; wishes without a place wait at a desk of their own.
func (a *App) stationName(ctx context.Context, id echowall.StationID) (string, error) {
	list, err := a.stationsNow(ctx)
	if err != nil {
		return "", err
	}
	for _, s := range list {
		if s.ID == id {
			return s.Name, nil
		}
	}
	return a.say("common.station_desk"), nil
}
