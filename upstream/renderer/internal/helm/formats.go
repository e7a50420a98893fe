package helm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"

	"github.com/BurntSushi/toml"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/yaml"
	goyaml "sigs.k8s.io/yaml/goyaml.v3"

	"driftline/renderer/internal/provenance"
)

// formatFunctions are the engine's own functions, which it keeps to itself.
func formatFunctions() template.FuncMap {
	toml := func(v any) string {
		var text bytes.Buffer
		if err := toml.NewEncoder(&text).Encode(v); err != nil {
			return err.Error()
		}
		return text.String()
	}
	return template.FuncMap{
		"toToml": toml, "mustToToml": toml,
		"fromToml": func(text string) map[string]any {
			values := map[string]any{}
			if err := tomlInto(text, &values); err != nil {
				values["Error"] = err.Error()
			}
			return values
		},
	}
}

func tomlInto(text string, values *map[string]any) error { return toml.Unmarshal([]byte(text), values) }

func toYAML(v any) string {
	text, _ := yaml.Marshal(v)
	return strings.TrimSuffix(string(text), "\n")
}

func toYAMLPretty(v any) string {
	var text bytes.Buffer
	encoder := goyaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if encoder.Encode(v) != nil {
		return ""
	}
	return strings.TrimSuffix(text.String(), "\n")
}

func toJSON(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

func fromYAML(text string) any {
	values := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &values); err != nil {
		values["Error"] = err.Error()
	}
	return values
}

func fromYAMLArray(text string) any {
	values := []any{}
	if err := yaml.Unmarshal([]byte(text), &values); err != nil {
		return []any{err.Error()}
	}
	return values
}

func fromJSON(text string) any {
	values := map[string]any{}
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		values["Error"] = err.Error()
	}
	return values
}

func fromJSONArray(text string) any {
	values := []any{}
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		return []any{err.Error()}
	}
	return values
}

// formats are the functions that turn values into text and back, with the marks on each scalar.
func (l *ledger) formats() template.FuncMap {
	return template.FuncMap{
		"toYaml": l.printing(toYAML), "mustToYaml": l.printing(toYAML), "toYamlPretty": l.printing(toYAMLPretty),
		"toJson": l.printingJSON(toJSON), "mustToJson": l.printingJSON(toJSON),
		"fromYaml": l.reading(fromYAML), "fromYamlArray": l.reading(fromYAMLArray),
		"fromJson": l.reading(fromJSON), "fromJsonArray": l.reading(fromJSONArray),
	}
}

// insertion is a marked text in the place of a part of a text.
type insertion struct {
	start, end int
	text       string
}

// printing prints YAML; the scalars of it keep their marks.
func (l *ledger) printing(print func(any) string) func(any) string {
	return func(v any) string {
		clean, found := plain(v)
		text := print(clean)
		if !found {
			return text
		}
		read := provenance.NewText(text)
		if len(read.Documents) == 0 {
			return l.computed(l.sources(v, nil), text)
		}
		var insertions []insertion
		starts := lineStarts(text)
		eachScalar(read.Documents[0], v, func(node *kyaml.Node, scalar any) {
			start, end := spanOf(text, starts, node)
			if marked := l.inserted(scalar, text[start:end]); marked != "" {
				insertions = append(insertions, insertion{start, end, marked})
			}
		})
		return insertAll(text, insertions)
	}
}

// inserted is a printed scalar with its marks; empty where it has none.
func (l *ledger) inserted(scalar any, printed string) string {
	switch v := scalar.(type) {
	case carrier:
		if held, ok := v.held(); ok {
			return enclosed(held.origin, printed)
		}
	case string:
		if !hasMarks(v) {
			return ""
		}
		read := l.read(v)
		switch {
		case read.text == printed:
			return v
		case len(read.segments) > 0 && read.segments[0].frame == read.segments[len(read.segments)-1].frame:
			return enclosed(l.later(read.segments[0], 0), printed)
		}
		return l.computed(l.sources(v, nil), printed)
	}
	return ""
}

// eachScalar walks a YAML text's nodes along the value that was printed.
func eachScalar(node *kyaml.Node, v any, visit func(node *kyaml.Node, scalar any)) {
	if m := mapOf(v); m != nil && node.Kind == kyaml.MappingNode {
		for index := 0; index+1 < len(node.Content); index += 2 {
			eachScalar(node.Content[index+1], m[node.Content[index].Value], visit)
		}
		return
	}
	if list, ok := listOf(v); ok && node.Kind == kyaml.SequenceNode && len(list) == len(node.Content) {
		for index, item := range node.Content {
			eachScalar(item, list[index], visit)
		}
		return
	}
	if node.Kind == kyaml.ScalarNode {
		visit(node, v)
	}
}

