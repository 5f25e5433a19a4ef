package echowall

import (
	"context"
	"time"
)

// Media is one stored photo or voice. Photos are decoded, cleaned of metadata and resized before they are
// stored; voices are kept as the platform gave them.
type Media struct {
	ID          string    `json:"id"`
	ContentType string    `json:"content_type"`
	Size        int       `json:"size"`
	Created     time.Time `json:"created"`
}

// MediaStore keeps photos and voices.
type MediaStore interface {
	// PutMedia stores data under a new random id, with the surrounding change if there is one. Unless a wish
	// or a lesson comes to hold it, it is forgotten a day after the draft that does.
	PutMedia(ctx context.Context, contentType string, data []byte) (Media, error)
	Media(ctx context.Context, id string) (Media, []byte, error)
}
