package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// checkEvery is how often a reply is decrypted and read.
const checkEvery = 64

// result is one round of one server.
type result struct {
	rate     float64 // replies a second
	p50, p99 time.Duration
	cost     time.Duration // processor time of the server a request
	sealed   int           // replies that were encrypted, that is, said something
	checked  int           // replies that were decrypted and found right
	steal    float64       // percent of the machine that the host took
	counts   bool          // not the warm-up, and the host left this round alone
}

// drive sends every request once over some keep-alive connections, one at a time on each. right looks at
// the clear text of every checkEvery-th reply.
func drive(ctx context.Context, addr string, requests [][]byte, connections int, right func(clear string) error) (result, error) {
	var next atomic.Int64
	var wg sync.WaitGroup
	took := make([][]time.Duration, connections)
	errs := make([]error, connections)
	var sealed, checked atomic.Int64
	conns := make([]net.Conn, connections)
	for i := range conns {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
		if err != nil {
			return result{}, err
		}
		defer c.Close()
		conns[i] = c
	}
	begun := time.Now()
	for i, c := range conns {
		took[i] = make([]time.Duration, 0, 2*len(requests)/connections)
		wg.Go(func() {
			p := peer{conn: c, in: bufio.NewReaderSize(c, 8<<10)}
			for n := int(next.Add(1)) - 1; n < len(requests) && ctx.Err() == nil; n = int(next.Add(1)) - 1 {
				sent := time.Now()
				body, err := p.ask(requests[n])
				if err != nil {
					errs[i] = fmt.Errorf("request %d: %w", n, err)
					return
				}
				took[i] = append(took[i], time.Since(sent))
				if bytes.Contains(body, []byte("<Encrypt>")) {
					sealed.Add(1)
				}
				if n%checkEvery == 0 {
					clear, err := openReply(string(body))
					if err == nil {
						err = right(clear)
					}
					if err != nil {
						errs[i] = fmt.Errorf("request %d: %w", n, err)
						return
					}
					checked.Add(1)
				}
			}
		})
	}
	wg.Wait()
	all := time.Since(begun)
	if err := errors.Join(append(errs, ctx.Err())...); err != nil {
		return result{}, err
	}
	times := slices.Concat(took...)
	slices.Sort(times)
	return result{
		rate: float64(len(times)) / all.Seconds(),
		p50:  times[len(times)/2], p99: times[len(times)*99/100],
		sealed: int(sealed.Load()), checked: int(checked.Load()),
	}, nil
}

// peer is one keep-alive connection. It is not net/http because that would cost the generator more than the
// server is measured with.
type peer struct {
	conn net.Conn
	in   *bufio.Reader
	body []byte
}

// ask sends one request and reads one reply, which must be a 200 with a length. The bytes are valid until
// the next call.
func (p *peer) ask(request []byte) ([]byte, error) {
	if _, err := p.conn.Write(request); err != nil {
		return nil, err
	}
	status, err := p.in.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(status, []byte("HTTP/1.1 200 ")) {
		return nil, fmt.Errorf("answered %q", bytes.TrimSpace(status))
	}
	length := -1
	for {
		line, err := p.in.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		if len(line) <= 2 {
			break
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return nil, err
			}
		}
	}
	if length < 0 {
		return nil, errors.New("answer without a length")
	}
	p.body = slices.Grow(p.body[:0], length)[:length]
	_, err = io.ReadFull(p.in, p.body)
	return p.body, err
}
