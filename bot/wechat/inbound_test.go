package wechat

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"echowall"
)

// head makes the four nodes every push begins with.
func head(msgType string) string {
	return "<xml><ToUserName><![CDATA[gh_a1]]></ToUserName><FromUserName><![CDATA[oU1]]></FromUserName>" +
		"<CreateTime>1790000000</CreateTime><MsgType><![CDATA[" + msgType + "]]></MsgType>"
}

func message(msgType, nodes string) string {
	return head(msgType) + nodes + "<MsgId>24000000000000001</MsgId></xml>"
}

func event(name, nodes string) string {
	return head("event") + "<Event><![CDATA[" + name + "]]></Event>" + nodes + "</xml>"
}

// inboundCases is everything of the platform's lists of messages and events. want holds only what the case
// adds; the common fields are filled in by the test.
var inboundCases = []struct {
	name, xml string
	want      Inbound
}{
	{"text", message("text", "<Content><![CDATA[ 两行\n<b>&amp; ]]></Content>"), Inbound{Type: TypeText, Text: " 两行\n<b>&amp; "}},
	{"text from an article", message("text", "<Content>a</Content><MsgDataId>7</MsgDataId><Idx>2</Idx>"), Inbound{Type: TypeText, Text: "a", MsgDataID: "7", Idx: 2}},
	{"tapped menu item", message("text", "<Content><![CDATA[满意]]></Content><bizmsgmenuid>101</bizmsgmenuid>"), Inbound{Type: TypeText, Text: "满意", MenuID: "101"}},
	{"image", message("image", "<PicUrl><![CDATA[http://mmbiz.qpic.cn/a?b=1&c=2]]></PicUrl><MediaId><![CDATA[m1]]></MediaId>"),
		Inbound{Type: TypeImage, PicURL: "http://mmbiz.qpic.cn/a?b=1&c=2", MediaID: "m1"}},
	{"voice", message("voice", "<MediaId>m1</MediaId><Format>amr</Format><MediaId16K>m16</MediaId16K><Recognition><![CDATA[你好]]></Recognition>"),
		Inbound{Type: TypeVoice, MediaID: "m1", Format: "amr", MediaID16K: "m16", Recognition: "你好"}},
	{"video", message("video", "<MediaId>m1</MediaId><ThumbMediaId>t1</ThumbMediaId>"), Inbound{Type: TypeVideo, MediaID: "m1", ThumbMediaID: "t1"}},
	{"short video", message("shortvideo", "<MediaId>m1</MediaId><ThumbMediaId>t1</ThumbMediaId>"), Inbound{Type: TypeShortVideo, MediaID: "m1", ThumbMediaID: "t1"}},
	{"location", message("location", "<Location_X>23.134521</Location_X><Location_Y>113.358803</Location_Y><Scale>20</Scale><Label><![CDATA[幸福路 1 号]]></Label>"),
		Inbound{Type: TypeLocation, Lat: 23.134521, Lng: 113.358803, Scale: 20, Label: "幸福路 1 号"}},
	{"link", message("link", "<Title>t</Title><Description>d</Description><Url><![CDATA[https://x/?a&b]]></Url>"),
		Inbound{Type: TypeLink, Title: "t", Description: "d", URL: "https://x/?a&b"}},
	{"follow", event("subscribe", "<EventKey><![CDATA[]]></EventKey>"), Inbound{Event: EventSubscribe}},
	{"follow by code", event("subscribe", "<EventKey><![CDATA[qrscene_station-3]]></EventKey><Ticket><![CDATA[tk]]></Ticket>"),
		Inbound{Event: EventSubscribe, EventKey: "qrscene_station-3", Scene: "station-3", Ticket: "tk"}},
	{"follow by other key", event("subscribe", "<EventKey>last_trade_no_4</EventKey>"), Inbound{Event: EventSubscribe, EventKey: "last_trade_no_4"}},
	{"unfollow", event("unsubscribe", "<EventKey></EventKey>"), Inbound{Event: EventUnsubscribe}},
	{"scan", event("SCAN", "<EventKey>qrscene_kept</EventKey><Ticket>tk</Ticket>"), Inbound{Event: EventScan, EventKey: "qrscene_kept", Scene: "qrscene_kept", Ticket: "tk"}},
	{"position", event("LOCATION", "<Latitude>23.1</Latitude><Longitude>113.3</Longitude><Precision>119.385040</Precision>"),
		Inbound{Event: EventLocation, Lat: 23.1, Lng: 113.3, Precision: 119.38504}},
	{"click", event("CLICK", "<EventKey>wish</EventKey>"), Inbound{Event: EventClick, EventKey: "wish"}},
	{"view", event("VIEW", "<EventKey><![CDATA[https://x/m/?a=1&b=2]]></EventKey><MenuId>412</MenuId>"), Inbound{Event: EventView, EventKey: "https://x/m/?a=1&b=2", MenuRule: "412"}},
	{"view mini program", event("view_miniprogram", "<EventKey>pages/a</EventKey><MenuId>412</MenuId>"), Inbound{Event: EventViewMiniprogram, EventKey: "pages/a", MenuRule: "412"}},
	{"scan code push", event("scancode_push", "<EventKey>6</EventKey><ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult><![CDATA[1<2]]></ScanResult></ScanCodeInfo>"),
		Inbound{Event: EventScancodePush, EventKey: "6", ScanType: "qrcode", ScanResult: "1<2"}},
	{"scan code wait", event("scancode_waitmsg", "<EventKey>6</EventKey><ScanCodeInfo><ScanType>barcode</ScanType><ScanResult>EAN_13,690</ScanResult></ScanCodeInfo>"),
		Inbound{Event: EventScancodeWaitmsg, EventKey: "6", ScanType: "barcode", ScanResult: "EAN_13,690"}},
	{"photos", event("pic_sysphoto", pictures), Inbound{Event: EventPicSysphoto, EventKey: "6", Pictures: 2}},
	{"photo or album", event("pic_photo_or_album", pictures), Inbound{Event: EventPicPhotoOrAlbum, EventKey: "6", Pictures: 2}},
	{"album", event("pic_weixin", pictures), Inbound{Event: EventPicWeixin, EventKey: "6", Pictures: 2}},
	{"place chosen", event("location_select", "<EventKey>6</EventKey><SendLocationInfo><Location_X>23</Location_X><Location_Y>113</Location_Y><Scale>15</Scale><Label>l</Label><Poiname>p</Poiname></SendLocationInfo>"),
		Inbound{Event: EventLocationSelect, EventKey: "6", Lat: 23, Lng: 113, Scale: 15, Label: "l", Place: "p"}},
	{"template done", event("TEMPLATESENDJOBFINISH", "<MsgID>200163836</MsgID><Status>success</Status>"), Inbound{Event: EventTemplateJob, JobMsgID: 200163836, JobStatus: "success"}},
	{"template done, lower case", event("templatesendjobfinish", "<MsgID>1</MsgID><Status>failed:user block</Status>"), Inbound{Event: EventTemplateJob, JobMsgID: 1, JobStatus: "failed:user block"}},
	{"mass done", event("MASSSENDJOBFINISH", "<MsgID>1000001625</MsgID><Status>err(30003)</Status><TotalCount>9</TotalCount><FilterCount>8</FilterCount><SentCount>7</SentCount><ErrorCount>1</ErrorCount>"+
		"<CopyrightCheckResult><Count>2</Count><ResultList>"+
		"<item><ArticleIdx>1</ArticleIdx><UserDeclareState>0</UserDeclareState><AuditState>2</AuditState><OriginalArticleUrl><![CDATA[u1]]></OriginalArticleUrl><OriginalArticleType>1</OriginalArticleType><CanReprint>1</CanReprint><NeedReplaceContent>1</NeedReplaceContent><NeedShowReprintSource>1</NeedShowReprintSource></item>"+
		"<item><ArticleIdx>2</ArticleIdx><AuditState>3</AuditState></item>"+
		"</ResultList><CheckState>2</CheckState></CopyrightCheckResult>"+
		"<ArticleUrlResult><Count>2</Count><ResultList><item><ArticleIdx>1</ArticleIdx><ArticleUrl>a1</ArticleUrl></item><item><ArticleIdx>2</ArticleIdx><ArticleUrl>a2</ArticleUrl></item></ResultList></ArticleUrlResult>"),
		Inbound{Event: EventMassJob, JobMsgID: 1000001625, JobStatus: "err(30003)", Counts: &MassCounts{9, 8, 7, 1},
			Copyright: &Copyright{State: 2, Items: []CopyrightItem{
				{Index: 1, AuditState: 2, OriginalURL: "u1", OriginalType: 1, CanReprint: true, NeedReplaceContent: true, NeedShowReprint: true},
				{Index: 2, AuditState: 3}}},
			Articles: []Article{{1, "a1"}, {2, "a2"}}}},
	{"published", event("PUBLISHJOBFINISH", "<PublishEventInfo><publish_id>2247503051</publish_id><publish_status>0</publish_status><article_id>art</article_id><article_detail><count>1</count><item><idx>1</idx><article_url>a1</article_url></item></article_detail></PublishEventInfo>"),
		Inbound{Event: EventPublishJob, Publish: &Publish{ID: "2247503051", ArticleID: "art"}, Articles: []Article{{1, "a1"}}}},
	{"publishing refused", event("PUBLISHJOBFINISH", "<PublishEventInfo><publish_id>5</publish_id><publish_status>2</publish_status><fail_idx>1</fail_idx><fail_idx>2</fail_idx></PublishEventInfo>"),
		Inbound{Event: EventPublishJob, Publish: &Publish{ID: "5", Status: 2, Failed: []int{1, 2}}}},
	{"popup", event("subscribe_msg_popup_event", "<SubscribeMsgPopupEvent><List><TemplateId>T1</TemplateId><SubscribeStatusString>accept</SubscribeStatusString><PopupScene>1</PopupScene></List>"+
		"<List><TemplateId>T2</TemplateId><SubscribeStatusString>reject</SubscribeStatusString><PopupScene>2</PopupScene></List></SubscribeMsgPopupEvent>"),
		Inbound{Event: EventSubscribePopup, Items: []SubscribeItem{{TemplateID: "T1", Status: "accept", Scene: 1}, {TemplateID: "T2", Status: "reject", Scene: 2}}}},
	{"popup, one wrapper each", event("subscribe_msg_popup_event", "<SubscribeMsgPopupEvent><List><TemplateId>T1</TemplateId></List></SubscribeMsgPopupEvent><SubscribeMsgPopupEvent><List><TemplateId>T2</TemplateId></List></SubscribeMsgPopupEvent>"),
		Inbound{Event: EventSubscribePopup, Items: []SubscribeItem{{TemplateID: "T1"}, {TemplateID: "T2"}}}},
	{"change", event("subscribe_msg_change_event", "<SubscribeMsgChangeEvent><List><TemplateId>T1</TemplateId><SubscribeStatusString>reject</SubscribeStatusString></List></SubscribeMsgChangeEvent>"),
		Inbound{Event: EventSubscribeChange, Items: []SubscribeItem{{TemplateID: "T1", Status: "reject"}}}},
	{"sent", event("subscribe_msg_sent_event", "<SubscribeMsgSentEvent><List><TemplateId>T1</TemplateId><MsgID>1700827132819554304</MsgID><ErrorCode>0</ErrorCode><ErrorStatus>success</ErrorStatus></List>"+
		"<List><TemplateId>T2</TemplateId><MsgID>4611686018427387905</MsgID><ErrorCode>43101</ErrorCode><ErrorStatus>refused</ErrorStatus></List></SubscribeMsgSentEvent>"),
		Inbound{Event: EventSubscribeSent, Items: []SubscribeItem{
			{TemplateID: "T1", MsgID: 1700827132819554304, ErrorStatus: "success"},
			{TemplateID: "T2", MsgID: 1<<62 + 1, ErrorCode: 43101, ErrorStatus: "refused"}}}},
	{"info modified", event("user_info_modified", authorization), Inbound{Event: EventUserInfoModified, Authorization: authorized}},
	{"revoked", event("user_authorization_revoke", authorization), Inbound{Event: EventUserRevoke, Authorization: authorized}},
	{"cancelled", event("user_authorization_cancellation", authorization), Inbound{Event: EventUserCancel, Authorization: authorized}},
	{"qualified", event("qualification_verify_success", "<ExpiredTime>1800000000</ExpiredTime>"), Inbound{Event: EventQualifySuccess, Account: expires}},
	{"not qualified", event("qualification_verify_fail", refusal), Inbound{Event: EventQualifyFail, Account: refused}},
	{"named", event("naming_verify_success", "<ExpiredTime>1800000000</ExpiredTime>"), Inbound{Event: EventNamingSuccess, Account: expires}},
	{"not named", event("naming_verify_fail", refusal), Inbound{Event: EventNamingFail, Account: refused}},
	{"renew", event("annual_renew", "<ExpiredTime>1800000000</ExpiredTime>"), Inbound{Event: EventAnnualRenew, Account: expires}},
	{"expired", event("verify_expired", "<ExpiredTime>1800000000</ExpiredTime>"), Inbound{Event: EventVerifyExpired, Account: expires}},
	{"seat opened", event("kf_create_session", "<KfAccount>k@a</KfAccount>"), Inbound{Event: EventKFCreate}},
	{"seat closed", event("kf_close_session", "<KfAccount>k@a</KfAccount>"), Inbound{Event: EventKFClose}},
	{"seat changed", event("kf_switch_session", "<FromKfAccount>k@a</FromKfAccount><ToKfAccount>l@a</ToKfAccount>"), Inbound{Event: EventKFSwitch}},
	{"debugging tool", event("debug_demo", "<debug_str>hello world</debug_str>"), Inbound{Event: EventDebugDemo, Debug: "hello world"}},
	{"unknown event", event("tea_time", "<Cup><Size>3</Size></Cup>"), Inbound{Event: "tea_time", Raw: []byte(event("tea_time", "<Cup><Size>3</Size></Cup>"))}},
	{"unknown message", message("hologram", "<MediaId>m1</MediaId>"), Inbound{Type: TypeUnknown, MediaID: "m1", Raw: []byte(message("hologram", "<MediaId>m1</MediaId>"))}},
	{"odd numbers", message("location", "<Location_X>NaN</Location_X><Location_Y>north</Location_Y><Scale></Scale>"), Inbound{Type: TypeLocation}},
}

