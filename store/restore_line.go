package store

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"echowall"
)

// thing stages what a line of the given kind says.
func (x *restorer) thing(kind string, text []byte) error {
	var l line
	if kind == kindWish {
		return x.wish(text)
	}
	if err := json.Unmarshal(text, &l); err != nil {
		return echowall.Errorf(echowall.KindInvalid, "%w", err)
	}
	if kind == kindIdentity {
		return x.identity(l)
	}
	name, f, ok := familyOf(kind, l.Key)
	if !ok {
		return echowall.Errorf(echowall.KindInvalid, "unknown kind %q or key %q", kind, l.Key)
	}
	if l.Key == "" && f.shape != shapeFields { // such a family may be one key
		return echowall.Errorf(echowall.KindInvalid, "the key is missing")
	}
	x.out.Lines[kind]++
	k, c := x.s.keys, x.change
	switch f.shape {
	case shapeDocument, shapeMedia, shapeDebt:
		return x.document(name, f, l)
	case shapeValue:
		if _, err := strconv.ParseInt(l.Value, 10, 64); err != nil && kind == kindCounter {
			return echowall.Errorf(echowall.KindInvalid, "%w", err)
		}
		return x.set(k.join(name), l.Value, 0)
	case shapeRoster:
		if err := json.Unmarshal(l.Doc, f.doc()); err != nil {
			return echowall.Errorf(echowall.KindInvalid, "%w", err)
		}
		c.do("HSET", k.join(name, x.token), l.Key, string(l.Doc))
		return x.useRoster()
	case shapeHash:
		if len(l.Fields) == 0 {
			return echowall.Errorf(echowall.KindInvalid, "the fields are missing")
		}
		c.do("HSET", k.join(name, l.Key), words(l.Fields)...)
	case shapeFields:
		if l.Field == "" {
			return echowall.Errorf(echowall.KindInvalid, "the field is missing")
		}
		c.do("HSET", k.familyKey(name, l.Key), l.Field, l.Value)
	case shapeStream:
		c.do("XADD", k.join(name), append([]any{l.Key}, words(l.Fields)...)...)
		if name == "accesslog" {
			return x.access(l)
		}
	case shapeSet:
		c.do("SADD", k.join(name), l.Key)
	case shapeSealed, shapeSealedFields, shapeRebuilt, shapeFleeting:
		return echowall.Errorf(echowall.KindInvalid, "kind %q is not written like this", kind)
	}
	return nil
}

// set stages a string that must not be there yet.
func (x *restorer) set(key, value string, expires int64) error {
	if x.change.guarded(key) {
		return echowall.Errorf(echowall.KindInvalid, "stands twice")
	}
	x.change.guard(key, "n", "")
	x.change.do("SET", key, value)
	if expires != 0 {
		x.change.do("PEXPIRE", key, time.Unix(expires, 0).Sub(x.now).Milliseconds())
	}
	return nil
}

// wish stages a wish with its indexes. Its line is its document but for the kind.
func (x *restorer) wish(text []byte) error {
	rest, ok := bytes.CutPrefix(text, []byte(flatHead))
	if !ok {
		return echowall.Errorf(echowall.KindInvalid, "a wish begins with %s", flatHead)
	}
	var w echowall.Wish
	doc := "{" + string(rest)
	if _, err := unmarshalDoc(doc, &w); err != nil {
		return echowall.Errorf(echowall.KindInvalid, "%w", err)
	}
	if w.Number == "" || w.Author == "" && !w.Erased() {
		return echowall.Errorf(echowall.KindInvalid, "the number or the author is missing")
	}
	x.out.Lines[kindWish]++
	if w.Author != "" {
		x.change.do("ZADD", x.s.keys.wishesBy(w.Author), w.Created.Unix(), w.Number)
	}
	x.s.indexWish(x.change, nil, &w)
	stored, err := wishText(&w, doc)
	if err != nil {
		return err
	}
	return x.set(x.s.keys.wish(w.Number), stored, 0)
}

// useRoster stages, once, that the roster that is being restored is the one in use.
func (x *restorer) useRoster() error {
	if x.rostered {
		return nil
	}
	x.rostered = true
	text, err := marshalDoc(1, directoryDoc{x.token, newMark()})
	if err != nil {
		return err
	}
	return x.set(x.s.keys.directory(), text, 0)
}

// document stages a document with its indexes.
func (x *restorer) document(name string, f family, l line) error {
	if l.Expires != 0 && !time.Unix(l.Expires, 0).After(x.now) {
		return nil // was forgotten since
	}
	doc := f.doc()
	if _, err := unmarshalDoc(string(l.Doc), doc); err != nil {
		return echowall.Errorf(echowall.KindInvalid, "%w", err)
	}
	k, c := x.s.keys, x.change
	switch d := doc.(type) {
	case *echowall.Who:
		c.do("SADD", k.people(), l.Key)
		for _, g := range d.Grants {
			c.do("SADD", k.holders(g), l.Key)
		}
		if d.Roster != "" {
			if err := x.set(k.bound(d.Roster), l.Key, 0); err != nil {
				return err
			}
		}
	case *echowall.Notice:
		c.do("ZADD", k.noticesOf(d.Branch), d.Created.Unix(), l.Key)
	case *echowall.Media:
		if err := x.set(k.media(l.Key), string(l.Data), l.Expires); err != nil {
			return err
		}
	case *debtDoc:
		for place, score := range l.Places {
			switch place {
			case "box":
				c.do("ZADD", k.box(d.To), score, l.Key)
			case "due", "dead", "unknown":
				c.do("ZADD", k.join(place), score, l.Key)
			default:
				return echowall.Errorf(echowall.KindInvalid, "a debt has no place %q", place)
			}
		}
	}
	return x.set(k.familyKey(name, l.Key), string(l.Doc), l.Expires)
}

// identity stages what only this service may read.
func (x *restorer) identity(l line) error {
	if x.lock == nil {
		x.out.Locked++
		return nil
	}
	i, err := x.lock.openIdentity(l.Sealed)
	if err != nil {
		return err
	}
	if i.Family == sealedLine {
		if i.ID == kindIdentity {
			return echowall.Errorf(echowall.KindInvalid, "an identity within an identity")
		}
		return x.thing(i.ID, i.Plain)
	}
	sealed := x.s.vault.seal(sealedUnder(i.Family, i.ID), echowall.OpenID(i.Plain))
	k, c := x.s.keys, x.change
	switch i.Family {
	case "vault":
		if err := x.set(k.vault(echowall.Recipient(i.ID)), sealed, 0); err != nil {
			return err
		}
	case "contact":
		if err := x.set(k.familyKey(i.Family, i.ID), sealed, 0); err != nil {
			return err
		}
	case "late":
		c.do("HSET", k.late(), i.ID, sealed)
		c.do("ZADD", k.lateDue(), x.s.now().Unix(), i.ID)
	default:
		return echowall.Errorf(echowall.KindInvalid, "an identity of the unknown family %q", i.Family)
	}
	x.out.Lines[kindIdentity]++
	return nil
}
