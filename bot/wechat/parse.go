package wechat

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A sink takes the elements of a document as they are met. path begins with the root element and is only
// valid during the call.
type sink interface {
	// opened is called at every start tag.
	opened(path []string)
	// leaf is called at the end of every element that held no other element, with its text.
	leaf(path []string, text string)
	// reset forgets everything: the document will be read again from its start.
	reset()
}

// parseXML feeds doc, which must have the root <xml>, to to.
//
// Two readers drive the same tree. The scanner knows what the platform really writes and is several times
// as fast; whatever it does not know (attributes, comments, prologues) goes to encoding/xml, which decides
// whether it is XML at all. Neither resolves external entities or accepts a document type. The scanner
// passes on characters that XML forbids; who does not want them calls cleanXML first.
func parseXML(doc string, to sink) error {
	to.reset()
	t := newTree(to)
	if scanXML(doc, t) {
		return nil
	}
	to.reset()
	return decodeXML(cleanXML(doc), newTree(to))
}

// tree keeps the path and the text of the element being read.
type tree struct {
	sink sink
	path []string
	room [8]string // the deepest document of the platform has six levels
	// text of the current element: first, as long as it is one piece of the document, else joined.
	first  string
	joined []byte
	isLeaf bool
}

func newTree(to sink) *tree {
	t := &tree{sink: to}
	t.path = t.room[:0]
	return t
}

func (t *tree) open(name string) {
	t.path = append(t.path, name)
	t.clear()
	t.isLeaf = true
	t.sink.opened(t.path)
}

func (t *tree) text(s string) {
	switch {
	case s == "":
	case t.first == "" && len(t.joined) == 0:
		t.first = s
	default:
		if len(t.joined) == 0 {
			t.joined = append(t.joined, t.first...)
		}
		t.joined = append(t.joined, s...)
	}
}

// close ends the current element.
func (t *tree) close() {
	if t.isLeaf {
		text := t.first
		if len(t.joined) > 0 {
			text = string(t.joined)
		}
		t.sink.leaf(t.path, text)
	}
	t.path = t.path[:len(t.path)-1]
	t.clear()
	t.isLeaf = false
}

func (t *tree) clear() { t.first, t.joined = "", t.joined[:0] }

// decodeXML reads doc with encoding/xml.
func decodeXML(doc string, t *tree) error {
	if strings.HasPrefix(strings.TrimLeft(doc, " \t\r\n"), "{") {
		return errors.New("push is JSON: choose XML as data format in the push configuration of the platform")
	}
	d := xml.NewDecoder(strings.NewReader(doc))
	done := false
	for {
		token, err := d.Token()
		if err == io.EOF {
			if !done {
				return errors.New("push is not XML: no <xml> element")
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("push is not XML: %w", withoutContent(err))
		}
		switch token := token.(type) {
		case xml.StartElement:
			if len(t.path) == 0 && (done || token.Name.Local != "xml") {
				return errors.New("push is not XML: root is not one <xml> element")
			}
			t.open(token.Name.Local)
		case xml.EndElement:
			t.close()
			done = done || len(t.path) == 0
		case xml.CharData:
			if len(t.path) > 0 {
				t.text(string(token))
			} else if strings.TrimSpace(string(token)) != "" {
				return errors.New("push is not XML: text outside <xml>")
			}
		case xml.Directive:
			return errors.New("push is not XML: document types are not accepted")
		}
	}
}

// withoutContent keeps the line of a syntax error and drops its message, which may quote the document.
func withoutContent(err error) error {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("syntax error in line %d", syntax.Line)
	}
	return errors.New("unreadable")
}
