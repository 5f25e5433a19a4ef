package emulator

import (
	"cmp"
	"slices"
)

// pageOf cuts one page; a count outside 1..20 is refused.
func pageOf[T any](all []T, offset, count int) ([]T, error) {
	if offset < 0 || count < 1 || count > 20 {
		return nil, failf(40035, "offset or count")
	}
	offset = min(offset, len(all))
	return all[offset:min(len(all), offset+count)], nil
}

// byAge sorts newest first.
func byAge(files []*file) {
	slices.SortFunc(files, func(a, b *file) int {
		return cmp.Or(b.created.Compare(a.created), cmp.Compare(a.id, b.id))
	})
}
