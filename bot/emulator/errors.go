package emulator

import (
	"fmt"
)

// apiError is an answer with an errcode.
type apiError struct {
	code   int
	detail string         // appended to the standing text
	extra  map[string]any // further fields of the answer, such as the id of error 45065
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s", e.code, e.text()) }

func (e *apiError) text() string {
	text := errmsgs[e.code]
	if text == "" {
		text = "request refused"
	}
	if e.detail != "" {
		text += ": " + e.detail
	}
	return text
}

// fail makes an answer with the errcode's standing text.
func fail(code int) error { return &apiError{code: code} }

// failf makes an answer whose text also says where the fault is.
func failf(code int, format string, args ...any) error {
	return &apiError{code: code, detail: fmt.Sprintf(format, args...)}
}

// errmsgs are the texts of the codes the emulator produces. Clients must
// branch on the code; the platform appends " rid: …" to every one of these.
var errmsgs = map[int]string{
	-1:     "system error",
	10003:  "redirect_uri domain does not match the configured one",
	10005:  "account has no permission for this scope",
	40001:  "invalid credential, access_token is invalid or not latest",
	40002:  "invalid grant_type",
	40003:  "invalid openid",
	40004:  "invalid media type",
	40005:  "invalid file type",
	40006:  "invalid media size",
	40007:  "invalid media_id",
	40008:  "invalid message type",
	40009:  "invalid image size",
	40010:  "invalid voice size",
	40011:  "invalid video size",
	40012:  "invalid thumb size",
	40013:  "invalid appid",
	40014:  "invalid access_token",
	40015:  "invalid menu type",
	40016:  "invalid button size",
	40017:  "invalid button type",
	40018:  "invalid button name size",
	40019:  "invalid button key size",
	40020:  "invalid button url size",
	40023:  "invalid sub button size",
	40024:  "invalid sub button type",
	40025:  "invalid sub button name size",
	40026:  "invalid sub button key size",
	40027:  "invalid sub button url size",
	40029:  "invalid code",
	40030:  "invalid refresh_token",
	40032:  "invalid openid list size",
	40033:  "invalid charset. please check your request, if include \\uxxxx will create fail!",
	40035:  "invalid parameter",
	40037:  "invalid template_id",
	40039:  "invalid url size",
	40052:  "invalid action_name",
	40053:  "invalid action_info",
	40054:  "invalid button url domain",
	40055:  "invalid sub button url domain",
	40059:  "invalid msg_id",
	40060:  "invalid article_idx",
	40065:  "message is not in a state that can be deleted",
	40066:  "invalid url",
	40113:  "unsupported file type",
	40125:  "invalid appsecret",
	40130:  "invalid openid list size, at least two openid",
	40152:  "tag not found",
	40163:  "code been used",
	40164:  "invalid ip",
	40243:  "appsecret is frozen",
	40246:  "invalid keyword_name_list",
	40247:  "template must be a category template",
	41001:  "access_token missing",
	41002:  "appid missing",
	41004:  "appsecret missing",
	41005:  "media data missing",
	41006:  "media_id missing",
	41008:  "missing code",
	41009:  "missing openid",
	41030:  "invalid page",
	42001:  "access_token expired",
	42002:  "refresh_token expired",
	42003:  "code expired",
	42010:  "mass sending too fast",
	43001:  "require GET method",
	43002:  "require POST method",
	43004:  "require subscribe",
	43019:  "require remove blacklist",
	43101:  "user refuse to accept the msg",
	43116:  "template is restricted",
	44001:  "empty media data",
	44002:  "empty post data",
	44003:  "empty news data",
	44004:  "empty content",
	45001:  "media size out of limit",
	45002:  "content size out of limit",
	45003:  "title size out of limit",
	45004:  "description size out of limit",
	45005:  "url size out of limit",
	45006:  "picurl size out of limit",
	45007:  "playtime out of limit",
	45008:  "article size out of limit",
	45009:  "reach max api daily quota limit",
	45011:  "api minute-quota reach limit, must slower retry next minute",
	45015:  "response out of time limit or subscription is canceled",
	45026:  "template num exceed limit",
	45028:  "has no masssend quota",
	45029:  "qrcode count out of limit",
	45047:  "out of response count limit",
	45056:  "too many tag now, no need to add new",
	45057:  "tag has too many fans",
	45058:  "can't modify sys tag",
	45059:  "tag num of this user reach limit",
	45064:  "no permission to use weapp in menu",
	45065:  "clientmsgid exist",
	45066:  "same clientmsgid retry too fast",
	45067:  "clientmsgid size out of limit",
	45072:  "command field is invalid",
	45080:  "session is not active",
	45081:  "typing state is already set",
	45084:  "invalid speed",
	45110:  "author size out of limit",
	45113:  "message type is closed",
	45157:  "tag name already exists",
	45158:  "tag name too long",
	45159:  "invalid tag id",
	46003:  "menu no exist",
	46004:  "user no exist",
	47001:  "data format error",
	47003:  "argument invalid!",
	48001:  "api unauthorized",
	48002:  "user refuses messages of this account",
	48006:  "api forbid to clear quota because of reaching the limit",
	49003:  "not match openid with appid",
	53500:  "publish job: invalid draft",
	53600:  "article id is invalid",
	65301:  "menuid not exist",
	65303:  "there is no selfmenu, please create selfmenu first",
	65305:  "empty match rule",
	65316:  "too many domains in conditional menus",
	65320:  "match rule field is abolished",
	76001:  "rid not found",
	76021:  "cgi_path not found",
	89504:  "waiting for the administrator to confirm",
	200011: "template is banned",
	200012: "too many templates",
	200014: "invalid tid",
	200020: "invalid kidList",
	200021: "invalid sceneDesc",
}
