package wechat

import (
	"fmt"
	"io"
	"net/http"
	"sync"

	"echowall"
)

// maxBody is the largest body that is read, in bytes. The longest real push (a compat-mode text of some
// 600 characters) stays below 10 KiB.
const maxBody = 256 << 10

var errBodyTooLarge = echowall.Errorf(echowall.KindInvalid, "body over %d bytes", maxBody)

// scratch is the memory one request works in. Nothing that outlives the request may point into it.
type scratch struct {
	body []byte // the request as it came
	work []byte // ciphertext being opened
}

var scratches = sync.Pool{New: func() any { return &scratch{body: make([]byte, 0, 4096), work: make([]byte, 0, 4096)} }}

func takeScratch() *scratch { return scratches.Get().(*scratch) }

// release gives the memory back, except after a huge request: one of them must not stay for ever.
func (s *scratch) release() {
	const keep = 32 << 10
	if cap(s.body) > keep || cap(s.work) > keep {
		return
	}
	s.body, s.work = s.body[:0], s.work[:0]
	scratches.Put(s)
}

func (s *scratch) readBody(r *http.Request) error {
	if r.ContentLength > maxBody {
		return errBodyTooLarge
	}
	for {
		if len(s.body) == cap(s.body) {
			s.body = append(s.body, 0)[:len(s.body)]
		}
		n, err := r.Body.Read(s.body[len(s.body):cap(s.body)])
		s.body = s.body[:len(s.body)+n]
		switch {
		case len(s.body) > maxBody:
			return errBodyTooLarge
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("read body: %w", err)
		}
	}
}
