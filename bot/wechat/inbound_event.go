package wechat

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Event names what happened. The platform's spelling is kept; unknown names are kept as they came.
type Event string

// The events of the platform.
const (
	EventSubscribe        Event = "subscribe"   // followed; Scene and Ticket if by QR code
	EventUnsubscribe      Event = "unsubscribe" // unfollowed: the person's data is to be deleted
	EventScan             Event = "SCAN"        // a follower scanned a QR code: Scene, Ticket
	EventLocation         Event = "LOCATION"    // position of a person who agreed to it: Lat, Lng, Precision
	EventClick            Event = "CLICK"       // EventKey is the menu's key
	EventView             Event = "VIEW"        // EventKey is the URL
	EventViewMiniprogram  Event = "view_miniprogram"
	EventScancodePush     Event = "scancode_push" // ScanType, ScanResult
	EventScancodeWaitmsg  Event = "scancode_waitmsg"
	EventPicSysphoto      Event = "pic_sysphoto" // Pictures follow as image messages
	EventPicPhotoOrAlbum  Event = "pic_photo_or_album"
	EventPicWeixin        Event = "pic_weixin"
	EventLocationSelect   Event = "location_select"       // Lat, Lng, Scale, Label, Place
	EventTemplateJob      Event = "TEMPLATESENDJOBFINISH" // JobMsgID, JobStatus
	EventMassJob          Event = "MASSSENDJOBFINISH"     // JobMsgID, JobStatus, Counts, Copyright, Articles
	EventPublishJob       Event = "PUBLISHJOBFINISH"      // Publish, Articles
	EventSubscribePopup   Event = "subscribe_msg_popup_event"
	EventSubscribeChange  Event = "subscribe_msg_change_event"
	EventSubscribeSent    Event = "subscribe_msg_sent_event"
	EventUserInfoModified Event = "user_info_modified" // Authorization
	EventUserRevoke       Event = "user_authorization_revoke"
	EventUserCancel       Event = "user_authorization_cancellation"
	EventQualifySuccess   Event = "qualification_verify_success" // Account
	EventQualifyFail      Event = "qualification_verify_fail"
	EventNamingSuccess    Event = "naming_verify_success"
	EventNamingFail       Event = "naming_verify_fail"
	EventAnnualRenew      Event = "annual_renew"
	EventVerifyExpired    Event = "verify_expired"
	EventKFCreate         Event = "kf_create_session"
	EventKFClose          Event = "kf_close_session"
	EventKFSwitch         Event = "kf_switch_session"
	EventDebugDemo        Event = "debug_demo" // Debug
)

var events = []Event{
	EventSubscribe, EventUnsubscribe, EventScan, EventLocation, EventClick, EventView, EventViewMiniprogram,
	EventScancodePush, EventScancodeWaitmsg, EventPicSysphoto, EventPicPhotoOrAlbum, EventPicWeixin,
	EventLocationSelect, EventTemplateJob, EventMassJob, EventPublishJob, EventSubscribePopup,
	EventSubscribeChange, EventSubscribeSent, EventUserInfoModified, EventUserRevoke, EventUserCancel,
	EventQualifySuccess, EventQualifyFail, EventNamingSuccess, EventNamingFail, EventAnnualRenew,
	EventVerifyExpired, EventKFCreate, EventKFClose, EventKFSwitch, EventDebugDemo,
}

// Known reports whether e is one of the events above.
func (e Event) Known() bool { return slices.Contains(events, e) }

// eventOf finds the event for a name in whatever case: the job events have been seen in both.
func eventOf(name string) Event {
	if e := Event(name); e.Known() {
		return e
	}
	for _, e := range events {
		if strings.EqualFold(name, string(e)) {
			return e
		}
	}
	return Event(name)
}

// SubscribeItem is one template in a subscription-notice event.
type SubscribeItem struct {
	TemplateID string
	Status     string // popup and change: accept or reject
	Scene      int    // popup: 1 page, 2 article
	// Sent event: what became of the notice with this id; code 0 is success.
	MsgID       int64
	ErrorCode   int
	ErrorStatus string
}

// JobStatus is the outcome of a template or mass job, in the platform's words.
type JobStatus string

// OK reports whether the job was done.
func (s JobStatus) OK() bool {
	return s == "success" || s == "send success" || s == "sendsuccess"
}

// Blocked reports whether a template message did not arrive because the person refuses them.
func (s JobStatus) Blocked() bool {
	return strings.ReplaceAll(string(s), " ", "") == "failed:userblock"
}

var jobCode = regexp.MustCompile(`err\((\d{1,9})\)`)

// Code is the number in a mass job's err(number), 0 if there is none.
func (s JobStatus) Code() int {
	m := jobCode.FindStringSubmatch(string(s))
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// MassCounts counts people of a mass job. It is pushed when the job is nearly done, so the counts are
// approximate: Filtered is about Sent + Failed.
type MassCounts struct{ Total, Filtered, Sent, Failed int }

// Copyright is the platform's check of a mass job for copied articles.
type Copyright struct {
	State int // CheckState: 1 not reprint, 2 reprint, may be sent, 3 reprint, may not be sent
	Items []CopyrightItem
}

// CopyrightItem is the check of one article. States are the platform's numbers.
type CopyrightItem struct {
	Index                               int
	UserDeclareState, AuditState        int
	OriginalURL                         string
	OriginalType                        int
	CanReprint                          bool
	NeedReplaceContent, NeedShowReprint bool
}

// Article is one article that now has an address.
type Article struct {
	Index int
	URL   string
}

// Publish is the outcome of a publishing job.
type Publish struct {
	ID string // publish_id
	// Status: 0 done, 1 running, 2 original check failed, 3 failed, 4 refused by review, 5 deleted by the
	// account later, 6 banned later.
	Status    int
	ArticleID string
	Failed    []int // numbers of the articles that were refused, from 1
}

// Authorization tells that a person changed, revoked or cancelled what they had authorised.
type Authorization struct{ OpenID, UnionID, AppID, RevokeInfo string }

// AccountChange tells about the account itself.
type AccountChange struct {
	Expires    time.Time // of the verification or renewal
	Failed     time.Time
	FailReason string
}
