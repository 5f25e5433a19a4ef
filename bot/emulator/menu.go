package emulator

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Menu is the menu bar of the account.
type Menu struct {
	Buttons []Button `json:"button"`
}

// Button is one button; one with Sub opens a list and does nothing else.
type Button struct {
	Type      string   `json:"type,omitempty"`
	Name      string   `json:"name"`
	Key       string   `json:"key,omitempty"`
	URL       string   `json:"url,omitempty"`
	MediaID   string   `json:"media_id,omitempty"`
	ArticleID string   `json:"article_id,omitempty"`
	AppID     string   `json:"appid,omitempty"`
	PagePath  string   `json:"pagepath,omitempty"`
	Sub       []Button `json:"sub_button"`
}

// find looks a button up by name, on both levels.
func (m Menu) find(name string) *Button {
	for i := range m.Buttons {
		if sub := (Menu{m.Buttons[i].Sub}).find(name); sub != nil {
			return sub
		}
		if m.Buttons[i].Name == name && len(m.Buttons[i].Sub) == 0 {
			return &m.Buttons[i]
		}
	}
	return nil
}

// matchRule says whose phones show a conditional menu. The fields about
// persons are abolished.
type matchRule struct {
	TagID    json.Number `json:"tag_id,omitempty"`
	Platform json.Number `json:"client_platform_type,omitempty"`
	Language string      `json:"language,omitempty"`
	GroupID  string      `json:"group_id,omitempty"`
	Sex      string      `json:"sex,omitempty"`
	Country  string      `json:"country,omitempty"`
	Province string      `json:"province,omitempty"`
	City     string      `json:"city,omitempty"`
}

// conditionalMenu is one menu for some people.
type conditionalMenu struct {
	Menu
	Rule matchRule `json:"matchrule"`
	ID   int64     `json:"menuid"`
}

// menuBook holds the menus.
type menuBook struct {
	set         bool
	current     Menu
	menuID      int64
	conditional []conditionalMenu
}

// id is the MenuId of VIEW events.
func (b *menuBook) id() string { return strconv.FormatInt(b.menuID, 10) }

// Limits of menus.
const (
	topButtons    = 3
	subButtons    = 5
	topName       = 16 // bytes
	subName       = 60 // bytes
	keyLimit      = 128
	menuURLLimit  = 1024
	menuDomains   = 3
	firstMenuID   = 400_000_000
	abolishedRule = 65320
)

// Menu is the account's default menu; without one it has no buttons.
func (p *Platform) Menu() Menu {
	p.init()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.menu.current
}

// Menu is the menu this person's phone shows.
func (ph *Phone) Menu() Menu {
	ph.p.mu.Lock()
	defer ph.p.mu.Unlock()
	return ph.p.menuFor(ph.person())
}

// menuFor picks the newest conditional menu that matches. Held lock: mu.
func (p *Platform) menuFor(u *person) Menu {
	for _, m := range slices.Backward(p.menu.conditional) {
		id, err := strconv.Atoi(m.Rule.TagID.String())
		if err == nil && slices.Contains(u.tags, id) {
			return m.Menu
		}
	}
	return p.menu.current
}

// menuErrors are the codes of one level of buttons.
type menuErrors struct{ kind, name, key, url, domain int }

var (
	topErrors = menuErrors{40017, 40018, 40019, 40020, 40054}
	subErrors = menuErrors{40024, 40025, 40026, 40027, 40055}
)

