package handlers

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"testing"
	"time"

	"golang.org/x/sync/semaphore"

	"echowall"
)

// Files that are small until they are decoded must not take the memory of all of them at once.
func TestLargePhotosWaitForEachOther(t *testing.T) {
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewPaletted(image.Rect(0, 0, 5000, 4500), color.Palette{color.White})); err != nil {
		t.Fatal(err)
	}
	a := &App{cleaning: semaphore.NewWeighted(photoPixels)}
	if err := a.cleaning.Acquire(t.Context(), photoPixels/2); err != nil { // a large photo is being decoded
		t.Fatal(err)
	}
	hurry, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := a.clean(hurry, file.Bytes()); echowall.KindOf(err) != echowall.KindUnavailable {
		t.Errorf("a second large photo was decoded beside the first: %v", err)
	}
	a.cleaning.Release(photoPixels / 2)
	if _, err := a.clean(t.Context(), file.Bytes()); err != nil {
		t.Errorf("alone: %v", err)
	}
}
