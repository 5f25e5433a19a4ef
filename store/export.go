package store

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"hash/maphash"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
)

const (
	scanCount   = 500 // keys looked at in one step
	exportBatch = 100 // documents read in one round trip
	streamBatch = 1000
)

// ExportOptions says what goes into an export.
type ExportOptions struct {
	// Kinds limits the export to lines of these kinds (see ExportKinds). Nil is everything, with a first and
	// a last line that Restore needs.
	Kinds []string
	// WithIdentity is a passphrase of PassphraseLength bytes or more under which identities go along, sealed:
	// the openids of the vault, messages that were acknowledged before they were done, and the documents of
	// privateFields. Nil leaves them, and those fields, out.
	WithIdentity []byte
}

// Export writes everything stored under the account as JSON Lines, one object a line with its kind, in no
// particular order. Left out are marks, claims and caches that expire within the hour (handled messages,
// used signatures, claims of the clock, tokens of the platform), the queue's own keys (the ledger is the
// truth), indexes that Restore makes again, and identities unless asked for.
//
// A service may run meanwhile. What changes during the export is in it either as it was before or after, so
// two things that changed together may be of different age; for an exact copy stop the service.
//
// Memory stays small: 8 bytes or so a key, one batch of documents, and the roster. When the database holds keys of an
// unknown kind, Export writes all others and then fails.
func (s *Store) Export(ctx context.Context, w io.Writer, o ExportOptions) error {
	x := &exporter{s: s, kinds: o.Kinds, sum: s.ids.Seal(), seed: maphash.MakeSeed(), done: make(map[uint64]struct{})}
	x.buf = bufio.NewWriterSize(w, 64<<10)
	x.out = io.MultiWriter(x.buf, x.sum)
	for _, kind := range o.Kinds {
		if !slices.Contains(ExportKinds(), kind) {
			return echowall.Errorf(echowall.KindInvalid, "store: there is no kind %q; the kinds are %s", kind, strings.Join(ExportKinds(), ", "))
		}
	}
	if slices.Contains(o.Kinds, kindIdentity) && o.WithIdentity == nil {
		return echowall.Errorf(echowall.KindInvalid, "store: identities are exported with a passphrase only")
	}
	meta := metaLine{Kind: kindMeta, Format: exportFormat, Account: s.account(), Created: s.now().UTC().Truncate(time.Second), KeyCheck: s.keyCheck()}
	if o.WithIdentity != nil {
		var err error
		if x.lock, meta.Identity, err = newPassphrase(o.WithIdentity); err != nil {
			return err
		}
	}
	full := o.Kinds == nil
	if full || slices.Contains(o.Kinds, kindIdentity) { // identities cannot be opened without the salt
		if err := x.write(meta); err != nil {
			return err
		}
	}
	if err := x.all(ctx); err != nil {
		return err
	}
	if err := x.roster(ctx); err != nil {
		return err
	}
	if full {
		end := endLine{Kind: kindEnd, Lines: x.lines, Seal: hex.EncodeToString(x.sum.Sum(nil))}
		if err := x.write(end); err != nil {
			return err
		}
	}
	if err := x.buf.Flush(); err != nil {
		return err
	}
	if len(x.unknown) > 0 {
		return echowall.Errorf(echowall.KindInternal, "store: the export is not complete, keys of these families are not in it: %s", strings.Join(x.unknown, ", "))
	}
	return nil
}

func (s *Store) account() string {
	return strings.TrimSuffix(strings.TrimPrefix(s.keys.prefix, "ew:{"), "}:")
}

// keyCheck is the id of somebody who cannot exist.
func (s *Store) keyCheck() string { return string(s.ids.Person("\x00export key check")) }

