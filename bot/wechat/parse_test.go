package wechat

import (
	"reflect"
	"strings"
	"testing"
)

// recorder writes down what a reader met.
type recorder struct{ met []string }

func (r *recorder) reset()               { r.met = nil }
func (r *recorder) opened(path []string) { r.met = append(r.met, "<"+strings.Join(path, "/")) }
func (r *recorder) leaf(path []string, text string) {
	r.met = append(r.met, strings.Join(path, "/")+"="+text)
}

func TestParseXML(t *testing.T) {
	for _, tc := range []struct {
		doc     string
		scanned bool
		want    string // leaves; "" means an error
	}{
		{"<xml><A>1</A></xml>", true, "xml/A=1"},
		{" \r\n<xml>\n <A>1</A>\n</xml>\n", true, "xml/A=1"},
		{"<xml><A><![CDATA[1]]>2<![CDATA[3]]></A></xml>", true, "xml/A=123"},
		{"<xml><A><![CDATA[]]]]><![CDATA[>]]></A></xml>", true, "xml/A=]]>"},
		{"<xml><A>&lt;&gt;&amp;&quot;&apos;&#65;&#x4e2d;</A></xml>", true, "xml/A=<>&\"'A中"},
		{"<xml><A>\r\n\r</A><B><![CDATA[\r\n\r]]></B></xml>", true, "xml/A=\n\n|xml/B=\n\n"},
		{"<xml><A>\r&#10;</A></xml>", true, "xml/A=\n\n"},
		{"<xml><A/><B></B></xml>", true, "xml/A=|xml/B="},
		{"<xml><L><i>1</i><i>2</i></L>x</xml>", true, "xml/L/i=1|xml/L/i=2"},
		{"<xml>t</xml>", true, "xml=t"},
		{"<xml/>", false, "xml="},
		{"<?xml version=\"1.0\" encoding=\"UTF-8\"?><xml><A>1</A></xml>", false, "xml/A=1"},
		{"<xml><A n=\"1\">1</A ></xml>", false, "xml/A=1"},
		{"<xml><!-- note --><A>1</A></xml>", false, "xml/A=1"},
		{"<xml><a-b.c>1</a-b.c></xml>", false, "xml/a-b.c=1"},
		{strings.Repeat("<xml>", 40) + "1" + strings.Repeat("</xml>", 40), true, strings.TrimSuffix(strings.Repeat("xml/", 40), "/") + "=1"},
		{"", false, ""},
		{"success", false, ""},
		{"<html></html>", false, ""},
		{"<xml>", false, ""},
		{"<xml><A>1</B></xml>", false, ""},
		{"<xml><A>1</xml></A>", false, ""},
		{"<xml><A>1</A></xml>tail", false, ""},
		{"<xml></xml><xml></xml>", false, ""},
		{"<xml><A>&nbsp;</A></xml>", false, ""},
		{"<xml><A>]]></A></xml>", false, ""},
		{"<xml><A>&amp</A></xml>", false, ""},
		{"<xml><1>1</1></xml>", false, ""},
		{"<xml><![CDATA[</xml>", false, ""},
		{"<!DOCTYPE xml><xml></xml>", false, ""},
		{"<xml></></xml>", false, ""},
		{"<xml><></xml>", false, ""},
	} {
		var r recorder
		err := parseXML(tc.doc, &r)
		var leaves []string
		for _, m := range r.met {
			if m[0] != '<' {
				leaves = append(leaves, m)
			}
		}
		if got := strings.Join(leaves, "|"); err == nil && got != tc.want || (err != nil) != (tc.want == "") {
			t.Errorf("%.60q: %q, %v", tc.doc, got, err)
		}
		if scanned := scanXML(tc.doc, newTree(new(recorder))); scanned != tc.scanned {
			t.Errorf("%.60q: scanned %v", tc.doc, scanned)
		}
	}
}

// FuzzParse holds the scanner against encoding/xml: whatever the scanner reads, encoding/xml reads alike.
// (Only character references to forbidden characters are more than encoding/xml takes.)
func FuzzParse(f *testing.F) {
	for _, tc := range inboundCases {
		f.Add(tc.xml)
	}
	f.Add("<xml><A>&#65;&amp;\r\n]] ></A><B><![CDATA[]]]]><![CDATA[>]]></B>\v\xff</xml>")
	f.Fuzz(func(t *testing.T, doc string) {
		doc = cleanXML(doc)
		if again := cleanXML(doc); again != doc {
			t.Fatalf("cleaning twice changed %q to %q", doc, again)
		}
		var fast, slow recorder
		if !scanXML(doc, newTree(&fast)) {
			return
		}
		if err := decodeXML(doc, newTree(&slow)); err != nil {
			if !strings.Contains(doc, "&#") {
				t.Fatalf("%q: scanned, but %v", doc, err)
			}
		} else if !reflect.DeepEqual(fast, slow) {
			t.Fatalf("%q:\nscanned %q\ndecoded %q", doc, fast.met, slow.met)
		}
		if in, err := parseInbound(doc); err == nil && (in.From == "" || in.Type == "" || len(in.key()) != 16) {
			t.Fatalf("%q: incomplete %s", doc, show(*in))
		}
	})
}
