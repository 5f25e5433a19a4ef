package web

// segment is one part of a bar in user units of its drawing. Class is a fill of base.css; an empty one is
// hatched by the view.
type segment struct {
	X, Width int
	Class    string
}

// Units of a bar of parts.
const (
	barWidth = 640
	barGap   = 3
	barLeast = 6 // a part of one in a thousand is still seen
)

// part is one count of a whole.
type part struct {
	count int
	class string
}

// barOf lays out the parts that are not zero side by side, in proportion, together exactly barWidth.
func barOf(parts ...part) []segment {
	total, shown := 0, 0
	for _, p := range parts {
		if p.count > 0 {
			total += p.count
			shown++
		}
	}
	if total == 0 {
		return nil
	}
	// Every part gets the least width; what remains is shared by count.
	room := barWidth - barGap*(shown-1) - barLeast*shown
	var bar []segment
	x, seen, used := 0, 0, 0
	for _, p := range parts {
		if p.count <= 0 {
			continue
		}
		seen += p.count
		share := room*seen/total - used
		used += share
		bar = append(bar, segment{X: x, Width: barLeast + share, Class: p.class})
		x += barLeast + share + barGap
	}
	return bar
}
