package emulator

import "net/http"

// Handler serves the hosts api.weixin.qq.com, mp.weixin.qq.com,
// open.weixin.qq.com and the picture host on one mux; their paths do not
// collide.
func (p *Platform) Handler() http.Handler {
	p.init()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /connect/oauth2/authorize", p.authorize)
	mux.HandleFunc("GET /cgi-bin/showqrcode", p.showCode)
	mux.HandleFunc("GET "+filePath+"{id}", p.serveFile)
	mux.HandleFunc("GET "+articlePath+"{id}", p.serveArticle)
	mux.HandleFunc("GET /favicon.ico", http.NotFound) // browsers ask; not a violation
	mux.HandleFunc("/", p.serveAPI)
	return mux
}

// routeTable is the API: method, ability, calls a day (test accounts), handler.
func (p *Platform) routeTable() map[string]endpoint {
	return map[string]endpoint{
		"/cgi-bin/token":        {method: get, open: true, day: 2000, testDay: 200, handle: (*apiRequest).token},
		"/cgi-bin/stable_token": {method: post, open: true, day: 500_000, minute: 10_000, handle: (*apiRequest).stableToken},

		"/cgi-bin/getcallbackip":         {method: get, handle: (*apiRequest).addresses},
		"/cgi-bin/get_api_domain_ip":     {method: get, handle: (*apiRequest).addresses},
		"/cgi-bin/clear_quota":           {method: post, ability: AbilityClearQuota, handle: (*apiRequest).clearQuota},
		"/cgi-bin/clear_quota/v2":        {method: post, open: true, ability: AbilityClearQuota, handle: (*apiRequest).clearQuotaV2},
		"/cgi-bin/openapi/quota/get":     {method: post, handle: (*apiRequest).quotaGet},
		"/cgi-bin/openapi/rid/get":       {method: post, handle: (*apiRequest).ridGet},
		"/cgi-bin/ticket/getticket":      {method: get, ability: AbilityJSSDK, day: 1_000_000, handle: (*apiRequest).jsTicket},
		"/cgi-bin/message/custom/send":   {method: post, ability: AbilityKf, day: 500_000, testDay: 50_000, handle: (*apiRequest).kfSend},
		"/cgi-bin/message/custom/typing": {method: post, ability: AbilityKf, handle: (*apiRequest).kfTyping},

		"/cgi-bin/message/template/send":             {method: post, ability: AbilityTemplate, day: 100_000, handle: (*apiRequest).templateSend},
		"/cgi-bin/template/api_add_template":         {method: post, ability: AbilityTemplate, handle: (*apiRequest).templateAdd},
		"/cgi-bin/template/get_all_private_template": {method: get, ability: AbilityTemplate, handle: (*apiRequest).templateList},
		"/cgi-bin/template/del_private_template":     {method: post, ability: AbilityTemplate, handle: (*apiRequest).templateDelete},
		"/cgi-bin/message/subscribe/bizsend":         {method: post, ability: AbilityNotice, handle: (*apiRequest).noticeSend},
		"/wxaapi/newtmpl/addtemplate":                {method: post, ability: AbilityNotice, handle: (*apiRequest).noticeAdd},
		"/wxaapi/newtmpl/gettemplate":                {method: get, ability: AbilityNotice, handle: (*apiRequest).noticeList},
		"/wxaapi/newtmpl/deltemplate":                {method: post, ability: AbilityNotice, handle: (*apiRequest).noticeDelete},
		"/cgi-bin/message/mass/sendall":              {method: post, ability: AbilityMass, handle: (*apiRequest).massSendAll},
		"/cgi-bin/message/mass/send":                 {method: post, ability: AbilityMassOpenID, handle: (*apiRequest).massSend},
		"/cgi-bin/message/mass/preview":              {method: post, ability: AbilityMass, day: 100, handle: (*apiRequest).massPreview},
		"/cgi-bin/message/mass/delete":               {method: post, ability: AbilityMass, day: 10, handle: (*apiRequest).massDelete},
		"/cgi-bin/message/mass/get":                  {method: post, ability: AbilityMass, handle: (*apiRequest).massGet},
		"/cgi-bin/message/mass/speed/get":            {method: post, ability: AbilityMass, handle: (*apiRequest).massSpeedGet},
		"/cgi-bin/message/mass/speed/set":            {method: post, ability: AbilityMass, handle: (*apiRequest).massSpeedSet},
		"/cgi-bin/media/upload":                      {method: post, ability: AbilityMedia, day: 100_000, testDay: 500, handle: (*apiRequest).mediaUpload},
		"/cgi-bin/media/get":                         {method: get, ability: AbilityMedia, day: 200_000, testDay: 1000, handle: (*apiRequest).mediaGet},
		"/cgi-bin/media/uploadimg":                   {method: post, ability: AbilityMaterial, handle: (*apiRequest).uploadImage},
		"/cgi-bin/material/add_material":             {method: post, ability: AbilityMaterial, handle: (*apiRequest).materialAdd},
		"/cgi-bin/material/get_material":             {method: post, ability: AbilityMaterial, handle: (*apiRequest).materialGet},
		"/cgi-bin/material/del_material":             {method: post, ability: AbilityMaterial, handle: (*apiRequest).materialDelete},
		"/cgi-bin/material/get_materialcount":        {method: get, ability: AbilityMaterial, handle: (*apiRequest).materialCount},
		"/cgi-bin/material/batchget_material":        {method: post, ability: AbilityMaterial, handle: (*apiRequest).materialList},
		"/cgi-bin/qrcode/create":                     {method: post, ability: AbilityQR, day: 100_000, testDay: 10_000, handle: (*apiRequest).qrCreate},
		"/cgi-bin/tags/create":                       {method: post, ability: AbilityUsers, handle: (*apiRequest).tagCreate},
		"/cgi-bin/tags/get":                          {method: get, ability: AbilityUsers, handle: (*apiRequest).tagList},
		"/cgi-bin/tags/update":                       {method: post, ability: AbilityUsers, handle: (*apiRequest).tagUpdate},
		"/cgi-bin/tags/delete":                       {method: post, ability: AbilityUsers, handle: (*apiRequest).tagDelete},
		"/cgi-bin/tags/getidlist":                    {method: post, ability: AbilityUsers, handle: (*apiRequest).tagsOf},
		"/cgi-bin/tags/members/batchtagging":         {method: post, ability: AbilityUsers, handle: (*apiRequest).tagging},
		"/cgi-bin/tags/members/batchuntagging":       {method: post, ability: AbilityUsers, handle: (*apiRequest).untagging},
		"/cgi-bin/tags/members/getblacklist":         {method: post, ability: AbilityUsers, handle: (*apiRequest).blacklist},
		"/cgi-bin/tags/members/batchblacklist":       {method: post, ability: AbilityUsers, handle: (*apiRequest).blacklistAdd},
		"/cgi-bin/tags/members/batchunblacklist":     {method: post, ability: AbilityUsers, handle: (*apiRequest).blacklistRemove},
		"/cgi-bin/user/tag/get":                      {method: post, ability: AbilityUsers, handle: (*apiRequest).tagMembers},
		"/cgi-bin/user/get":                          {method: get, ability: AbilityUsers, day: 500, testDay: 100, handle: (*apiRequest).followers},
		"/cgi-bin/user/info":                         {method: get, ability: AbilityUsers, day: 5_000_000, testDay: 500_000, handle: (*apiRequest).userInfo},
		"/cgi-bin/user/info/batchget":                {method: post, ability: AbilityUsers, handle: (*apiRequest).userInfos},
		"/cgi-bin/user/info/updateremark":            {method: post, ability: AbilityUsers, day: 10_000, handle: (*apiRequest).remark},
		"/cgi-bin/menu/create":                       {method: post, ability: AbilityMenu, day: 1000, testDay: 100, strict: true, handle: (*apiRequest).menuCreate},
		"/cgi-bin/menu/get":                          {method: get, ability: AbilityMenu, day: 10_000, testDay: 1000, handle: (*apiRequest).menuGet},
		"/cgi-bin/menu/delete":                       {method: get, ability: AbilityMenu, day: 1000, testDay: 100, handle: (*apiRequest).menuDelete},
		"/cgi-bin/menu/addconditional":               {method: post, ability: AbilityConditionalMenu, day: 2000, strict: true, handle: (*apiRequest).menuAddConditional},
		"/cgi-bin/menu/delconditional":               {method: post, ability: AbilityConditionalMenu, day: 2000, handle: (*apiRequest).menuDeleteConditional},
		"/cgi-bin/menu/trymatch":                     {method: post, ability: AbilityConditionalMenu, day: 20_000, handle: (*apiRequest).menuTryMatch},
		"/cgi-bin/get_current_selfmenu_info":         {method: get, handle: (*apiRequest).menuCurrent},
		"/cgi-bin/draft/add":                         {method: post, ability: AbilityDraft, day: 1000, handle: (*apiRequest).draftAdd},
		"/cgi-bin/draft/get":                         {method: post, ability: AbilityDraft, day: 500, handle: (*apiRequest).draftGet},
		"/cgi-bin/draft/delete":                      {method: post, ability: AbilityDraft, day: 1000, handle: (*apiRequest).draftDelete},
		"/cgi-bin/draft/update":                      {method: post, ability: AbilityDraft, day: 1000, handle: (*apiRequest).draftUpdate},
		"/cgi-bin/draft/count":                       {method: get, ability: AbilityDraft, day: 1000, handle: (*apiRequest).draftCount},
		"/cgi-bin/draft/batchget":                    {method: post, ability: AbilityDraft, day: 1000, handle: (*apiRequest).draftList},
		"/cgi-bin/freepublish/submit":                {method: post, ability: AbilityPublish, day: 100, handle: (*apiRequest).publishSubmit},
		"/cgi-bin/freepublish/get":                   {method: post, ability: AbilityPublish, day: 100, handle: (*apiRequest).publishGet},
		"/cgi-bin/freepublish/getarticle":            {method: post, ability: AbilityPublish, day: 100, handle: (*apiRequest).publishArticle},
		"/cgi-bin/freepublish/delete":                {method: post, ability: AbilityPublish, day: 10, handle: (*apiRequest).publishDelete},
		"/sns/oauth2/access_token":                   {method: get, open: true, ability: AbilityOAuth, minute: 50_000, handle: (*apiRequest).oauthToken},
		"/sns/oauth2/refresh_token":                  {method: get, open: true, ability: AbilityOAuth, minute: 50_000, handle: (*apiRequest).oauthRefresh},
		"/sns/userinfo":                              {method: get, open: true, ability: AbilityOAuth, minute: 50_000, handle: (*apiRequest).oauthUser},
		"/sns/auth":                                  {method: get, open: true, ability: AbilityOAuth, minute: 50_000, handle: (*apiRequest).oauthCheck},
	}
}
