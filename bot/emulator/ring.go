package emulator

// ring keeps the last max values.
type ring[T any] struct {
	values []T
	head   int // oldest, once full
}

func (r *ring[T]) add(value T, limit int) {
	if limit <= 0 {
		return
	}
	if len(r.values) < limit {
		r.values = append(r.values, value)
		return
	}
	r.values[r.head] = value
	r.head = (r.head + 1) % len(r.values)
}

// all lists the values, oldest first.
func (r *ring[T]) all() []T {
	list := make([]T, 0, len(r.values))
	list = append(list, r.values[r.head:]...)
	return append(list, r.values[:r.head]...)
}
