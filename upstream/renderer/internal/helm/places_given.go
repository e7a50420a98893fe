package helm

import (
	"fmt"
	"strings"

	"helm.sh/helm/v4/pkg/strvals"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/provenance"
)

// given looks through the values of the request, the last first.
func (t *tracer) given(path []any, value any) *valuePlace {
	for index := len(t.request.Values) - 1; index >= 0; index-- {
		source := t.request.Values[index]
		var found *valuePlace
		switch {
		case source.As != "":
			found = t.inSet(source, path, value)
		case source.File != "":
			found = t.inDocuments(source.File, t.documents(source.File), path, value)
		default:
			found = t.inline(source, path, value)
		}
		if found != nil {
			return found
		}
	}
	return nil
}

// inline finds values that are written in another object, as a map or as a text.
func (t *tracer) inline(source Values, path []any, value any) *valuePlace {
	if !hasPath(source.Text, path, value) {
		return nil
	}
	if place, ok := source.Places[pointerTo(path)]; ok {
		return t.elsewhere(place, value)
	}
	place := source.Place
	place.How = provenance.Transformed
	content, ok := t.view.Content(place.File)
	if !ok {
		return placed(place)
	}
	text := provenance.NewText(string(content))
	if node := nodeAt(text.At(place.Line, place.Column, yaml.MappingNode), path); node != nil {
		if found := t.inNode(place.File, node, value); found != nil {
			return found
		}
	}
	if block := text.At(place.Line, place.Column, yaml.ScalarNode); block != nil && block.Style&yaml.LiteralStyle != 0 {
		if found := t.inBlock(place.File, block, path, value); found != nil {
			return found
		}
	}
	return placed(place)
}

// inBlock finds a value in YAML that is the text of a block, such as a ConfigMap's `values.yaml: |`.
func (t *tracer) inBlock(file string, block *yaml.Node, path []any, value any) *valuePlace {
	lines := strings.Split(block.Value, "\n")
	for _, document := range parseAll(block.Value) {
		node := nodeAt(document, path)
		if node == nil || !means(node, value) || node.Line > len(lines) {
			continue
		}
		line := block.Line + node.Line
		written, inner := t.lineIn(file, line), lines[node.Line-1]
		if !strings.HasSuffix(written, inner) {
			return nil
		}
		how := provenance.Exact
		if !holds(node, value) {
			how = provenance.Transformed
		}
		column := len(written) - len(inner) + provenance.UTF16Column(inner, node.Column)
		return &valuePlace{place: provenance.Place{File: file, Line: line, Column: column, How: how}, file: file}
	}
	return nil
}

// elsewhere is a value whose place is known, such as that of a patch: exact where it stands there as such.
func (t *tracer) elsewhere(place provenance.Place, value any) *valuePlace {
	content, _ := t.view.Content(place.File)
	node := provenance.NewText(string(content)).At(place.Line, place.Column, yaml.ScalarNode)
	if node != nil {
		if found := t.inNode(place.File, node, value); found != nil {
			return found
		}
	}
	place.How = provenance.Transformed
	return placed(place)
}

// pointerTo is the JSON pointer of a path.
func pointerTo(path []any) string {
	pointer := ""
	for _, step := range path {
		switch key := step.(type) {
		case string:
			pointer = provenance.Field(pointer, key)
		case int:
			pointer = provenance.Item(pointer, key)
		}
	}
	return pointer
}

func placed(place provenance.Place) *valuePlace {
	if place.File == "" || place.Line == 0 {
		return nil
	}
	return &valuePlace{place: place, file: place.File}
}

func hasPath(text string, path []any, value any) bool {
	for _, document := range parseAll(text) {
		if node := nodeAt(document, path); node != nil && means(node, value) {
			return true
		}
	}
	return false
}

// inSet finds a value that `--set` makes: the text at its place, where that is the value.
func (t *tracer) inSet(source Values, path []any, value any) *valuePlace {
	made := map[string]any{}
	switch source.As {
	case setTyped:
		_ = strvals.ParseInto(source.Set, made)
	case setString:
		_ = strvals.ParseIntoString(source.Set, made)
	case setLiteral:
		_ = strvals.ParseLiteralInto(source.Set, made)
	default:
		made, _ = source.set(t.view, made)
	}
	if set, ok := valueOf(made, path); !ok || fmt.Sprint(set) != fmt.Sprint(value) {
		return nil
	}
	place := source.Place
	place.How = provenance.Transformed
	content, ok := t.view.Content(place.File)
	if !ok {
		return placed(place)
	}
	text := provenance.NewText(string(content))
	node := nodeAt(text.At(place.Line, place.Column, yaml.MappingNode), []any{"value"})
	if node == nil {
		node = text.At(place.Line, place.Column, yaml.ScalarNode)
	}
	if node != nil && node.Value == fmt.Sprint(value) {
		if found := t.inNode(place.File, node, value); found != nil {
			return found
		}
	}
	return placed(place)
}

func valueOf(v any, path []any) (any, bool) {
	for _, step := range path {
		switch key := step.(type) {
		case string:
			child, ok := mapOf(v)[key]
			if !ok {
				return nil, false
			}
			v = child
		case int:
			list, _ := v.([]any)
			if key >= len(list) {
				return nil, false
			}
			v = list[key]
		}
	}
	return v, true
}
