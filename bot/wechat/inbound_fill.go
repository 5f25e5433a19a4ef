package wechat

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"echowall"
)

// envelope is the sink for the outer XML of compat and safe mode. Of the clear fields it only notices that
// they are there.
type envelope struct {
	encrypt string
	clear   bool
}

func (e *envelope) reset()          { *e = envelope{} }
func (e *envelope) opened([]string) {}
func (e *envelope) leaf(path []string, text string) {
	if len(path) != 2 {
		return
	}
	switch path[1] {
	case "Encrypt":
		e.encrypt = text
	case "MsgType":
		e.clear = true
	}
}

// inboundSink fills an Inbound.
type inboundSink struct {
	in      *Inbound
	msgType string
}

func (f *inboundSink) reset() { *f = inboundSink{in: new(Inbound)} }

// finish checks and completes what the leaves have left.
func (f *inboundSink) finish(content string) (*Inbound, error) {
	in := f.in
	if in.To == "" || in.From == "" || f.msgType == "" {
		return nil, errors.New("push has no ToUserName, FromUserName or MsgType")
	}
	switch t := Type(f.msgType); t {
	case TypeText, TypeImage, TypeVoice, TypeVideo, TypeShortVideo, TypeLocation, TypeLink, TypeEvent:
		in.Type = t
	default:
		in.Type = TypeUnknown
	}
	switch in.Event {
	case EventSubscribe:
		in.Scene, _ = strings.CutPrefix(in.EventKey, "qrscene_")
		if in.Scene == in.EventKey {
			in.Scene = "" // another EventKey: not followed through a QR code
		}
	case EventScan:
		in.Scene = in.EventKey
	}
	if in.Type == TypeUnknown || in.Type == TypeEvent && !in.Event.Known() {
		in.Raw = []byte(content)
	}
	return in, nil
}

// opened starts the next entry of a list.
func (f *inboundSink) opened(path []string) {
	in := f.in
	switch {
	case len(path) == 3 && path[2] == "List" && isSubscribeList(path[1]):
		in.Items = append(in.Items, SubscribeItem{})
	case len(path) == 4 && path[3] == "item" && path[1] == "CopyrightCheckResult":
		in.copyright().Items = append(in.copyright().Items, CopyrightItem{})
	case len(path) == 4 && path[3] == "item" && (path[1] == "ArticleUrlResult" || path[1] == "PublishEventInfo"):
		in.Articles = append(in.Articles, Article{})
	}
}

func isSubscribeList(name string) bool {
	return name == "SubscribeMsgPopupEvent" || name == "SubscribeMsgChangeEvent" || name == "SubscribeMsgSentEvent"
}

func (f *inboundSink) leaf(path []string, text string) {
	if len(path) == 2 {
		f.top(path[1], text)
		return
	}
	if len(path) < 3 {
		return
	}
	in, last := f.in, path[len(path)-1]
	switch path[1] {
	case "ScanCodeInfo":
		in.scan(last, text)
	case "SendPicsInfo":
		if last == "Count" {
			in.Pictures = integer(text)
		}
	case "SendLocationInfo":
		in.place(last, text)
	case "SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent":
		if len(path) == 4 && len(in.Items) > 0 {
			in.Items[len(in.Items)-1].set(last, text)
		}
	case "CopyrightCheckResult":
		if last == "CheckState" {
			in.copyright().State = integer(text)
		} else if len(path) == 5 && len(in.copyright().Items) > 0 {
			in.Copyright.Items[len(in.Copyright.Items)-1].set(last, text)
		}
	case "ArticleUrlResult":
		in.article(path, text)
	case "PublishEventInfo":
		in.article(path, text)
		in.publish(last, text)
	}
}

// top sets the fields that stand directly in <xml>.
func (f *inboundSink) top(name, text string) {
	in := f.in
	switch name {
	case "ToUserName":
		in.To = text
	case "FromUserName":
		in.From = echowall.OpenID(text)
	case "CreateTime":
		in.Created = unixTime(text)
	case "MsgType":
		f.msgType = strings.TrimSpace(text)
	case "Event":
		in.Event = eventOf(strings.TrimSpace(text))
	case "MsgId":
		in.MsgID = integer64(text)
	case "MsgDataId":
		in.MsgDataID = text
	case "Idx":
		in.Idx = integer(text)
	case "Content":
		in.Text = text
	case "bizmsgmenuid":
		in.MenuID = text
	case "MediaId":
		in.MediaID = text
	case "MediaId16K":
		in.MediaID16K = text
	case "ThumbMediaId":
		in.ThumbMediaID = text
	case "Format":
		in.Format = text
	case "Recognition":
		in.Recognition = text
	case "PicUrl":
		in.PicURL = text
	case "Location_X", "Location_Y", "Scale", "Label":
		in.place(name, text)
	case "Latitude":
		in.Lat = decimal(text)
	case "Longitude":
		in.Lng = decimal(text)
	case "Precision":
		in.Precision = decimal(text)
	case "Title":
		in.Title = text
	case "Description":
		in.Description = text
	case "Url":
		in.URL = text
	case "EventKey":
		in.EventKey = text
	case "Ticket":
		in.Ticket = text
	case "MenuId":
		in.MenuRule = text
	case "debug_str":
		in.Debug = text
	case "MsgID":
		in.JobMsgID = integer64(text)
	case "Status":
		in.JobStatus = JobStatus(text)
	default:
		in.rare(name, text)
	}
}