func listOf(v any) ([]any, bool) {
	switch v := v.(type) {
	case []any:
		return v, true
	case []string:
		list := make([]any, len(v))
		for index, item := range v {
			list[index] = item
		}
		return list, true
	}
	return nil, false
}

func insertAll(text string, insertions []insertion) string {
	var out strings.Builder
	at := 0
	for _, in := range insertions {
		if in.start < at {
			continue
		}
		out.WriteString(text[at:in.start])
		out.WriteString(in.text)
		at = in.end
	}
	out.WriteString(text[at:])
	return out.String()
}

// printingJSON prints JSON; the scalars of it keep their marks.
func (l *ledger) printingJSON(print func(any) string) func(any) string {
	return func(v any) string {
		clean, found := plain(v)
		text := print(clean)
		if !found {
			return text
		}
		marked := strings.NewReplacer(`"`+string(bareMark), "", string(bareMark)+`"`, "").Replace(print(quoted(v)))
		if unmarked(marked) == text && balanced(marked) {
			return marked
		}
		return l.computed(l.sources(v, nil), text)
	}
}

// quoted is a value whose carriers are texts with quotes that are to be taken away.
func quoted(v any) any {
	switch v := v.(type) {
	case carrier:
		held, ok := v.held()
		if !ok {
			return nil
		}
		if text, ok := held.value.(string); ok {
			return enclosed(held.origin, text)
		}
		return string(bareMark) + enclosed(held.origin, toJSON(held.value)) + string(bareMark)
	case map[string]any:
		copied := make(map[string]any, len(v))
		for key, item := range v {
			copied[key] = quoted(item)
		}
		return copied
	case []any:
		copied := make([]any, len(v))
		for index, item := range v {
			copied[index] = quoted(item)
		}
		return copied
	}
	return v
}

// reading reads YAML or JSON; its scalars keep the marks of their text.
func (l *ledger) reading(read func(string) any) func(any) any {
	return func(v any) any {
		if c, ok := v.(carrier); ok {
			v = fmt.Sprint(bare(c))
		}
		text, _ := v.(string)
		marked := l.read(text)
		values := read(marked.text)
		if len(marked.segments) == 0 {
			return values
		}
		documents := provenance.NewText(marked.text).Documents
		if len(documents) == 0 {
			return values
		}
		starts := lineStarts(marked.text)
		return l.overlaid(documents[0], values, func(node *kyaml.Node, scalar any) any {
			start, end := spanOf(marked.text, starts, node)
			return l.readScalar(marked, start, end, scalar)
		})
	}
}

func (l *ledger) readScalar(marked markedText, start, end int, scalar any) any {
	segments := marked.within(start, end)
	if len(segments) == 0 {
		return scalar
	}
	first := segments[0]
	if text, ok := scalar.(string); ok && text != "" {
		if marked.text[start:end] == text {
			return l.slice(marked, start, end)
		}
		if len(segments) == 1 && l.origins[first.frame.origin].kind != written {
			return enclosed(l.later(first, max(start-first.start, 0)), text)
		}
		return l.computed(l.sources(l.slice(marked, start, end), nil), text)
	}
	if len(segments) == 1 && first.start <= start && first.end >= end && fmt.Sprint(scalar) == marked.text[start:end] {
		return carrying(l.later(first, start-first.start), scalar)
	}
	if from := l.sources(l.slice(marked, start, end), nil); len(from) > 0 {
		return carrying(l.number(origin{kind: computed, from: from}), scalar)
	}
	return scalar
}

// overlaid replaces the scalars of what was read from a text.
func (l *ledger) overlaid(node *kyaml.Node, v any, replace func(node *kyaml.Node, scalar any) any) any {
	if node.Kind == kyaml.AliasNode {
		node = node.Alias
	}
	switch v := v.(type) {
	case map[string]any:
		if node.Kind == kyaml.MappingNode {
			for index := 0; index+1 < len(node.Content); index += 2 {
				key := node.Content[index].Value
				if item, ok := v[key]; ok {
					v[key] = l.overlaid(node.Content[index+1], item, replace)
				}
			}
		}
	case []any:
		if node.Kind == kyaml.SequenceNode && len(node.Content) == len(v) {
			for index, item := range v {
				v[index] = l.overlaid(node.Content[index], item, replace)
			}
		}
	case nil:
	default:
		if node.Kind == kyaml.ScalarNode {
			return replace(node, v)
		}
	}
	return v
}
