package store

import (
	"reflect"
	"testing"
	"time"

	"echowall"
)

// quickCases are a document of each usual form, whose fields the test then fills, one after the other.
func quickCases() map[string]func() any {
	at := time.Date(2026, 11, 23, 12, 0, 0, 5, time.UTC)
	return map[string]func() any{
		"wish": func() any {
			return &echowall.Wish{
				Number: "XY1001", Text: "路灯坏了", State: echowall.WishSubmitted, Created: at, Author: "a1", Station: "c1",
				History: []echowall.WishEvent{{At: at.Truncate(time.Second), Move: echowall.MoveSubmit, To: echowall.WishSubmitted, Role: echowall.RoleAuthor, Source: echowall.FromChat, Hash: "x"}},
			}
		},
		"conversation": func() any { return &echowall.Conversation{Flood: echowall.Flood{Left: 18.25, At: at}} },
	}
}

// A field that the quick form does not know must send the document the slow way, whoever adds it.
func TestQuickDocKnowsEveryField(t *testing.T) {
	for name, usual := range quickCases() {
		if _, ok := quickDoc(nil, 1, usual()); !ok {
			t.Errorf("%s: the usual form is not written quickly", name)
		}
		each(t, reflect.ValueOf(usual()).Elem(), func(path string, fill func(reflect.Value)) {
			doc := usual()
			fill(reflect.ValueOf(doc).Elem())
			sameEitherWay(t, name+" "+path, doc)
		})
	}
}

// each calls f for every exported field of a struct and of the structs in it, with what fills that field.
func each(t *testing.T, v reflect.Value, f func(path string, fill func(reflect.Value))) {
	t.Helper()
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() {
			continue
		}
		f(field.Name, func(v reflect.Value) { fillField(t, v.Field(i)) })
		if field.Type.Kind() == reflect.Struct && field.Type != reflect.TypeFor[time.Time]() {
			each(t, v.Field(i), func(path string, fill func(reflect.Value)) {
				f(field.Name+"."+path, func(v reflect.Value) { fill(v.Field(i)) })
			})
		}
	}
}

func fillField(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		v.SetString("a\"<\x01\u2028字")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(3)
	case reflect.Float64:
		v.SetFloat(2.5)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.Slice:
		v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)))
		}
	default:
		t.Fatalf("a field of kind %v: teach this test to fill it", v.Kind())
	}
}

// sameEitherWay compares what is read back of a document that was written either way.
func sameEitherWay(t *testing.T, name string, doc any) {
	t.Helper()
	read := func(text string, err error) any {
		back := reflect.New(reflect.TypeOf(doc).Elem()).Interface()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		version, err := unmarshalDoc(text, back)
		if err != nil || version != 7 {
			t.Fatalf("%s: %q is read as version %d: %v", name, text, version, err)
		}
		return back
	}
	quick, slow := read(marshalDoc(7, doc)), read(slowDoc(7, doc))
	if !reflect.DeepEqual(quick, slow) {
		t.Errorf("%s: written quickly it is read as %+v, else as %+v", name, quick, slow)
	}
}

func FuzzQuickText(f *testing.F) {
	for _, s := range []string{"", "路灯", "a\"b\\c", "\x00\x1f\x7f", "\xff\xed\xa0\x80", "\u2028<&>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		usual := quickCases()
		w := usual["wish"]().(*echowall.Wish)
		w.Text, w.Placed = s, echowall.PlacedBy(s)
		w.History[0].Note = s
		sameEitherWay(t, "wish", w)
	})
}