const (
	pictures      = "<EventKey>6</EventKey><SendPicsInfo><Count>2</Count><PicList><item><PicMd5Sum>a</PicMd5Sum></item><item><PicMd5Sum>b</PicMd5Sum></item></PicList></SendPicsInfo>"
	authorization = "<OpenID>oU1</OpenID><AppID>wx1</AppID><UnionID>u</UnionID><RevokeInfo>1</RevokeInfo>"
	refusal       = "<FailTime>1800000000</FailTime><FailReason>by time</FailReason>"
)

var (
	authorized = &Authorization{OpenID: "oU1", UnionID: "u", AppID: "wx1", RevokeInfo: "1"}
	expires    = &AccountChange{Expires: time.Unix(1800000000, 0)}
	refused    = &AccountChange{Failed: time.Unix(1800000000, 0), FailReason: "by time"}
)

func TestInbound(t *testing.T) {
	seen := map[Event]bool{}
	for _, tc := range inboundCases {
		got, err := parseInbound(tc.xml)
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		want := tc.want
		want.To, want.From, want.Created = "gh_a1", "oU1", time.Unix(1790000000, 0)
		if want.Type == "" {
			want.Type = TypeEvent
		} else {
			want.MsgID = 24000000000000001
		}
		if !reflect.DeepEqual(*got, want) {
			t.Errorf("%s:\n got %+v\nwant %+v", tc.name, show(*got), show(want))
		}
		seen[got.Event] = true
		// What the platform really sends must not need the slow reader.
		if !scanXML(tc.xml, newTree(new(envelope))) {
			t.Errorf("%s: the scanner gave up", tc.name)
		}
	}
	for _, e := range events {
		if !seen[e] {
			t.Errorf("no case for event %s", e)
		}
	}
}

