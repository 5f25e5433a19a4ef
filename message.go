package echowall

// Message is something the account says to one person, whatever the channel: as the passive reply to a
// push, as a customer-service message, or as a template. Exactly one of the pointers or strings below is
// set; Validate of the platform adapter says so when not.
type Message struct {
	// Text is plain text; a passive reply carries at most 2048 bytes (platform practice). Links are written
	// as <a href="…">…</a>.
	Text string `json:"text,omitempty"`
	// Card is one picture-and-title card that opens a page.
	Card *Card `json:"card,omitempty"`
	// Menu is a question with tappable answers. Customer-service channel only; as a passive reply it is
	// written as text with one choice a line.
	Menu *ChoiceMenu `json:"menu,omitempty"`
	// Image and Voice are media ids of the platform (temporary ones live 3 days).
	Image string `json:"image,omitempty"`
	Voice string `json:"voice,omitempty"`
	// Template is a template message (模板消息) or, with Subscription set, a subscription notice (订阅通知).
	Template *TemplateMessage `json:"template,omitempty"`
}

// IsZero reports whether the message says nothing at all.
func (m Message) IsZero() bool {
	return m.Text == "" && m.Card == nil && m.Menu == nil && m.Image == "" && m.Voice == "" && m.Template == nil
}

// Card is one article of a news message.
type Card struct {
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	URL         string `json:"url"`
	PictureURL  string `json:"picture,omitempty"`
}

// ChoiceMenu is the platform's msgmenu: the tapped item comes back as text with its id.
type ChoiceMenu struct {
	Head  string   `json:"head,omitempty"`
	Items []Choice `json:"items"`
	Tail  string   `json:"tail,omitempty"`
}

// Choice is one tappable answer.
type Choice struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// TemplateMessage fills a template approved by the platform. Values longer than 20 characters are cut by
// the platform in free-form templates and refused (47003) in typed ones, so writers keep them short.
type TemplateMessage struct {
	ID     string      `json:"id"`
	Fields []NamedText `json:"fields"`
	URL    string      `json:"url,omitempty"`
	// Subscription sends it as a subscription notice (bizsend), which has no idempotency key.
	Subscription bool `json:"subscription,omitempty"`
	// ClientID makes a template send idempotent for about 10 minutes (client_msg_id).
	ClientID string `json:"client_id,omitempty"`
}

// NamedText is one named value of a template.
type NamedText struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}
