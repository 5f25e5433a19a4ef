package web

import (
	"fmt"
	"strings"

	qrcode "github.com/skip2/go-qrcode"
)

// qrCode is a QR code as a drawing of squares one unit wide, with the quiet zone that scanners need.
type qrCode struct {
	Size int    // units of a side, quiet zone included
	Path string // of an SVG path
}

// drawQR draws what a code shall say, so that a quarter of it may be hidden or dirty.
func drawQR(says string) (qrCode, error) {
	q, err := qrcode.New(says, qrcode.High)
	if err != nil {
		return qrCode{}, fmt.Errorf("web: QR code: %w", err)
	}
	rows := q.Bitmap()
	var path strings.Builder
	for y, row := range rows {
		for x := 0; x < len(row); {
			if !row[x] {
				x++
				continue
			}
			from := x
			for x < len(row) && row[x] {
				x++
			}
			fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from, y, x-from, x-from)
		}
	}
	return qrCode{len(rows), path.String()}, nil
}
