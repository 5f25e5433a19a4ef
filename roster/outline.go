package roster

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"echowall"
)

// Limits of a file of outlines.
const (
	OutlineBytes    = 32 << 20
	OutlineFeatures = 20_000
	complaintsShown = 20
)

// Outline is the border of one grid as a file draws it: longitude, latitude pairs in GCJ-02.
type Outline struct {
	Grid  echowall.GridID
	Ring  [][2]float64
	Holes [][][2]float64
}

// ReadOutlines reads the borders of grids from GeoJSON (RFC 7946): one Feature for each grid, a Polygon or a
// MultiPolygon of one part, whose property 编号 or else id is the grid's number. A grid in several pieces is
// refused, because a grid is one area. The error names every feature that is wrong, at most 20 of them.
//
// Coordinates must be GCJ-02, as the platform sends them and as the maps used in China draw. RFC 7946 speaks of
// WGS 84; such a file would put every border some 300 to 600 metres away, and nothing in the file tells.
func ReadOutlines(r io.Reader) ([]Outline, error) {
	text, err := io.ReadAll(io.LimitReader(r, OutlineBytes+1))
	if err != nil {
		return nil, err
	}
	if len(text) > OutlineBytes {
		return nil, fmt.Errorf("the file is larger than %d MiB: simplify the borders", OutlineBytes>>20)
	}
	var file struct {
		Type     string    `json:"type"`
		Features []feature `json:"features"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("the file is no GeoJSON: %w", err)
	}
	switch {
	case file.Type != "FeatureCollection":
		return nil, fmt.Errorf("the file is a %q, want a FeatureCollection", file.Type)
	case len(file.Features) == 0:
		return nil, errors.New("the file has no features")
	case len(file.Features) > OutlineFeatures:
		return nil, fmt.Errorf("the file has %d features, at most %d are read", len(file.Features), OutlineFeatures)
	}
	var out []Outline
	var errs []error
	first := make(map[echowall.GridID]int)
	for i, f := range file.Features {
		o, err := f.outline()
		if err == nil {
			if before, twice := first[o.Grid]; twice {
				err = fmt.Errorf("grid %s was drawn in feature %d already", o.Grid, before)
			}
			first[o.Grid] = i + 1
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("feature %d: %w", i+1, err))
			continue
		}
		out = append(out, o)
	}
	if more := len(errs) - complaintsShown; more > 0 {
		errs = append(errs[:complaintsShown], fmt.Errorf("and %d more", more))
	}
	return out, errors.Join(errs...)
}

type feature struct {
	Type       string          `json:"type"`
	ID         json.RawMessage `json:"id"`
	Properties map[string]any  `json:"properties"`
	Geometry   *struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
}

func (f feature) outline() (Outline, error) {
	if f.Type != "Feature" {
		return Outline{}, fmt.Errorf("it is a %q, want a Feature", f.Type)
	}
	number, err := f.number()
	if err != nil {
		return Outline{}, err
	}
	o := Outline{Grid: echowall.GridID(number)}
	if o.Ring, o.Holes, err = f.rings(); err != nil {
		return Outline{}, fmt.Errorf("grid %s: %w", number, err)
	}
	if err := echowall.CheckOutline(o.Ring, o.Holes); err != nil {
		return Outline{}, fmt.Errorf("grid %s: %w", number, plain(err))
	}
	return o, nil
}

// number is the grid's. Numbers that look like one are read as they are written.
func (f feature) number() (string, error) {
	switch v := f.Properties["编号"].(type) {
	case string:
		if v = strings.TrimSpace(v); v != "" {
			return v, nil
		}
	case nil:
	default:
		return "", errors.New("the property 编号 is no text; put it in quotation marks, so that leading zeros stay")
	}
	var text string
	if err := json.Unmarshal(f.ID, &text); err == nil && strings.TrimSpace(text) != "" {
		return strings.TrimSpace(text), nil
	}
	var n json.Number
	if err := json.Unmarshal(f.ID, &n); err == nil && n != "" {
		return n.String(), nil
	}
	return "", errors.New("it has neither a property 编号 nor an id: which grid is it?")
}

func (f feature) rings() (ring [][2]float64, holes [][][2]float64, err error) {
	if f.Geometry == nil {
		return nil, nil, errors.New("it has no geometry")
	}
	var polygon [][][]float64
	switch f.Geometry.Type {
	case "Polygon":
		err = json.Unmarshal(f.Geometry.Coordinates, &polygon)
	case "MultiPolygon":
		var parts [][][][]float64
		if err = json.Unmarshal(f.Geometry.Coordinates, &parts); err == nil && len(parts) != 1 {
			return nil, nil, fmt.Errorf("it has %d pieces; a grid is one area", len(parts))
		}
		if err == nil {
			polygon = parts[0]
		}
	default:
		return nil, nil, fmt.Errorf("it is a %q, want a Polygon", f.Geometry.Type)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("coordinates: %w", err)
	}
	if len(polygon) == 0 {
		return nil, nil, errors.New("it has no border")
	}
	rings := make([][][2]float64, len(polygon))
	for i, points := range polygon {
		for _, p := range points {
			if len(p) < 2 {
				return nil, nil, errors.New("a point has fewer than two coordinates")
			}
			rings[i] = append(rings[i], [2]float64{p[0], p[1]}) // a height, if there is one, is of no use
		}
	}
	if len(rings) == 1 {
		return rings[0], nil, nil
	}
	return rings[0], rings[1:], nil
}

// plain is an error of the rules without its kind, for whoever made the file.
func plain(err error) error {
	var e *echowall.Error
	if errors.As(err, &e) && e.Err != nil {
		return e.Err
	}
	return err
}
