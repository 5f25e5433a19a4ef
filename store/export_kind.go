package store

import (
	"slices"
	"strings"

	"echowall"
)

// shape says how the keys of one family become lines of an export, and lines become keys again.
type shape int

const (
	shapeDocument     shape = iota // string: one document a key
	shapeMedia                     // like shapeDocument, with the bytes that stand in the family media
	shapeDebt                      // like shapeDocument, with the places in the ledger's sorted sets
	shapeValue                     // string: one value; its key is the family
	shapeRoster                    // hash: entries of the roster of one sort; those in use are exported
	shapeHash                      // hash: few fields that belong together
	shapeFields                    // hash: many fields, each for itself
	shapeStream                    // stream
	shapeSet                       // set
	shapeSealed                    // string: sealed under the key's id
	shapeSealedFields              // hash: each field sealed under its name
	shapeRebuilt                   // made again from the documents
	shapeFleeting                  // marks, claims and caches that expire; not exported
)

// Kinds that do not stand for one family.
const (
	kindMeta     = "meta"     // first line of a full export
	kindEnd      = "end"      // its last line
	kindCounter  = "counter"  // the last numbers given out
	kindIdentity = "identity" // anything that was sealed in the vault
	kindErasure  = "erasure"  // erasures carried out lately, sealed with the service's key
	kindWish     = "wish"     // flat, because other programs read it
)

// family is one family of keys: what stands between the prefix and the next colon.
type family struct {
	kind  string
	shape shape
	doc   func() any // an empty document, for those that have one
}

// families is the whole database, in the words of keys.go. A family that is missing here makes Export fail.
var families = map[string]family{
	"conv":    {"conversation", shapeDocument, func() any { return new(echowall.Conversation) }},
	"who":     {"person", shapeDocument, func() any { return new(echowall.Who) }},
	"binding": {"binding", shapeDocument, func() any { return new(echowall.Binding) }},
	"code":    {"code", shapeDocument, func() any { return new(echowall.BindingCode) }},
	"wish":    {kindWish, shapeDocument, func() any { return new(echowall.Wish) }},
	"study":   {"study", shapeDocument, func() any { return new(echowall.StudyRecord) }},
	"lesson":  {"lesson", shapeDocument, func() any { return new(echowall.Lesson) }},
	"notice":  {"notice", shapeDocument, func() any { return new(echowall.Notice) }},
	"debt":    {"debt", shapeDebt, func() any { return new(debtDoc) }},

	"committees": {"committee", shapeRoster, func() any { return new(echowall.Committee) }},
	"branches":   {"branch", shapeRoster, func() any { return new(echowall.Branch) }},
	"groups":     {"group", shapeRoster, func() any { return new(echowall.Group) }},
	"stations":   {"station", shapeRoster, func() any { return new(echowall.Station) }},
	"grids":      {"grid", shapeRoster, func() any { return new(echowall.Grid) }},
	"points":     {"point", shapeRoster, func() any { return new(echowall.CollectionPoint) }},
	"units":      {"unit", shapeRoster, func() any { return new(echowall.Unit) }},
	"roster":     {"roster", shapeRoster, func() any { return new(echowall.RosterPerson) }},

	"mediainfo": {"media", shapeMedia, func() any { return new(echowall.Media) }},
	"media":     {"media", shapeRebuilt, nil},

	"wishes":   {kindCounter, shapeValue, nil},
	"notices":  {kindCounter, shapeValue, nil},
	"started":  {"start", shapeValue, nil},
	"reach":    {"reach", shapeHash, nil},
	"receipts": {"receipt", shapeFields, nil},
	"jobs":     {"job", shapeFields, nil},
	"scenes":   {"scene", shapeFields, nil},
	"attempts": {"attempt", shapeStream, nil},
	"runs":     {"run", shapeStream, nil},
	"reopened": {"reopened", shapeSet, nil},
	"vault":    {kindIdentity, shapeSealed, nil},
	"late":     {kindIdentity, shapeSealedFields, nil},
	"erasures": {kindIdentity, shapeSealedFields, nil},
	"erased":   {kindErasure, shapeFields, nil},
	"rewrite":  {"", shapeFleeting, nil},

	"accesslog":  {"access", shapeStream, nil},
	"accesstail": {"access_tail", shapeValue, nil},
	"accesshead": {"", shapeRebuilt, nil},
	"accessof":   {"", shapeRebuilt, nil},
	"denied":     {"", shapeFleeting, nil},
	"contact":    {kindIdentity, shapeSealed, nil},

	"people":    {"", shapeRebuilt, nil},
	"bound":     {"", shapeRebuilt, nil},
	"directory": {"", shapeRebuilt, nil},
	"holders":   {"", shapeRebuilt, nil},
	"by":        {"", shapeRebuilt, nil},
	"queue":     {"", shapeRebuilt, nil},
	"named":     {"", shapeRebuilt, nil},
	"counts":    {"", shapeRebuilt, nil},
	"wall":      {"", shapeRebuilt, nil},
	"noticesof": {"", shapeRebuilt, nil},
	"due":       {"", shapeRebuilt, nil},
	"box":       {"", shapeRebuilt, nil},
	"dead":      {"", shapeRebuilt, nil},
	"unknown":   {"", shapeRebuilt, nil},
	"latedue":   {"", shapeRebuilt, nil},

	"tries":  {"", shapeFleeting, nil},
	"rebind": {"", shapeFleeting, nil}, // whoever restores proposes it again

	"seen":      {"", shapeFleeting, nil},
	"fp":        {"", shapeFleeting, nil},
	"once":      {"", shapeFleeting, nil},
	"fired":     {"", shapeFleeting, nil},
	"restoring": {"", shapeFleeting, nil},

	"login":       {"", shapeFleeting, nil},
	"logincode":   {"", shapeFleeting, nil},
	"logincodeof": {"", shapeFleeting, nil},
	"logincount":  {"", shapeFleeting, nil},
	"session":     {"", shapeFleeting, nil},
	"sessions":    {"", shapeFleeting, nil},
	"pulse":       {"", shapeFleeting, nil},
	"upload":      {"", shapeFleeting, nil},

	"directorylog": {"", shapeFleeting, nil}, // a process that knows nothing yet reads the whole roster

	"wechat": {"", shapeFleeting, nil}, // the platform client's token and ticket
}

// ExportKinds lists the kinds of line that Export can be asked for, in alphabetical order.
func ExportKinds() []string {
	var kinds []string
	for _, f := range families {
		if f.kind != "" && !slices.Contains(kinds, f.kind) {
			kinds = append(kinds, f.kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}

// familyOf finds the family that lines of a kind with a key go to. Single values share kinds: their key is
// the family.
func familyOf(kind, key string) (string, family, bool) {
	for name, f := range families {
		if f.kind == kind && f.shape != shapeRebuilt && (f.shape != shapeValue || name == key) {
			return name, f, true
		}
	}
	return "", family{}, false
}

// splitKey takes a key apart into family and id; the id is empty where a family is one key.
func (k keys) splitKey(key string) (family, id string) {
	family, id, _ = strings.Cut(strings.TrimPrefix(key, k.prefix), ":")
	return family, id
}

// familyKey puts a key together again.
func (k keys) familyKey(family, id string) string {
	if id == "" {
		return k.join(family)
	}
	return k.join(family, id)
}
