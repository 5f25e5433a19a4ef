package wechat

import (
	"time"

	"echowall"
)

// Type is what kind of thing was pushed (MsgType).
type Type string

// The types of the platform. A type we have never heard of is TypeUnknown, and Inbound.Raw is kept.
const (
	TypeText       Type = "text"
	TypeImage      Type = "image"
	TypeVoice      Type = "voice"
	TypeVideo      Type = "video"
	TypeShortVideo Type = "shortvideo"
	TypeLocation   Type = "location"
	TypeLink       Type = "link"
	TypeEvent      Type = "event"
	TypeUnknown    Type = "unknown"
)

// Inbound is one message or event. Fields that the type does not have are zero. Text is as the person
// wrote it, except for characters that XML forbids.
type Inbound struct {
	To      string          // the account's own name, gh_…
	From    echowall.OpenID // who it is from; "mphelper" in some job results
	Created time.Time       // whole seconds
	Type    Type
	Event   Event // only with TypeEvent

	MsgID     int64  // 0 for events
	MsgDataID string // with Idx: the article the person wrote from, if any
	Idx       int

	Text         string // text messages
	MenuID       string // bizmsgmenuid: the tapped item of a ChoiceMenu; Text is then the item's text
	MediaID      string // image, voice, video: to be downloaded within 3 days
	MediaID16K   string // voice in 16 kHz
	ThumbMediaID string // video
	Format       string // voice, "amr"
	Recognition  string // voice; the platform has stopped filling it
	PicURL       string // image

	// Lat and Lng are degrees (GCJ-02, as all maps in China), from a location message, a LOCATION event or
	// location_select. Precision is metres, LOCATION only.
	Lat, Lng, Precision float64
	Scale               int
	Label               string // address in words
	Place               string // name of the place, location_select only

	Title, Description, URL string // link

	EventKey   string // menu key, URL, page path or scene, as it came
	MenuRule   string // id of the conditional menu (MenuId)
	Scene      string // scene of a QR code, without qrscene_
	Ticket     string // ticket of the QR code
	ScanType   string // qrcode or barcode
	ScanResult string
	Pictures   int // how many pictures follow (pic_…)

	// Items are the entries of the subscription-notice events, one a template.
	Items []SubscribeItem

	// JobMsgID is the id a template or mass job was accepted with; JobStatus what became of it.
	JobMsgID  int64
	JobStatus JobStatus
	Counts    *MassCounts
	Copyright *Copyright // original-content check of a mass job
	Articles  []Article  // addresses of mass-sent or published articles
	Publish   *Publish

	Authorization *Authorization // user_info_modified, user_authorization_…
	Account       *AccountChange // verification, naming, renewal, expiry

	Debug string // debug_str of debug_demo

	// Raw is the clear XML, kept only when Type or Event is not one we know.
	Raw []byte
}

// Answerable reports whether the person sees a passive reply to this push; all others are answered with
// "success" only.
func (in *Inbound) Answerable() bool {
	if in.Type != TypeEvent {
		return in.Type != TypeUnknown
	}
	switch in.Event {
	case EventSubscribe, EventScan, EventClick, EventScancodeWaitmsg:
		return true
	}
	return false
}

// parseInbound reads the clear XML of a push. It fails when the XML is broken or names no sender; values
// that cannot be read are left zero, for a message with an odd field is still a message.
func parseInbound(content string) (*Inbound, error) {
	content = cleanXML(content)
	var f inboundSink
	if err := parseXML(content, &f); err != nil {
		return nil, err
	}
	return f.finish(content)
}
