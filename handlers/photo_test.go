package handlers

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"testing"

	"echowall"
)

// quarters is a picture whose four quarters are red, green, blue and white, clockwise from the top left.
func quarters(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, quarterColours[quarterOf(x, y, w, h)])
		}
	}
	return img
}

var quarterColours = []color.RGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 255, 255}}

func quarterOf(x, y, w, h int) int {
	switch right, low := 2*x >= w, 2*y >= h; {
	case !right && !low:
		return 0
	case right && !low:
		return 1
	case right:
		return 2
	}
	return 3
}

func encodeJPEG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withExif puts an EXIF block with an orientation and a GPS position behind the beginning of a JPEG.
func withExif(data []byte, orientation uint16, order binary.ByteOrder) []byte {
	tiff := new(bytes.Buffer)
	write := func(values ...any) {
		for _, v := range values {
			_ = binary.Write(tiff, order, v)
		}
	}
	if order == binary.ByteOrder(binary.LittleEndian) {
		tiff.WriteString("II")
	} else {
		tiff.WriteString("MM")
	}
	write(uint16(42), uint32(8), uint16(3))
	write(uint16(0x010F), uint16(2), uint32(4), []byte("Cam\x00"))
	write(uint16(0x0112), uint16(3), uint32(1), orientation, uint16(0))
	write(uint16(0x8825), uint16(4), uint32(1), uint32(100)) // GPS
	write(uint32(0))
	tiff.WriteString("GPSLatitude30.1000GPSLongitude120.2000")
	body := append([]byte("Exif\x00\x00"), tiff.Bytes()...)
	out := append([]byte{0xFF, 0xD8, 0xFF, 0xE1}, byte((len(body)+2)>>8), byte(len(body)+2))
	return append(append(out, body...), data[2:]...)
}

// A cleaned photo is upright whatever the camera said, and holds nothing of what the camera knew.
func TestCleanPhotoTurnsAndForgets(t *testing.T) {
	// For each orientation: where the quarters of the stored picture end up when shown, clockwise from the
	// top left (EXIF 2.3, tag 0x0112).
	want := map[uint16][4]int{
		1: {0, 1, 2, 3}, 2: {1, 0, 3, 2}, 3: {2, 3, 0, 1}, 4: {3, 2, 1, 0},
		5: {0, 3, 2, 1}, 6: {3, 0, 1, 2}, 7: {2, 1, 0, 3}, 8: {1, 2, 3, 0},
	}
	plain := encodeJPEG(t, quarters(160, 80))
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		for o, places := range want {
			photo := withExif(plain, o, order)
			out, err := cleanPhoto(photo)
			if err != nil {
				t.Fatalf("orientation %d: %v", o, err)
			}
			for _, secret := range []string{"Exif", "GPS", "Cam", "120.2"} {
				if !bytes.Contains(photo, []byte(secret)) {
					t.Fatalf("the test picture has no %s", secret)
				}
				if bytes.Contains(out, []byte(secret)) {
					t.Errorf("orientation %d: %s is still there", o, secret)
				}
			}
			img, err := jpeg.Decode(bytes.NewReader(out))
			if err != nil {
				t.Fatal(err)
			}
			w, h := img.Bounds().Dx(), img.Bounds().Dy()
			if turned := o >= 5; (w == 80 && h == 160) != turned {
				t.Errorf("orientation %d: %d×%d", o, w, h)
			}
			for i, p := range []image.Point{{w / 4, h / 4}, {3 * w / 4, h / 4}, {3 * w / 4, 3 * h / 4}, {w / 4, 3 * h / 4}} {
				if got := img.At(p.X, p.Y); !near(got, quarterColours[places[i]]) {
					t.Errorf("orientation %d: quarter %d is %v, want %v", o, i, got, quarterColours[places[i]])
				}
			}
		}
	}
}

func near(a, b color.Color) bool {
	r, g, bl, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	return math.Abs(float64(r)-float64(r2))+math.Abs(float64(g)-float64(g2))+math.Abs(float64(bl)-float64(b2)) < 40*257
}

