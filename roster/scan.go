package roster

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
)

// inspect looks at a file before anything interprets it: is it a workbook at all, is it bounded, does it hold
// what a roster must not have (formulas, merged cells, macros).
func inspect(r io.ReaderAt, size int64) error {
	if size > FileLimit {
		return refuse("roster.file_large", "limit", strconv.Itoa(FileLimit>>20))
	}
	head := make([]byte, 8)
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch head = head[:n]; {
	case bytes.HasPrefix(head, []byte{0xd0, 0xcf, 0x11, 0xe0}): // what encrypted workbooks and those of before 2007 are in
		return refuse("roster.file_locked")
	case !bytes.HasPrefix(head, []byte("PK")):
		return refuse("roster.file_form")
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return refuse("roster.file_broken")
	}
	if len(z.File) > partsLimit {
		return refuse("roster.file_unpacks")
	}
	var total, others uint64
	parts := make(map[string]*zip.File, len(z.File))
	for _, f := range z.File {
		// The reader below stops at the size that is declared here, so it is enough to add these up.
		if total += f.UncompressedSize64; total > unzipLimit || f.UncompressedSize64 > unzipLimit {
			return refuse("roster.file_unpacks")
		}
		name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
		if !strings.HasPrefix(name, "xl/worksheets/sheet") && name != sharedTexts { // these go to a file when they are large
			if others += f.UncompressedSize64; others > othersLimit {
				return refuse("roster.file_unpacks")
			}
		}
		if strings.HasSuffix(name, "vbaproject.bin") || strings.Contains(name, "/externallinks/") {
			return refuse("roster.file_macros")
		}
		name = strings.TrimPrefix(name, "/")
		if parts[name] != nil { // whoever reads it may read the other one
			return refuse("roster.file_broken")
		}
		parts[name] = f
	}
	if parts["xl/workbook.xml"] == nil || parts["[content_types].xml"] == nil {
		return refuse("roster.file_form")
	}
	if err := inspectTexts(parts[sharedTexts]); err != nil {
		return err
	}
	names, err := sheetNames(parts)
	if err != nil {
		return refuse("roster.file_broken")
	}
	for name, f := range parts {
		title, listed := names[name] // wherever the file keeps it
		if !listed && (!strings.HasPrefix(name, "xl/worksheets/") || path.Ext(name) != ".xml" || strings.Contains(name, "/_rels/")) {
			continue
		}
		if !listed {
			title = path.Base(name)
		}
		if title == sheetNotes { // for people to read; nothing of it is used
			continue
		}
		if err := inspectSheet(f, title); err != nil {
			return err
		}
	}
	return nil
}

