package emulator

import "time"

// BubbleKind says how a bubble looks.
type BubbleKind string

// The kinds. Mini is a mini-program card, Mass what mass sending delivers is
// marked by Via instead.
const (
	KindText     BubbleKind = "text"
	KindImage    BubbleKind = "image"
	KindVoice    BubbleKind = "voice"
	KindVideo    BubbleKind = "video"
	KindMusic    BubbleKind = "music"
	KindNews     BubbleKind = "news"
	KindLocation BubbleKind = "location"
	KindLink     BubbleKind = "link"
	KindMenu     BubbleKind = "msgmenu"
	KindTemplate BubbleKind = "template"
	KindNotice   BubbleKind = "notice"
	KindMini     BubbleKind = "miniprogram"
	KindSystem   BubbleKind = "system" // grey line in the middle
)

// Via says which way a bubble came.
type Via string

// The ways.
const (
	ViaSelf     Via = "self"     // the person's own message
	ViaReply    Via = "reply"    // passive reply
	ViaKf       Via = "kf"       // customer-service message
	ViaTemplate Via = "template" // template message
	ViaNotice   Via = "notice"   // subscription notice
	ViaMass     Via = "mass"
	ViaPreview  Via = "preview" // mass preview
	ViaSystem   Via = "system"  // the client itself
)

// Bubble is one thing a person sees in the chat. A bubble never changes once
// it is there.
type Bubble struct {
	Seq  int64 // counts up within one chat from 1
	At   time.Time
	Via  Via
	Kind BubbleKind

	Text     string // text, caption or title
	Detail   string // description, digest
	URL      string // where a tap leads
	MediaID  string
	MediaURL string // where a browser loads picture, voice or video, no token needed
	AI       bool   // marked as made by a machine

	Articles []Article
	Menu     *ChoiceMenu
	Lines    []Line // of template and notice
	Place    *Place
	App      *MiniProgram

	MsgID int64 // of template, mass and own messages; else 0
}

// Failed reports whether the bubble is the client's failure text.
func (b Bubble) Failed() bool { return b.Via == ViaSystem && b.Text == FailureText }

// Article is one entry of a news bubble.
type Article struct {
	Title, Description, PicURL, URL string
}

// ChoiceMenu is a msgmenu; its Items can be tapped.
type ChoiceMenu struct {
	Head, Tail string
	Items      []Choice
}

// Choice is one item of a msgmenu.
type Choice struct {
	ID      string `json:"id"`
	Content string `json:"content"`
}

// Line is one line of a template message as shown.
type Line struct {
	Key, Label, Value string
}

// Place is a point on the map.
type Place struct {
	Lat, Lng float64
	Scale    int
	Label    string
}

// MiniProgram is where a mini-program card leads.
type MiniProgram struct {
	AppID    string `json:"appid"`
	PagePath string `json:"pagepath"`
}

// FailureText is what the client shows when a server fails to answer.
const FailureText = "该公众号提供的服务出现故障，请稍后再试"
