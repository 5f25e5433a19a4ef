package web

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"

	"echowall"
)

//go:embed assets
var assetFiles embed.FS

// asset is one file under the address that names its content.
type asset struct {
	url, hash, contentType string
	data                   []byte
}

// assets by file name.
type assets map[string]asset

func readAssets(files fs.FS) (assets, error) {
	names, err := fs.Glob(files, "assets/*")
	if err != nil {
		return nil, err
	}
	out := make(assets, len(names))
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
		sum := sha256.Sum256(data)
		a := asset{hash: base64.RawURLEncoding.EncodeToString(sum[:9]), contentType: mime.TypeByExtension(path.Ext(name)), data: data}
		a.url = "/static/" + a.hash + "/" + path.Base(name)
		out[path.Base(name)] = a
	}
	return out, nil
}

// static serves a file under its hashed name, for a year: other content has another name.
func (s *Server) static(w http.ResponseWriter, r *http.Request) error {
	a, ok := s.assets[r.PathValue("name")]
	if !ok || a.hash != r.PathValue("hash") {
		return echowall.Refusal(echowall.KindNotFound, "web.no_page")
	}
	w.Header().Set("Content-Type", a.contentType)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	send(w, r, http.StatusOK, a.data)
	return nil
}