// show makes pointers readable.
func show(in Inbound) string {
	return fmt.Sprintf("%+v counts %+v copyright %+v publish %+v authorization %+v account %+v openid %s",
		in, in.Counts, in.Copyright, in.Publish, in.Authorization, in.Account, string(in.From))
}

func TestControlCharacters(t *testing.T) {
	for _, tc := range []struct{ sent, want string }{
		{"路灯\v坏了\x00\x1f", "路灯坏了"},
		{"tab\tand\nline", "tab\tand\nline"},
		{"half\xe4\xb8", "half\uFFFD\uFFFD"},
		{"\uFFFE\uFFFFx", "x"},
		{"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"},
		{"a]]\v>b", "a]]\uFFFD>b"},
		{"a]\v]b", "a]\uFFFD]b"},
		{"😀 \u00a0 \u3000", "😀 \u00a0 \u3000"},
		{"\u007f\u0085", "\u007f\u0085"},
		{"（全角）！", "（全角）！"}, // shares its first byte with U+FFFE
		{"\xef", "\uFFFD"},
	} {
		got, err := parseInbound(message("text", "<Content><![CDATA["+tc.sent+"]]></Content>"))
		if err != nil || got.Text != tc.want {
			t.Errorf("%q: %v, %v, want %q", tc.sent, got, err, tc.want)
		}
	}
	got, err := parseInbound(message("text", "<Content>a&#11;b&#x0;c&#20013;</Content>"))
	if err != nil || got.Text != "abc中" {
		t.Errorf("references: %v, %v", got, err)
	}
}