// sheetNames maps parts of the file to the names that people see.
func sheetNames(parts map[string]*zip.File) (map[string]string, error) {
	var book struct {
		Sheets []struct {
			Name string     `xml:"name,attr"`
			Attr []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := decode(parts["xl/workbook.xml"], &book); err != nil {
		return nil, err
	}
	var rels struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if f := parts["xl/_rels/workbook.xml.rels"]; f != nil {
		if err := decode(f, &rels); err != nil {
			return nil, err
		}
	}
	out := make(map[string]string)
	for _, s := range book.Sheets {
		for _, a := range s.Attr {
			if a.Name.Local != "id" {
				continue
			}
			for _, rel := range rels.List {
				if rel.ID == a.Value {
					target := strings.ToLower(rel.Target)
					if !strings.HasPrefix(target, "/") {
						target = "xl/" + target
					}
					out[strings.TrimPrefix(path.Clean(target), "/")] = s.Name
				}
			}
		}
	}
	return out, nil
}

const listLimit = 1 << 20 // bytes of the list of sheets: it has six

func decode(f *zip.File, v any) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	return xml.NewDecoder(io.LimitReader(r, listLimit)).Decode(v)
}

// sharedTexts is the part with texts that cells only point to.
const sharedTexts = "xl/sharedstrings.xml"

// inspectTexts counts the shared texts, of which the library keeps a list.
func inspectTexts(f *zip.File) error {
	if f == nil {
		return nil
	}
	n := 0
	return eachTag(f, func(tag []byte) error {
		if tagName(tag) == "si" {
			if n++; n > textLimit {
				return refuse("roster.file_unpacks")
			}
		}
		return nil
	})
}

// inspectSheet reads the tags of one sheet without building anything from them.
func inspectSheet(f *zip.File, title string) error {
	long := func() error { return refuse("roster.sheet_long", "sheet", title, "limit", strconv.Itoa(rowLimit)) }
	cells, at := 0, ""
	return eachTag(f, func(tag []byte) error {
		switch tagName(tag) {
		case "row":
			if n, err := strconv.Atoi(attribute(tag, "r")); err == nil && n > rowLimit {
				return long()
			}
		case "c":
			at = attribute(tag, "r")
			letters := strings.TrimRight(at, "0123456789")
			if cells++; cells > cellLimit {
				return long()
			}
			if len(letters) > 2 || len(letters) == 2 && letters > columnName(wideLimit) {
				return refuse("roster.sheet_wide", "sheet", title, "limit", strconv.Itoa(wideLimit))
			}
			if n, err := strconv.Atoi(at[len(letters):]); err == nil && n > rowLimit {
				return long()
			}
		case "f":
			return refuse("roster.sheet_formula", "sheet", title, "cell", plainRef(at))
		case "mergeCell":
			return refuse("roster.sheet_merged", "sheet", title, "cell", plainRef(attribute(tag, "ref")))
		}
		return nil
	})
}

// eachTag calls look with what stands between < and > in a part.
func eachTag(f *zip.File, look func([]byte) error) error {
	part, err := f.Open()
	if err != nil {
		return refuse("roster.file_broken")
	}
	defer part.Close()
	in := bufio.NewReaderSize(part, 64<<10)
	for {
		switch err := skipTo(in, '<'); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return refuse("roster.file_broken")
		}
		tag, err := readTag(in)
		if err != nil {
			return refuse("roster.file_broken")
		}
		if err := look(tag); err != nil {
			return err
		}
	}
}

func skipTo(in *bufio.Reader, delim byte) error {
	for {
		_, err := in.ReadSlice(delim)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// readTag returns what stands between < and >, cut off at the size of the buffer.
func readTag(in *bufio.Reader) ([]byte, error) {
	tag, err := in.ReadSlice('>')
	if errors.Is(err, bufio.ErrBufferFull) {
		head := bytes.Clone(tag[:512])
		return head, skipTo(in, '>')
	}
	return tag, err
}

// tagName is the name of an element without its prefix; "" for ends, comments and the like.
func tagName(tag []byte) string {
	end := bytes.IndexAny(tag, " \t\r\n/>")
	if end <= 0 {
		return ""
	}
	name := tag[:end]
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	return string(name)
}

// attribute is the value of an attribute, "" when it is missing.
func attribute(tag []byte, name string) string {
	for rest := tag; ; {
		i := bytes.Index(rest, []byte(name+"="))
		if i < 0 || i+len(name)+2 > len(rest) {
			return ""
		}
		before, after := i > 0 && strings.IndexByte(" \t\r\n", rest[i-1]) >= 0, rest[i+len(name)+1:]
		if before && len(after) > 0 && (after[0] == '"' || after[0] == '\'') {
			if end := bytes.IndexByte(after[1:], after[0]); end >= 0 {
				return string(after[1 : 1+end])
			}
			return ""
		}
		rest = rest[i+len(name)+1:]
	}
}

// plainRef is a reference to cells that may stand in a sentence, whatever stood in the file.
func plainRef(ref string) string {
	if len(ref) > 20 || strings.Trim(ref, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:") != "" {
		return "?"
	}
	return ref
}

// columnName is the letter of a column, from 1.
func columnName(n int) string {
	var out string
	for ; n > 0; n = (n - 1) / 26 {
		out = string(rune('A'+(n-1)%26)) + out
	}
	return out
}
