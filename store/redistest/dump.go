package redistest

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// Dump reads every key that starts with prefix: name → everything in it, fields and members and scores included.
func Dump(tb testing.TB, rdb redis.UniversalClient, prefix string) map[string]string {
	tb.Helper()
	out := make(map[string]string)
	ctx := tb.Context()
	must := func(err error) {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
	}
	var cursor uint64
	for {
		keys, next, err := rdb.Scan(ctx, cursor, prefix+"*", 500).Result()
		must(err)
		for _, key := range keys {
			kind, err := rdb.Type(ctx, key).Result()
			must(err)
			var all any
			switch kind {
			case "string":
				all, err = rdb.Get(ctx, key).Result()
			case "hash":
				all, err = rdb.HGetAll(ctx, key).Result()
			case "list":
				all, err = rdb.LRange(ctx, key, 0, -1).Result()
			case "set":
				var members []string
				members, err = rdb.SMembers(ctx, key).Result()
				slices.Sort(members)
				all = members
			case "zset":
				all, err = rdb.ZRangeWithScores(ctx, key, 0, -1).Result()
			case "stream":
				all, err = rdb.XRange(ctx, key, "-", "+").Result()
			case "none": // expired since it was listed
				continue
			default:
				tb.Fatalf("key %q is a %s, which nobody reads", key, kind)
			}
			if err == redis.Nil {
				continue
			}
			must(err)
			out[key] = fmt.Sprint(all)
		}
		if cursor = next; cursor == 0 {
			return out
		}
	}
}

// Holding lists the keys whose name or content holds secret, in whatever way it may have been written: as it is,
// escaped as JSON does, in hexadecimal, or in either base64 at any offset. What is encrypted or packed is not seen
// through; add the store's export to the dump for what is packed.
func Holding(dump map[string]string, secret string) []string {
	forms := []string{secret, hex.EncodeToString([]byte(secret)), strings.Trim(strconv.QuoteToASCII(secret), `"`)}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for offset := range 3 {
			// The characters at either end depend on the neighbours; those between do not.
			text := encoding.EncodeToString(append(make([]byte, offset), secret...))
			forms = append(forms, text[[]int{0, 2, 3}[offset]:len(text)-1])
		}
	}
	has := func(text string) bool {
		return slices.ContainsFunc(forms, func(form string) bool { return strings.Contains(text, form) })
	}
	var found []string
	for key, text := range dump {
		if has(key) || has(text) {
			found = append(found, key)
		}
	}
	slices.Sort(found)
	return found
}