func TestJobStatus(t *testing.T) {
	for _, tc := range []struct {
		status      JobStatus
		ok, blocked bool
		code        int
	}{
		{"success", true, false, 0},
		{"send success", true, false, 0},
		{"sendsuccess", true, false, 0},
		{"send fail", false, false, 0},
		{"failed:user block", false, true, 0},
		{"failed: user block", false, true, 0},
		{"failed: system failed", false, false, 0},
		{"err(30003)", false, false, 30003},
		{"err(99999999999)", false, false, 0},
		{"", false, false, 0},
	} {
		if tc.status.OK() != tc.ok || tc.status.Blocked() != tc.blocked || tc.status.Code() != tc.code {
			t.Errorf("%q: %v %v %d", tc.status, tc.status.OK(), tc.status.Blocked(), tc.status.Code())
		}
	}
}

func TestAnswerable(t *testing.T) {
	answerable := map[string]bool{
		"follow": true, "follow by code": true, "follow by other key": true, "scan": true, "click": true, "scan code wait": true,
	}
	for _, tc := range inboundCases {
		in, err := parseInbound(tc.xml)
		if err != nil {
			t.Fatal(err)
		}
		want := answerable[tc.name] || in.Type != TypeEvent && in.Type != TypeUnknown
		if in.Answerable() != want {
			t.Errorf("%s: answerable %v", tc.name, in.Answerable())
		}
	}
}

