package content

import (
	"bytes"
	"html/template"
	"regexp"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
)

// HTML renders the Markdown of a lesson for a page. Whatever was written, only headings, paragraphs, lists,
// quotes, emphasis and https links come out.
func (p *Pack) HTML(body string) template.HTML { return p.html.render(body) }

type renderer struct {
	markdown goldmark.Markdown
	policy   *bluemonday.Policy
}

func newRenderer() renderer {
	policy := bluemonday.NewPolicy()
	policy.AllowElements("h2", "h3", "h4", "p", "br", "hr", "ul", "ol", "li", "blockquote", "strong", "em", "code")
	policy.AllowAttrs("href").OnElements("a")
	policy.AllowURLSchemes("https")
	policy.RequireParseableURLs(true)
	policy.RequireNoReferrerOnLinks(true)
	return renderer{markdown: goldmark.New(), policy: policy}
}

func (r renderer) render(body string) template.HTML {
	var out bytes.Buffer
	if err := r.markdown.Convert([]byte(body), &out); err != nil {
		// Writing to memory cannot fail; should it ever, plain text is the honest answer.
		return template.HTML("<p>" + template.HTMLEscapeString(body) + "</p>")
	}
	return template.HTML(r.policy.SanitizeBytes(out.Bytes()))
}

// active matches what may run or restyle a page. The sanitiser removes it in any case; the writer is told,
// because text pasted with it usually came from a web page whole.
var active = regexp.MustCompile(`(?i)<\s*/?\s*(script|style|iframe|object|embed|form|link|meta)\b|<[^>]*\s(style|on[a-z]+)\s*=|javascript\s*:`)
