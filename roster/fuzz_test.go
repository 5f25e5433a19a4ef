package roster_test

import (
	"bytes"
	"runtime"
	"testing"

	"echowall"
)

// FuzzRead gives the reader files that nobody made on purpose. It must say what is wrong with them, and not take
// more memory than a large roster does.
func FuzzRead(f *testing.F) {
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte{0xd0, 0xcf, 0x11, 0xe0})
	f.Add(people().bytes(f))
	f.Add(bomb(f, "xl/worksheets/sheet9.xml", 1<<16, 100))
	f.Add(inPeople(f, people(), `r="A2"`, `r="A0"`))
	f.Fuzz(func(t *testing.T, data []byte) {
		readBounded(t, data)
	})
}

// FuzzSheet changes the XML of one sheet, which a change of the packed file hardly ever reaches.
func FuzzSheet(f *testing.F) {
	const row = `<row r="2"><c r="A2" t="inlineStr"><is><t>r1</t></is></c><c r="B2" t="inlineStr"><is><t>王敏</t></is></c></row>`
	f.Add([]byte(row))
	f.Add([]byte(`<row r="2"><c r="A2" t="s"><v>99999999</v></c></row>`))
	f.Add([]byte(`<row r="-1"><c r="ZZZZ2" s="77"><v>45000.5</v></c></row>`))
	f.Add([]byte(`<row r="2"><c><f>1+1</f></c></row>`))
	good := people().bytes(f)
	f.Fuzz(func(t *testing.T, rows []byte) {
		readBounded(t, rezip(t, good, func(name string, text []byte) (string, []byte) {
			if name == "xl/worksheets/sheet2.xml" {
				text = bytes.Replace(text, []byte("</sheetData>"), append(bytes.Clone(rows), "</sheetData>"...), 1)
			}
			return name, text
		}))
	})
}

func readBounded(t *testing.T, data []byte) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	w, err := read(data)
	runtime.ReadMemStats(&after)
	if grown := int64(after.Sys) - int64(before.Sys); grown > 256<<20 {
		t.Errorf("%d bytes were read with %d MB", len(data), grown>>20)
	}
	if err != nil {
		return
	}
	p := w.Plan(nobody())
	if p.OK() {
		k := new(kept)
		if err := p.Apply(t.Context(), k); err != nil {
			t.Fatal(err)
		}
		if k.roster != nil {
			for _, problem := range k.roster.Check() {
				t.Errorf("%s %s: %v", problem.Sort, problem.ID, problem.Why)
			}
		}
	}
	var out bytes.Buffer
	if err := p.WriteResult(&out, func(e *echowall.Error) string { return e.Key }); err != nil {
		t.Fatal(err)
	}
}