// Every case has a key of its own, and a later delivery of the same thing has the same key.
func TestKeys(t *testing.T) {
	key := func(xml string) string {
		t.Helper()
		in, err := parseInbound(xml)
		if err != nil {
			t.Fatal(err)
		}
		if k := in.key(); len(k) == 16 && !strings.Contains(k, "oU1") {
			return k
		}
		t.Fatalf("key %q", in.key())
		return ""
	}
	later := func(xml string) string {
		return strings.Replace(xml, "<CreateTime>1790000000", "<CreateTime>1790000001", 1)
	}
	same := [][2]string{
		// Two deliveries of one message, two reports of one job.
		{message("text", "<Content>a</Content>"), later(message("text", "<Content>a</Content>"))},
		{event("TEMPLATESENDJOBFINISH", "<MsgID>5</MsgID>"), later(event("templatesendjobfinish", "<MsgID>5</MsgID>"))},
		{event("subscribe_msg_sent_event", sentList(7, 8)), later(event("subscribe_msg_sent_event", sentList(7, 8)))},
		{event("CLICK", "<EventKey>a</EventKey>"), event("CLICK", "<EventKey>a</EventKey>")},
	}
	for _, pair := range same {
		if key(pair[0]) != key(pair[1]) {
			t.Errorf("two keys for\n%s\n%s", pair[0], pair[1])
		}
	}
	different := []string{
		message("text", "<Content>a</Content>"),
		strings.Replace(message("text", "<Content>a</Content>"), "24000000000000001", "24000000000000002", 1),
		head("text") + "<Content>no id</Content></xml>",
		head("text") + "<Content>no id either</Content></xml>",
		event("CLICK", "<EventKey>a</EventKey>"),
		event("CLICK", "<EventKey>b</EventKey>"), // two taps in one second
		later(event("CLICK", "<EventKey>a</EventKey>")),
		strings.Replace(event("CLICK", "<EventKey>a</EventKey>"), "oU1", "oU2", 1),
		event("VIEW", "<EventKey>a</EventKey>"),
		event("subscribe", ""), event("unsubscribe", ""),
		event("TEMPLATESENDJOBFINISH", "<MsgID>5</MsgID>"), event("TEMPLATESENDJOBFINISH", "<MsgID>6</MsgID>"),
		event("MASSSENDJOBFINISH", "<MsgID>5</MsgID>"),
		event("PUBLISHJOBFINISH", "<PublishEventInfo><publish_id>5</publish_id><publish_status>0</publish_status></PublishEventInfo>"),
		event("PUBLISHJOBFINISH", "<PublishEventInfo><publish_id>5</publish_id><publish_status>6</publish_status></PublishEventInfo>"),
		event("subscribe_msg_sent_event", sentList(7)), event("subscribe_msg_sent_event", sentList(8)), event("subscribe_msg_sent_event", sentList(7, 8)),
		event("subscribe_msg_popup_event", "<SubscribeMsgPopupEvent><List><TemplateId>T1</TemplateId></List></SubscribeMsgPopupEvent>"),
		event("subscribe_msg_popup_event", "<SubscribeMsgPopupEvent><List><TemplateId>T2</TemplateId></List></SubscribeMsgPopupEvent>"),
		event("tea_time", ""),
	}
	seen := map[string]string{}
	for _, xml := range different {
		k := key(xml)
		if other, ok := seen[k]; ok {
			t.Errorf("one key for\n%s\n%s", xml, other)
		}
		seen[k] = xml
	}
}

func sentList(ids ...int) string {
	var b strings.Builder
	for _, id := range ids {
		fmt.Fprintf(&b, "<List><TemplateId>T</TemplateId><MsgID>%d</MsgID></List>", id)
	}
	return "<SubscribeMsgSentEvent>" + b.String() + "</SubscribeMsgSentEvent>"
}

// The openid must not slip into a log by way of a printed Inbound.
func TestOpenIDIsHidden(t *testing.T) {
	in, err := parseInbound(helloXML)
	if err != nil {
		t.Fatal(err)
	}
	if s := fmt.Sprint(in.From, " ", *in); strings.Contains(s, "oU1") || in.From != echowall.OpenID("oU1") {
		t.Error(s)
	}
}
