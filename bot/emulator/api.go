package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// bodyLimit is above the largest upload the platform accepts.
const bodyLimit = 12 << 20

// endpoint is one row of the route table.
type endpoint struct {
	method  string // GET, POST, or "" for both
	ability Ability
	day     int // calls a day; 0 means no limit
	testDay int // the same for test accounts; 0 means day
	minute  int // calls a minute; 0 means no limit
	handle  func(*apiRequest) (any, error)

	open   bool // needs no access_token
	strict bool // \u escapes are refused outright
}

// apiRequest is one API call under way.
type apiRequest struct {
	*http.Request
	p     *Platform
	ep    endpoint
	query url.Values
	body  []byte
}

// download is an answer that is not JSON.
type download struct {
	mime, name string
	data       []byte
}

// plainJSON is JSON sent as text/plain, as draft/get does.
type plainJSON struct{ value any }

// serveAPI answers one API call.
func (p *Platform) serveAPI(w http.ResponseWriter, r *http.Request) {
	p.init()
	query := r.URL.Query()
	body, bodyErr := readBody(w, r)
	ep, known := p.routes[r.URL.Path]
	call := Call{Method: r.Method, Path: r.URL.Path, Query: query, Body: body, Status: http.StatusOK, Answered: true}

	p.mu.Lock()
	call.At = p.now()
	fault, delay := p.faultFor(call), p.Delay
	p.mu.Unlock()
	if p.sleep(r.Context(), delay+fault.Delay) != nil && delay+fault.Delay > 0 {
		fault.Refuse = true
	}

	var answer any
	var err error
	switch {
	case fault.Refuse:
		call.Answered = false
	case fault.Status != 0:
		call.Status = fault.Status
	case fault.ErrCode != 0:
		err = &apiError{code: fault.ErrCode, detail: fault.ErrMsg}
	case !known:
		p.violation("unknown API path %s %s", r.Method, r.URL.Path)
		call.Status, err = http.StatusNotFound, fail(40066)
	case bodyErr != nil:
		err = fail(40006)
	default:
		request := &apiRequest{Request: r, p: p, ep: ep, query: query, body: body}
		if err = request.admit(); err == nil {
			answer, err = ep.handle(request)
		}
	}
	mime := p.encodeAnswer(&call, answer, err)
	call.Answered = call.Answered && !fault.Cut && !fault.Hang

	p.mu.Lock()
	p.record(call)
	p.mu.Unlock()
	switch {
	case fault.Hang:
		select {
		case <-r.Context().Done():
		case <-p.base.Done():
		}
		panic(http.ErrAbortHandler)
	case !call.Answered:
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", mime)
	if b, ok := answer.(download); ok && err == nil {
		w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", b.name))
		_, _ = w.Write(b.data) // the client may be gone
		return
	}
	if fault.Status != 0 {
		http.Error(w, http.StatusText(fault.Status), fault.Status) // a gateway's page, no JSON
		return
	}
	w.WriteHeader(call.Status)
	_, _ = w.Write(call.Answer) // the client may be gone
}

// readBody reads the whole body, in one allocation where its length is known.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	reader := http.MaxBytesReader(w, r.Body, bodyLimit)
	if r.ContentLength <= 0 || r.ContentLength > bodyLimit {
		return io.ReadAll(reader)
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(reader, body)
	return body, err
}

// encodeAnswer fills in what the call records and returns the content type.
func (p *Platform) encodeAnswer(call *Call, answer any, err error) string {
	mime := "application/json; encoding=utf-8"
	if err != nil {
		var e *apiError
		if !errors.As(err, &e) {
			e = &apiError{code: -1, detail: err.Error()}
		}
		call.ErrCode = e.code
		call.RID = p.rid(call.At)
		fields := map[string]any{"errcode": e.code, "errmsg": e.text() + " rid: " + call.RID}
		for name, value := range e.extra {
			fields[name] = value
		}
		answer = fields
	}
	switch a := answer.(type) {
	case download:
		return a.mime
	case plainJSON:
		mime, answer = "text/plain", a.value
	case nil:
		call.Answer = okAnswer
		return mime
	}
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(answer); err != nil {
		panic(err) // our own answer types always encode
	}
	call.Answer = bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))
	return mime
}

// okAnswer is success without data.
var okAnswer = []byte(`{"errcode":0,"errmsg":"ok"}`)

// ok is success with data.
func ok(fields map[string]any) map[string]any {
	fields["errcode"], fields["errmsg"] = 0, "ok"
	return fields
}

// rid makes a request id in the platform's form.
func (p *Platform) rid(at time.Time) string {
	p.mu.Lock()
	n := p.nextID()
	p.mu.Unlock()
	return fmt.Sprintf("%08x-%08x-%08x", uint32(at.Unix()), uint32(n>>8), uint32(n)*2654435761)
}

// admit checks method, token, permission and quota, in this order.
func (r *apiRequest) admit() error {
	if r.ep.method != "" && r.Method != r.ep.method {
		r.p.violation("%s %s: needs %s", r.Method, r.URL.Path, r.ep.method)
		if r.ep.method == http.MethodGet {
			return fail(43001)
		}
		return fail(43002)
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if !r.ep.open {
		if err := p.tokens.check(r.query.Get("access_token"), p.now()); err != nil {
			return err
		}
	}
	if !p.Account.Can(r.ep.ability) {
		return fail(48001)
	}
	return p.spend(r.URL.Path, r.ep)
}

// can reports whether the account has the ability.
func (p *Platform) can(ability Ability) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.Account.Can(ability)
}

// decode reads the JSON body. Fields the API does not have and escaped Chinese
// are violations; the platform itself ignores the former.
func (r *apiRequest) decode(v any) error {
	if len(bytes.TrimSpace(r.body)) == 0 {
		r.p.violation("%s: empty body", r.URL.Path)
		return fail(44002)
	}
	if !utf8.Valid(r.body) {
		r.p.violation("%s: body is not UTF-8", r.URL.Path)
		return fail(47001)
	}
	if any, wide := escapes(r.body); r.ep.strict && any {
		r.p.violation("%s: body has \\u escapes", r.URL.Path)
		return fail(40033)
	} else if wide {
		r.p.violation("%s: body escapes characters beyond ASCII", r.URL.Path)
	}
	decoder := json.NewDecoder(bytes.NewReader(r.body))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(v)
	if err != nil && strings.Contains(err.Error(), "unknown field") {
		r.p.violation("%s: %v", r.URL.Path, err)
		err = json.Unmarshal(r.body, v)
	} else if err == nil && decoder.More() {
		err = errors.New("something follows the object")
	}
	if err != nil {
		r.p.violation("%s: broken JSON", r.URL.Path)
		return failf(47001, "%v", err)
	}
	return nil
}

// escapes finds \uXXXX sequences, and whether one stands for a character
// beyond ASCII.
func escapes(body []byte) (any, wide bool) {
	for i := 0; i+1 < len(body); i++ {
		if body[i] != '\\' {
			continue
		}
		if body[i+1] == 'u' && i+6 <= len(body) {
			any = true
			if string(body[i+2:i+4]) != "00" || body[i+4] > '7' {
				return true, true
			}
		}
		i++ // an escaped backslash begins no sequence
	}
	return any, false
}
