package emulator

import (
	"encoding/json"
	"strings"
	"time"
)

// mediaRef is {"media_id": …}.
type mediaRef struct {
	MediaID string `json:"media_id"`
}

// textBody is {"content": …}.
type textBody struct {
	Content string `json:"content"`
}

// kfMessage is the body of message/custom/send.
type kfMessage struct {
	ToUser  string    `json:"touser"`
	MsgType string    `json:"msgtype"`
	Text    *textBody `json:"text"`
	Image   *mediaRef `json:"image"`
	Voice   *mediaRef `json:"voice"`
	Video   *struct {
		mediaRef
		Thumb       string `json:"thumb_media_id"`
		Title       string `json:"title"`
		Description string `json:"description"`
	} `json:"video"`
	Music *struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		URL         string `json:"musicurl"`
		HQURL       string `json:"hqmusicurl"`
		Thumb       string `json:"thumb_media_id"`
	} `json:"music"`
	News *struct {
		Articles []struct {
			Title       string `json:"title"`
			Description string `json:"description"`
			URL         string `json:"url"`
			PicURL      string `json:"picurl"`
		} `json:"articles"`
	} `json:"news"`
	MPNews        *mediaRef `json:"mpnews"`
	MPNewsArticle *struct {
		ID string `json:"article_id"`
	} `json:"mpnewsarticle"`
	MsgMenu *struct {
		Head string `json:"head_content"`
		Tail string `json:"tail_content"`
		List []struct {
			ID      json.RawMessage `json:"id"`
			Content string          `json:"content"`
		} `json:"list"`
	} `json:"msgmenu"`
	WxCard *struct {
		ID string `json:"card_id"`
	} `json:"wxcard"`
	MiniPage *struct {
		Title string `json:"title"`
		MiniProgram
		Thumb string `json:"thumb_media_id"`
	} `json:"miniprogrampage"`
	Service *struct {
		Account string `json:"kf_account"`
	} `json:"customservice"`
	AI *struct {
		IsAI int `json:"is_ai_msg"`
	} `json:"aimsgcontext"`
}

// kfSend is POST /cgi-bin/message/custom/send.
func (r *apiRequest) kfSend() (any, error) {
	var in kfMessage
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	u, err := p.person(in.ToUser)
	switch {
	case err != nil:
		return nil, err
	case !u.followed:
		return nil, fail(43004)
	case u.blacklist:
		return nil, fail(43019)
	case !u.following:
		return nil, fail(45015)
	case u.refuses:
		return nil, fail(48002)
	}
	b, err := p.kfBubble(&in)
	if err != nil {
		return nil, err
	}
	if err := u.spendWindow(p.now()); err != nil {
		return nil, err
	}
	b.Via, b.AI = ViaKf, in.AI != nil && in.AI.IsAI == 1
	u.typing = false
	p.show(u, b)
	return nil, nil
}

// kfBubble checks the object that the type demands. Held lock: mu.
func (p *Platform) kfBubble(in *kfMessage) (Bubble, error) {
	b := Bubble{Kind: BubbleKind(in.MsgType)}
	missing := failf(47001, "object %s missing", in.MsgType)
	switch in.MsgType {
	case "text":
		switch {
		case in.Text == nil || in.Text.Content == "":
			return b, fail(44004)
		case len(in.Text.Content) > textLimit:
			return b, fail(45002)
		}
		b.Text = in.Text.Content
	case "image", "voice":
		ref := in.Image
		if in.MsgType == "voice" {
			ref = in.Voice
		}
		if ref == nil {
			return b, fail(40007)
		}
		b.MediaID = ref.MediaID
		return b, p.needFile(ref.MediaID, in.MsgType)
	case "video":
		if in.Video == nil {
			return b, fail(40007)
		}
		b.MediaID, b.Text, b.Detail = in.Video.MediaID, in.Video.Title, in.Video.Description
		if in.Video.Thumb != "" {
			if err := p.needFile(in.Video.Thumb, "thumb"); err != nil {
				return b, err
			}
		}
		return b, p.needFile(in.Video.MediaID, "video")
	case "music":
		if in.Music == nil {
			return b, missing
		}
		b.Text, b.Detail, b.URL = in.Music.Title, in.Music.Description, in.Music.URL
		return b, p.needFile(in.Music.Thumb, "thumb")
	case "news":
		if in.News == nil || len(in.News.Articles) == 0 {
			return b, fail(44003)
		}
		if len(in.News.Articles) > 1 {
			return b, fail(45008)
		}
		a := in.News.Articles[0]
		b.Articles = []Article{{a.Title, a.Description, a.PicURL, a.URL}}
	case "mpnews":
		if in.MPNews == nil {
			return b, fail(40007)
		}
		b.Kind = KindNews
		err := p.draftArticles(&b, in.MPNews.MediaID)
		return b, err
	case "mpnewsarticle":
		if in.MPNewsArticle == nil {
			return b, missing
		}
		b.Kind = KindNews
		err := p.publishedArticles(&b, in.MPNewsArticle.ID)
		return b, err
	case "msgmenu":
		if in.MsgMenu == nil || len(in.MsgMenu.List) == 0 {
			return b, missing
		}
		b.Menu = &ChoiceMenu{Head: in.MsgMenu.Head, Tail: in.MsgMenu.Tail}
		for _, item := range in.MsgMenu.List {
			if item.Content == "" || len(item.ID) == 0 {
				return b, failf(47001, "msgmenu item without id or content")
			}
			b.Menu.Items = append(b.Menu.Items, Choice{strings.Trim(string(item.ID), `"`), item.Content})
		}
	case "wxcard":
		if in.WxCard == nil {
			return b, missing
		}
		b.Text = in.WxCard.ID
	case "miniprogrampage":
		if in.MiniPage == nil {
			return b, missing
		}
		if err := p.linked(in.MiniPage.AppID); err != nil {
			return b, err
		}
		b.Kind, b.Text, b.App = KindMini, in.MiniPage.Title, &in.MiniPage.MiniProgram
		return b, p.needFile(in.MiniPage.Thumb, "image")
	default:
		return b, fail(40008)
	}
	return b, nil
}

// linked answers 45064 for mini-programs that are not the account's. Held
// lock: mu.
func (p *Platform) linked(appID string) error {
	for _, id := range p.MiniPrograms {
		if id == appID {
			return nil
		}
	}
	return fail(45064)
}

// kfTyping is POST /cgi-bin/message/custom/typing.
func (r *apiRequest) kfTyping() (any, error) {
	var in struct {
		ToUser  string `json:"touser"`
		Command string `json:"command"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	u, err := p.follower(in.ToUser)
	if err != nil {
		return nil, err
	}
	if in.Command != "Typing" && in.Command != "CancelTyping" {
		return nil, fail(45072)
	}
	if p.now().Sub(u.acted) > 30*time.Second {
		return nil, fail(45080)
	}
	if in.Command == "Typing" && u.typing {
		return nil, fail(45081)
	}
	u.typing = in.Command == "Typing"
	p.tell(u)
	return nil, nil
}
