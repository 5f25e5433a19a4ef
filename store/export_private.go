package store

import (
	"encoding/json"

	"echowall"
)

// privateFields are the parts of documents that tell who somebody is, or what a person was about to say, by
// family. A full export with identities has these documents sealed; one without has them without these
// parts. (The text of a wish is the case itself and stays.)
var privateFields = map[string][]string{
	"who":  {"name"},
	"code": {"name"},
	"conv": {"dialog", "draft"},
	"debt": {"body"}, // an answer that missed its deadline
	// Who is in which branch under which number stays: the roster's rules need it, and it names nobody.
	"roster": {"name", "post", "phone_tail", "joined", "exempt", "tags"},
}

// sealedLine is the family of an identity that is a whole line.
const sealedLine = "line"

// private writes a line that holds more than everybody may read.
func (x *exporter) private(name string, l line) error {
	doc, found, err := without(l.Doc, privateFields[name])
	if err != nil {
		return err
	}
	if !found || x.lock == nil {
		l.Doc = doc
		return x.write(l)
	}
	plain, err := json.Marshal(l)
	if err != nil {
		return echowall.Errorf(echowall.KindInternal, "store: encode a line: %w", err)
	}
	out := line{Kind: kindIdentity}
	if out.Sealed, err = x.lock.sealIdentity(identity{sealedLine, l.Kind, plain}); err != nil {
		return err
	}
	return x.write(out)
}

// without returns a document less some of its fields, its version (where it has one) first as ever, and
// whether it had any.
func without(doc json.RawMessage, fields []string) (rest json.RawMessage, found bool, err error) {
	if len(fields) == 0 {
		return doc, false, nil
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(doc, &all); err != nil {
		return nil, false, echowall.Errorf(echowall.KindInternal, "store: decode a document: %w", err)
	}
	for _, f := range fields {
		if _, ok := all[f]; ok {
			found = true
			delete(all, f)
		}
	}
	if !found {
		return doc, false, nil
	}
	version, versioned := all["v"]
	delete(all, "v")
	text, err := json.Marshal(all)
	if err != nil {
		return nil, false, echowall.Errorf(echowall.KindInternal, "store: encode a document: %w", err)
	}
	if !versioned {
		return text, true, nil
	}
	head := `{"v":` + string(version)
	if len(all) > 0 {
		head += ","
	}
	return json.RawMessage(head + string(text[1:])), true, nil
}