// rare sets the fields of events that come a few times a day or a year.
func (in *Inbound) rare(name, text string) {
	switch name {
	case "TotalCount":
		in.counts().Total = integer(text)
	case "FilterCount":
		in.counts().Filtered = integer(text)
	case "SentCount":
		in.counts().Sent = integer(text)
	case "ErrorCount":
		in.counts().Failed = integer(text)
	case "ExpiredTime":
		in.account().Expires = unixTime(text)
	case "FailTime":
		in.account().Failed = unixTime(text)
	case "FailReason":
		in.account().FailReason = text
	case "OpenID":
		in.authorization().OpenID = text
	case "UnionID":
		in.authorization().UnionID = text
	case "AppID":
		in.authorization().AppID = text
	case "RevokeInfo":
		in.authorization().RevokeInfo = text
	}
}

func (in *Inbound) scan(name, text string) {
	switch name {
	case "ScanType":
		in.ScanType = text
	case "ScanResult":
		in.ScanResult = text
	}
}

func (in *Inbound) place(name, text string) {
	switch name {
	case "Location_X":
		in.Lat = decimal(text)
	case "Location_Y":
		in.Lng = decimal(text)
	case "Scale":
		in.Scale = int(decimal(text))
	case "Label":
		in.Label = text
	case "Poiname":
		in.Place = text
	}
}

func (i *SubscribeItem) set(name, text string) {
	switch name {
	case "TemplateId":
		i.TemplateID = text
	case "SubscribeStatusString":
		i.Status = text
	case "PopupScene":
		i.Scene = integer(text)
	case "MsgID":
		i.MsgID = integer64(text)
	case "ErrorCode":
		i.ErrorCode = integer(text)
	case "ErrorStatus":
		i.ErrorStatus = text
	}
}

func (i *CopyrightItem) set(name, text string) {
	switch name {
	case "ArticleIdx":
		i.Index = integer(text)
	case "UserDeclareState":
		i.UserDeclareState = integer(text)
	case "AuditState":
		i.AuditState = integer(text)
	case "OriginalArticleUrl":
		i.OriginalURL = text
	case "OriginalArticleType":
		i.OriginalType = integer(text)
	case "CanReprint":
		i.CanReprint = integer(text) != 0
	case "NeedReplaceContent":
		i.NeedReplaceContent = integer(text) != 0
	case "NeedShowReprintSource":
		i.NeedShowReprint = integer(text) != 0
	}
}

func (in *Inbound) article(path []string, text string) {
	if len(path) != 5 || path[3] != "item" || len(in.Articles) == 0 {
		return
	}
	a := &in.Articles[len(in.Articles)-1]
	switch path[4] {
	case "ArticleIdx", "idx":
		a.Index = integer(text)
	case "ArticleUrl", "article_url":
		a.URL = text
	}
}

func (in *Inbound) publish(name, text string) {
	if in.Publish == nil {
		in.Publish = new(Publish)
	}
	switch name {
	case "publish_id":
		in.Publish.ID = text
	case "publish_status":
		in.Publish.Status = integer(text)
	case "article_id":
		in.Publish.ArticleID = text
	case "fail_idx":
		in.Publish.Failed = append(in.Publish.Failed, integer(text))
	}
}

func (in *Inbound) copyright() *Copyright         { return made(&in.Copyright) }
func (in *Inbound) counts() *MassCounts           { return made(&in.Counts) }
func (in *Inbound) account() *AccountChange       { return made(&in.Account) }
func (in *Inbound) authorization() *Authorization { return made(&in.Authorization) }

// made returns *p, making it first if there is none.
func made[T any](p **T) *T {
	if *p == nil {
		*p = new(T)
	}
	return *p
}

// integer64 reads a whole number, 0 if it is none. Ids use all 63 bits.
func integer64(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func integer(s string) int { return int(integer64(s)) }

// decimal reads a finite number, 0 if it is none.
func decimal(s string) float64 {
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return 0
	}
	return f
}

// unixTime reads a time in seconds, the zero time if it is none.
func unixTime(s string) time.Time {
	n := integer64(s)
	if n <= 0 {
		return time.Time{}
	}
	return time.Unix(n, 0)
}
