package helm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/strvals"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/provenance"
)

// Values is a file of the repository, a text with the place it stands for, or one `--set`.
type Values struct {
	File string `json:"file"`
	Text string `json:"text"`
	// Set is what follows `--set` and its like on Helm's command line; As says which of them.
	Set string  `json:"set"`
	As  setKind `json:"as"`
	// Place is where the text, or what is set, stands in a file.
	Place provenance.Place `json:"place"`
	// Places are where values stand that are not written there, by JSON pointers.
	Places map[string]provenance.Place `json:"places"`
	// Optional values may name a file that is not there.
	Optional bool `json:"optional"`
}

type setKind string

const (
	setTyped   setKind = "set"
	setString  setKind = "string"
	setJSON    setKind = "json"
	setLiteral setKind = "literal"
	setFile    setKind = "file"
)

// merge is what Helm's values.Options.MergeValues does, in the order of the request.
func merge(view *files.View, sources []Values) (map[string]any, error) {
	merged := map[string]any{}
	for _, source := range sources {
		var err error
		if merged, err = source.into(view, merged); err != nil {
			return nil, err
		}
	}
	return merged, nil
}

func (v Values) into(view *files.View, merged map[string]any) (map[string]any, error) {
	if v.As != "" {
		return v.set(view, merged)
	}
	content := []byte(v.Text)
	if v.File != "" {
		if v.Optional && !view.Exists(view.Abs(v.File)) {
			return merged, nil
		}
		var err error
		if content, err = view.ReadFile(view.Abs(v.File)); err != nil {
			return nil, err
		}
	}
	values, err := loader.LoadValues(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("failed to parse %s: %w", v.File, err)
	}
	return loader.MergeMaps(merged, values), nil
}

func (v Values) set(view *files.View, merged map[string]any) (map[string]any, error) {
	var err error
	switch v.As {
	case setTyped:
		err = strvals.ParseInto(v.Set, merged)
	case setString:
		err = strvals.ParseIntoString(v.Set, merged)
	case setLiteral:
		err = strvals.ParseLiteralInto(v.Set, merged)
	case setFile:
		err = strvals.ParseIntoFile(v.Set, merged, func(name []rune) (any, error) {
			content, err := view.ReadFile(view.Abs(string(name)))
			return string(content), err
		})
	case setJSON:
		return v.setJSON(merged)
	default:
		return nil, fmt.Errorf("there is no way to set values that is called %q", v.As)
	}
	if err != nil {
		return nil, fmt.Errorf("failed parsing %s data: %w", v.flag(), err)
	}
	return merged, nil
}

// setJSON takes a whole object as well as one key.
func (v Values) setJSON(merged map[string]any) (map[string]any, error) {
	text := strings.TrimSpace(v.Set)
	if !strings.HasPrefix(text, "{") {
		if strvals.ParseJSON(v.Set, merged) != nil {
			return nil, fmt.Errorf("failed parsing --set-json data %s", v.Set)
		}
		return merged, nil
	}
	var values map[string]any
	if json.Unmarshal([]byte(text), &values) != nil {
		return nil, fmt.Errorf("failed parsing --set-json data JSON: %s", v.Set)
	}
	return loader.MergeMaps(merged, values), nil
}

func (v Values) flag() string {
	if v.As == setTyped {
		return "--set"
	}
	return "--set-" + string(v.As)
}
