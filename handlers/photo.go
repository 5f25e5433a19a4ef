package handlers

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	_ "image/gif" // formats that phones send
	"image/jpeg"
	_ "image/png"

	"echowall"
)

// Limits of photos.
const (
	photoLongSide  = 1280       // pixels
	photoQuality   = 80         // JPEG
	photoPixels    = 40_000_000 // more is refused before decoding
	photoBytes     = 12 << 20
	voiceBytes     = 2 << 20
	photosAtOnce   = 2
	photoType      = "image/jpeg"
	orientationTag = 0x0112
)

// cleanPhoto decodes a photo, turns it upright, makes it at most photoLongSide wide or high, and writes it
// as a new JPEG: nothing of the old file but its pixels is left, so neither place nor device are known.
func cleanPhoto(data []byte) ([]byte, error) {
	if _, err := photoSize(data); err != nil {
		return nil, err
	}
	src, format, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, &echowall.Error{Kind: echowall.KindInvalid, Key: "wish.photo_unreadable", Err: err}
	}
	img := shrink(src, photoLongSide)
	if format == "jpeg" {
		img = upright(img, orientation(data))
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: photoQuality}); err != nil {
		return nil, echowall.Errorf(echowall.KindInternal, "handlers: encode a photo: %w", err)
	}
	return out.Bytes(), nil
}

// photoSize is how many pixels a photo claims to have, without decoding it. Too many are refused.
func photoSize(data []byte) (pixels int, err error) {
	if len(data) > photoBytes {
		return 0, echowall.Refusal(echowall.KindInvalid, "wish.photo_large")
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return 0, &echowall.Error{Kind: echowall.KindInvalid, Key: "wish.photo_unreadable", Err: err}
	}
	if c.Width <= 0 || c.Height <= 0 || c.Width > photoPixels/c.Height {
		return 0, echowall.Refusal(echowall.KindInvalid, "wish.photo_large")
	}
	return c.Width * c.Height, nil
}

// shrink averages blocks of pixels, on white, until neither side is longer than limit. It makes no copy of
// the whole picture.
func shrink(src image.Image, limit int) *image.RGBA {
	b := src.Bounds()
	w, h := b.Dx(), b.Dy()
	if long := max(w, h); long > limit {
		w, h = max(1, w*limit/long), max(1, h*limit/long)
	}
	pixel := pixelsOf(src)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		y0, y1 := b.Min.Y+y*b.Dy()/h, b.Min.Y+(y+1)*b.Dy()/h
		for x := range w {
			x0, x1 := b.Min.X+x*b.Dx()/w, b.Min.X+(x+1)*b.Dx()/w
			out.SetRGBA(x, y, average(pixel, x0, y0, x1, y1))
		}
	}
	return out
}

// pixelsOf reads single pixels of src, see-through ones on white, without allocating for each.
func pixelsOf(src image.Image) func(x, y int) (r, g, b uint32) {
	switch src := src.(type) {
	case *image.YCbCr: // nearly every photo
		return func(x, y int) (uint32, uint32, uint32) {
			c := src.YCbCrAt(x, y)
			r, g, b := color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
			return uint32(r), uint32(g), uint32(b)
		}
	case image.RGBA64Image:
		return func(x, y int) (uint32, uint32, uint32) {
			c := src.RGBA64At(x, y)
			white := uint32(0xFFFF - c.A)
			return (uint32(c.R) + white) >> 8, (uint32(c.G) + white) >> 8, (uint32(c.B) + white) >> 8
		}
	}
	return func(x, y int) (uint32, uint32, uint32) {
		r, g, b, a := src.At(x, y).RGBA()
		white := 0xFFFF - a
		return (r + white) >> 8, (g + white) >> 8, (b + white) >> 8
	}
}

func average(pixel func(x, y int) (r, g, b uint32), x0, y0, x1, y1 int) color.RGBA {
	var r, g, b, n uint32
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			pr, pg, pb := pixel(x, y)
			r, g, b, n = r+pr, g+pg, b+pb, n+1
		}
	}
	return color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 255}
}

// upright undoes what the EXIF orientation (1 to 8) says about how the camera was held.
func upright(img *image.RGBA, o int) *image.RGBA {
	if o < 2 || o > 8 {
		return img
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	ow, oh := w, h
	if o >= 5 {
		ow, oh = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, ow, oh))
	for y := range h {
		for x := range w {
			dx, dy := x, y
			switch o {
			case 2:
				dx = w - 1 - x
			case 3:
				dx, dy = w-1-x, h-1-y
			case 4:
				dy = h - 1 - y
			case 5:
				dx, dy = y, x
			case 6:
				dx, dy = h-1-y, x
			case 7:
				dx, dy = h-1-y, w-1-x
			case 8:
				dx, dy = y, w-1-x
			}
			out.SetRGBA(dx, dy, img.RGBAAt(x, y))
		}
	}
	return out
}

// orientation finds the EXIF orientation of a JPEG; 0 when it says nothing that can be read.
func orientation(data []byte) int {
	for p := 2; p+4 <= len(data) && data[p] == 0xFF; {
		kind, size := data[p+1], int(binary.BigEndian.Uint16(data[p+2:]))
		if kind == 0xDA || size < 2 || p+2+size > len(data) {
			return 0 // the picture itself begins, or the file is broken
		}
		body := data[p+4 : p+2+size]
		if kind == 0xE1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return tiffOrientation(body[6:])
		}
		p += 2 + size
	}
	return 0
}

func tiffOrientation(t []byte) int {
	if len(t) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if t[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(t[4:]))
	if at+2 > int64(len(t)) {
		return 0
	}
	n := int64(order.Uint16(t[at:]))
	for e := at + 2; n > 0 && e+12 <= int64(len(t)); e, n = e+12, n-1 {
		if order.Uint16(t[e:]) == orientationTag {
			return int(order.Uint16(t[e+8:]))
		}
	}
	return 0
}

// voiceType says as what a voice is kept: by what the file begins with, never by what somebody claims.
// ok is false for a file that is no voice.
func voiceType(data []byte) (contentType string, ok bool) {
	switch {
	case len(data) == 0 || len(data) > voiceBytes:
		return "", false
	case bytes.HasPrefix(data, []byte("#!AMR")):
		return "audio/amr", true
	case bytes.HasPrefix(data, []byte("ID3")), len(data) > 1 && data[0] == 0xFF && data[1]&0xE0 == 0xE0:
		return "audio/mpeg", true
	case bytes.HasPrefix(data, []byte("#!SILK")), bytes.HasPrefix(data, []byte("\x02#!SILK")):
		return "audio/silk", true
	}
	return "", false
}