// scan calls f with all keys under the account's prefix, a few hundred at a time. A key may come twice.
func (s *Store) scan(ctx context.Context, f func([]string) error) error {
	// All keys of the account are on one server of a cluster, and SCAN goes to one server.
	var node redis.Cmdable = s.rdb
	if c, ok := s.rdb.(*redis.ClusterClient); ok {
		n, err := c.MasterForKey(ctx, s.keys.prefix)
		if err != nil {
			return wrap(err)
		}
		node = n
	}
	escaped := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`).Replace(s.keys.prefix)
	var cursor uint64
	for {
		keys, next, err := node.Scan(ctx, cursor, escaped+"*", scanCount).Result()
		if err != nil {
			return wrap(err)
		}
		if err := f(keys); err != nil {
			return err
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}

// exporter writes one export.
type exporter struct {
	s       *Store
	kinds   []string
	lock    *passphrase // nil without identities
	buf     *bufio.Writer
	out     io.Writer // buf and sum
	sum     hash.Hash
	lines   int
	seed    maphash.Seed
	done    map[uint64]struct{} // keys written, because SCAN may name one twice
	unknown []string
}

func (x *exporter) all(ctx context.Context) error {
	return x.s.scan(ctx, func(keys []string) error {
		ids := make(map[string][]string)
		for _, key := range keys {
			h := maphash.String(x.seed, key)
			if _, twice := x.done[h]; twice {
				continue
			}
			x.done[h] = struct{}{}
			name, id := x.s.keys.splitKey(key)
			ids[name] = append(ids[name], id)
		}
		for name, some := range ids {
			f, known := families[name]
			switch {
			case !known && !slices.Contains(x.unknown, name):
				x.unknown = append(x.unknown, name)
			case known && (x.kinds == nil || slices.Contains(x.kinds, f.kind)):
				if err := x.family(ctx, name, f, some); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// family writes the lines of some keys of one family.
func (x *exporter) family(ctx context.Context, name string, f family, ids []string) error {
	switch f.shape {
	case shapeDocument, shapeMedia, shapeDebt:
		for some := range slices.Chunk(ids, exportBatch) {
			if err := x.documents(ctx, name, f, some); err != nil {
				return err
			}
		}
		return nil
	case shapeRoster, shapeRebuilt, shapeFleeting:
		return nil
	case shapeValue, shapeHash, shapeFields, shapeStream, shapeSet, shapeSealed, shapeSealedFields:
	}
	for _, id := range ids {
		// What is gone since it was listed is left out.
		if err := x.one(ctx, name, f, id); err != nil && echowall.KindOf(err) != echowall.KindNotFound {
			return err
		}
	}
	return nil
}

// documents writes a batch of documents that were read in one round trip.
func (x *exporter) documents(ctx context.Context, name string, f family, ids []string) error {
	k := x.s.keys
	pipe := x.s.rdb.Pipeline()
	docs, ttls := make([]*redis.StringCmd, len(ids)), make([]*redis.DurationCmd, len(ids))
	for i, id := range ids {
		docs[i] = pipe.Get(ctx, k.familyKey(name, id))
		ttls[i] = pipe.PTTL(ctx, k.familyKey(name, id))
	}
	if err := flush(ctx, pipe); err != nil {
		return err
	}
	for i, id := range ids {
		text, err := docs[i].Result()
		if errors.Is(err, redis.Nil) {
			continue // expired since it was listed
		}
		if err != nil {
			return wrap(err)
		}
		l := line{Kind: f.kind, Key: id, Doc: json.RawMessage(text), Expires: expires(ttls[i].Val())}
		switch {
		case f.kind == kindWish:
			if text, err = plainText(text); err == nil {
				err = x.text(flatHead + strings.TrimPrefix(text, "{"))
			}
		case f.shape == shapeMedia:
			if l.Data, err = x.s.rdb.Get(ctx, k.media(id)).Bytes(); err == nil {
				err = x.write(l)
			}
		case f.shape == shapeDebt:
			if err = x.debt(ctx, &l); err == nil {
				err = x.private(name, l)
			}
		default:
			err = x.private(name, l)
		}
		if err != nil {
			return wrap(err)
		}
	}
	return nil
}

// roster writes the roster as it stands at one moment.
func (x *exporter) roster(ctx context.Context) error {
	d, err := x.s.Directory(ctx)
	if err != nil {
		return err
	}
	for _, p := range rosterParts {
		f := families[p.name]
		if x.kinds != nil && !slices.Contains(x.kinds, f.kind) {
			continue
		}
		err := p.eachText(d.Roster, func(id, text string) error {
			return x.private(p.name, line{Kind: f.kind, Key: id, Doc: json.RawMessage(text)})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// expires is the moment that lies ttl from now. Redis counts by the real clock, not by the store's.
func expires(ttl time.Duration) int64 {
	if ttl <= 0 {
		return 0
	}
	return time.Now().Add(ttl).Round(time.Second).Unix()
}

// debt reads a debt again together with its places, so that they agree.
func (x *exporter) debt(ctx context.Context, l *line) error {
	var d debtDoc
	if _, err := unmarshalDoc(string(l.Doc), &d); err != nil {
		return err
	}
	k := x.s.keys
	tx := x.s.rdb.TxPipeline()
	doc := tx.Get(ctx, k.debt(l.Key))
	places := map[string]*redis.FloatCmd{
		"due": tx.ZScore(ctx, k.due(), l.Key), "dead": tx.ZScore(ctx, k.dead(), l.Key), "unknown": tx.ZScore(ctx, k.unknown(), l.Key),
	}
	if d.To != "" {
		places["box"] = tx.ZScore(ctx, k.box(d.To), l.Key)
	}
	if err := flush(ctx, tx); err != nil {
		return err
	}
	if text, err := doc.Result(); err == nil { // else it ended and expired meanwhile; what was read first will do
		l.Doc = json.RawMessage(text)
	}
	for name, cmd := range places {
		if score, err := cmd.Result(); err == nil {
			if l.Places == nil {
				l.Places = make(map[string]int64)
			}
			l.Places[name] = int64(score)
		}
	}
	return nil
}

// one writes the lines of one key.
func (x *exporter) one(ctx context.Context, name string, f family, id string) error {
	rdb, key := x.s.rdb, x.s.keys.familyKey(name, id)
	switch f.shape {
	case shapeValue:
		value, err := rdb.Get(ctx, key).Result()
		if err != nil {
			return wrap(err)
		}
		return x.write(line{Kind: f.kind, Key: name, Value: value})
	case shapeHash:
		fields, err := rdb.HGetAll(ctx, key).Result()
		if err != nil || len(fields) == 0 {
			return wrap(err)
		}
		return x.write(line{Kind: f.kind, Key: id, Fields: fields})
	case shapeFields:
		return x.fields(ctx, key, func(field, value string) error {
			return x.write(line{Kind: f.kind, Key: id, Field: field, Value: value})
		})
	case shapeStream:
		return x.stream(ctx, key, f)
	case shapeSet:
		members, err := rdb.SMembers(ctx, key).Result()
		for _, m := range members {
			if err := x.write(line{Kind: f.kind, Key: m}); err != nil {
				return err
			}
		}
		return wrap(err)
	case shapeSealed:
		sealed, err := rdb.Get(ctx, key).Result()
		if err != nil {
			return wrap(err)
		}
		return x.identity(name, id, sealed)
	case shapeSealedFields:
		return x.fields(ctx, key, func(field, value string) error { return x.identity(name, field, value) })
	case shapeDocument, shapeMedia, shapeDebt, shapeRoster, shapeRebuilt, shapeFleeting:
	}
	return echowall.Errorf(echowall.KindInternal, "store: family %s is not exported key by key", name)
}

// fields calls f for every field of a hash once.
func (x *exporter) fields(ctx context.Context, key string, f func(field, value string) error) error {
	done := make(map[string]bool)
	var cursor uint64
	for {
		list, next, err := x.s.rdb.HScan(ctx, key, cursor, "*", scanCount).Result()
		if err != nil {
			return wrap(err)
		}
		for i := 0; i+1 < len(list); i += 2 {
			if done[list[i]] {
				continue
			}
			done[list[i]] = true
			if err := f(list[i], list[i+1]); err != nil {
				return err
			}
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}

func (x *exporter) stream(ctx context.Context, key string, f family) error {
	from := "-"
	for {
		entries, err := x.s.rdb.XRangeN(ctx, key, from, "+", streamBatch).Result()
		if err != nil {
			return wrap(err)
		}
		for _, e := range entries {
			fields := make(map[string]string, len(e.Values))
			for name, value := range e.Values {
				fields[name], _ = value.(string) // a stream holds nothing else
			}
			if err := x.write(line{Kind: f.kind, Key: e.ID, Fields: fields}); err != nil {
				return err
			}
		}
		if len(entries) < streamBatch {
			return nil
		}
		from = "(" + entries[len(entries)-1].ID
	}
}

// identity writes what stands sealed under an id, locked with the operator's passphrase instead.
func (x *exporter) identity(name, id, sealed string) error {
	if x.lock == nil {
		return nil
	}
	plain, err := x.s.vault.open(sealedUnder(name, id), sealed)
	if err != nil {
		return err
	}
	l := line{Kind: kindIdentity}
	if l.Sealed, err = x.lock.sealIdentity(identity{name, id, []byte(plain)}); err != nil {
		return err
	}
	return x.write(l)
}

func (x *exporter) write(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return echowall.Errorf(echowall.KindInternal, "store: encode %T: %w", v, err)
	}
	return x.text(string(text))
}

func (x *exporter) text(line string) error {
	x.lines++
	_, err := io.WriteString(x.out, line+"\n")
	return err
}

// flush runs a pipeline; that something is missing is not an error here but of its command.
func flush(ctx context.Context, p redis.Pipeliner) error {
	cmds, _ := p.Exec(ctx) // its error is that of the first command that has one
	for _, c := range cmds {
		if err := c.Err(); err != nil && !errors.Is(err, redis.Nil) {
			return wrap(err)
		}
	}
	return nil
}