// checkMenu applies all rules of structure and length. Held lock: mu.
func (p *Platform) checkMenu(m Menu) error {
	if len(m.Buttons) < 1 || len(m.Buttons) > topButtons {
		return fail(40016)
	}
	for _, b := range m.Buttons {
		if b.Name == "" || len(b.Name) > topName {
			return failf(40018, "%s", b.Name)
		}
		if len(b.Sub) == 0 {
			if err := p.checkButton(b, topErrors); err != nil {
				return err
			}
			continue
		}
		if len(b.Sub) > subButtons {
			return fail(40023)
		}
		for _, sub := range b.Sub {
			if len(sub.Sub) > 0 {
				return fail(40022)
			}
			if sub.Name == "" || len(sub.Name) > subName {
				return failf(40025, "%s", sub.Name)
			}
			if err := p.checkButton(sub, subErrors); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkButton checks what the button's type demands. Held lock: mu.
func (p *Platform) checkButton(b Button, codes menuErrors) error {
	switch b.Type {
	case "click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select":
		if b.Key == "" || len(b.Key) > keyLimit {
			return failf(codes.key, "%s", b.Name)
		}
	case "view", "miniprogram":
		u, err := url.Parse(b.URL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(b.URL) > menuURLLimit {
			return failf(codes.url, "%s", b.Name)
		}
		if p.MenuURLDomains != nil && !slices.Contains(p.MenuURLDomains, u.Hostname()) && !slices.Contains(p.MenuURLDomains, u.Host) {
			return failf(codes.domain, "%s", u.Hostname())
		}
		if b.Type == "miniprogram" {
			if b.PagePath == "" {
				return failf(41030, "%s", b.Name)
			}
			return p.linked(b.AppID)
		}
	case "media_id", "view_limited":
		return p.needFile(b.MediaID, "")
	case "article_id", "article_view_limited":
		return p.publishedArticles(&Bubble{}, b.ArticleID)
	default:
		return failf(codes.kind, "%s", b.Name)
	}
	return nil
}

// menuCreate is POST /cgi-bin/menu/create.
func (r *apiRequest) menuCreate() (any, error) {
	var in Menu
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.checkMenu(in); err != nil {
		return nil, err
	}
	p.menu.set, p.menu.current = true, in
	p.menu.menuID = p.nextMenuID()
	for _, u := range p.people {
		p.tell(u)
	}
	return nil, nil
}

func (p *Platform) nextMenuID() int64 { return firstMenuID + p.nextID()%1_000_000 }

// menuGet is GET /cgi-bin/menu/get.
func (r *apiRequest) menuGet() (any, error) {
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.menu.set {
		return nil, fail(46003)
	}
	answer := map[string]any{"menu": map[string]any{"button": p.menu.current.Buttons, "menuid": p.menu.menuID}}
	if len(p.menu.conditional) > 0 {
		answer["conditionalmenu"] = slices.Clone(p.menu.conditional)
	}
	return answer, nil
}

// menuDelete is GET /cgi-bin/menu/delete; conditional menus go with it.
func (r *apiRequest) menuDelete() (any, error) {
	r.p.mu.Lock()
	defer r.p.mu.Unlock()
	r.p.menu = menuBook{}
	return nil, nil
}

// menuAddConditional is POST /cgi-bin/menu/addconditional.
func (r *apiRequest) menuAddConditional() (any, error) {
	var in conditionalMenu
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	rule := in.Rule
	switch {
	case !p.menu.set:
		return nil, fail(65303)
	case rule.GroupID+rule.Sex+rule.Country+rule.Province+rule.City != "":
		return nil, fail(abolishedRule)
	case rule.TagID == "" && rule.Platform == "" && rule.Language == "":
		return nil, fail(65305)
	}
	if err := p.checkMenu(in.Menu); err != nil {
		return nil, err
	}
	if len(in.domains()) > menuDomains {
		return nil, fail(65316)
	}
	in.ID = p.nextMenuID()
	p.menu.conditional = append(p.menu.conditional, in)
	return map[string]any{"menuid": strconv.FormatInt(in.ID, 10)}, nil
}

// domains lists the different hosts a menu leads to.
func (m Menu) domains() []string {
	var list []string
	for _, b := range m.Buttons {
		list = append(list, (Menu{b.Sub}).domains()...)
		if u, err := url.Parse(b.URL); err == nil && u.Host != "" {
			list = append(list, strings.ToLower(u.Hostname()))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// menuDeleteConditional is POST /cgi-bin/menu/delconditional.
func (r *apiRequest) menuDeleteConditional() (any, error) {
	var in struct {
		ID json.Number `json:"menuid"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	before := len(p.menu.conditional)
	p.menu.conditional = slices.DeleteFunc(p.menu.conditional, func(m conditionalMenu) bool {
		return strconv.FormatInt(m.ID, 10) == in.ID.String()
	})
	if len(p.menu.conditional) == before {
		return nil, fail(65301)
	}
	return nil, nil
}

// menuTryMatch is POST /cgi-bin/menu/trymatch.
func (r *apiRequest) menuTryMatch() (any, error) {
	var in struct {
		UserID string `json:"user_id"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	u, err := p.person(in.UserID)
	if err != nil {
		return nil, fail(46004)
	}
	return p.menuFor(u), nil
}

// menuCurrent is GET /cgi-bin/get_current_selfmenu_info, open to every account.
func (r *apiRequest) menuCurrent() (any, error) {
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	open := 0
	if p.menu.set {
		open = 1
	}
	return map[string]any{"is_menu_open": open, "selfmenu_info": map[string]any{"button": selfMenu(p.menu.current.Buttons)}}, nil
}

// selfMenu is the other shape in which this answer carries buttons.
func selfMenu(buttons []Button) []map[string]any {
	list := []map[string]any{}
	for _, b := range buttons {
		entry := map[string]any{"name": b.Name}
		set := func(name, value string) {
			if value != "" {
				entry[name] = value
			}
		}
		set("type", b.Type)
		set("key", b.Key)
		set("url", b.URL)
		set("value", b.MediaID)
		set("appid", b.AppID)
		set("pagepath", b.PagePath)
		if len(b.Sub) > 0 {
			entry["sub_button"] = map[string]any{"list": selfMenu(b.Sub)}
		}
		list = append(list, entry)
	}
	return list
}