func TestCleanPhotoShrinks(t *testing.T) {
	for _, size := range []image.Point{{3000, 1500}, {1500, 3000}, {5000, 3}, {1281, 1281}, {1, 1}} {
		out, err := cleanPhoto(encodeJPEG(t, quarters(size.X, size.Y)))
		if err != nil {
			t.Fatalf("%v: %v", size, err)
		}
		img, err := jpeg.Decode(bytes.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		w, h := img.Bounds().Dx(), img.Bounds().Dy()
		if long := max(w, h); long != min(photoLongSide, max(size.X, size.Y)) || min(w, h) < 1 {
			t.Errorf("%v became %d×%d", size, w, h)
		}
		if min(w, h) > 50 && !near(img.At(w/4, h/4), quarterColours[0]) {
			t.Errorf("%v: colours changed: %v", size, img.At(w/4, h/4))
		}
	}
}

func TestCleanPhotoOtherFormats(t *testing.T) {
	var p, g bytes.Buffer
	clear := image.NewRGBA(image.Rect(0, 0, 40, 40)) // see-through
	if err := png.Encode(&p, clear); err != nil {
		t.Fatal(err)
	}
	if err := gif.Encode(&g, quarters(40, 40), nil); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"png": p.Bytes(), "gif": g.Bytes()} {
		out, err := cleanPhoto(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		img, err := jpeg.Decode(bytes.NewReader(out))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if name == "png" && !near(img.At(20, 20), color.White) {
			t.Errorf("what is see-through became %v", img.At(20, 20))
		}
	}
}

// pngHeader claims to be a picture of that size; the pixels are missing.
func pngHeader(w, h uint32) []byte {
	chunk := append([]byte("IHDR"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)...)
	chunk = append(chunk, 8, 2, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	out = append(out, chunk...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
}

func TestCleanPhotoRefuses(t *testing.T) {
	photo := encodeJPEG(t, quarters(64, 64))
	for name, tc := range map[string]struct {
		data []byte
		key  string
	}{
		"empty":     {nil, "wish.photo_unreadable"},
		"page":      {[]byte("<html><script>alert(1)</script></html>"), "wish.photo_unreadable"},
		"svg":       {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "wish.photo_unreadable"},
		"cut off":   {photo[:200], "wish.photo_unreadable"},
		"bomb":      {pngHeader(100_000, 100_000), "wish.photo_large"},
		"too large": {make([]byte, photoBytes+1), "wish.photo_large"},
	} {
		out, err := cleanPhoto(tc.data)
		var e *echowall.Error
		if !errors.As(err, &e) || e.Key != tc.key || out != nil {
			t.Errorf("%s: %v; want %s", name, err, tc.key)
		}
	}
}

func FuzzCleanPhoto(f *testing.F) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, quarters(16, 8), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(withExif(b.Bytes(), 6, binary.LittleEndian))
	f.Add(pngHeader(3, 3))
	f.Add([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, 14, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0xFF, 0xFF, 0xFF, 0xFF})
	f.Fuzz(func(t *testing.T, data []byte) {
		orientation(data)
		if c, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil && c.Width*c.Height > 1<<20 {
			return // slow, and no different
		}
		out, err := cleanPhoto(data)
		if err == nil {
			if _, err := jpeg.DecodeConfig(bytes.NewReader(out)); err != nil {
				t.Fatal(err)
			}
		} else if echowall.KindOf(err) != echowall.KindInvalid {
			t.Fatal(err)
		}
	})
}

func TestVoiceType(t *testing.T) {
	for data, want := range map[string]string{
		"#!AMR\nxx": "audio/amr", "ID3xx": "audio/mpeg", "\xff\xfbxx": "audio/mpeg", "\x02#!SILK_V3": "audio/silk",
		"": "", "<html>": "", "\xff": "",
	} {
		if got, ok := voiceType([]byte(data)); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v; want %q", data, got, ok, want)
		}
	}
	if _, ok := voiceType(append([]byte("#!AMR\n"), make([]byte, voiceBytes)...)); ok {
		t.Error("a voice over the limit was taken")
	}
}
