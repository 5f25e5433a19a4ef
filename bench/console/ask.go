package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// result is how long the answers took, from writing the request to having read the page.
type result struct {
	took  []time.Duration // sorted
	bytes int64           // of one page, packed
}

func (r *result) at(share float64) time.Duration { return r.took[int(share*float64(len(r.took)-1))] }

// ask asks for a page n times over some connections that never pause, after some requests that do not count.
func (s *site) ask(ctx context.Context, v *visitor, path string, connections, n int) (*result, error) {
	if err := s.login(ctx, v); err != nil {
		return nil, err
	}
	for range 20 {
		if _, _, err := s.once(ctx, v, path); err != nil {
			return nil, err
		}
	}
	var mu sync.Mutex
	r := new(result)
	g, ctx := errgroup.WithContext(ctx)
	for range connections {
		g.Go(func() error {
			for range n / connections {
				took, size, err := s.once(ctx, v, path)
				if err != nil {
					return err
				}
				mu.Lock()
				r.took, r.bytes = append(r.took, took), size
				mu.Unlock()
			}
			return nil
		})
	}
	err := g.Wait()
	slices.Sort(r.took)
	return r, err
}

func (s *site) once(ctx context.Context, v *visitor, path string) (time.Duration, int64, error) {
	begun := time.Now()
	res, err := s.get(ctx, path, v.cookie)
	if err != nil {
		return 0, 0, err
	}
	defer res.Body.Close()
	size, err := io.Copy(io.Discard, res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s", res.Status)
	}
	return time.Since(begun), size, err
}
