package helm

import (
	"fmt"
	"slices"
	"strings"

	chart "helm.sh/helm/v4/pkg/chart/v2"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/objects"
	"driftline/renderer/internal/provenance"
)

// writtenValue is a value that the user wrote.
type writtenValue struct {
	path  []string
	place provenance.Place
}

// unused are the values of the request that no template reads: no expression of any template can reach them,
// and the release is the same when they are changed or taken away.
func (t *tracer) unused(prepared *preparedChart, outputs map[string]string, calls *calls) []objects.Unused {
	var trees []valuesTree
	for _, source := range t.request.Values {
		trees = append(trees, t.writtenIn(source)...)
	}
	if len(trees) == 0 {
		return nil
	}
	known := readsOf(t.chart, prepared.values["Values"])
	var found []writtenValue
	for _, tree := range trees {
		found = append(found, unreadBelow(known, tree.node, nil, tree)...)
	}
	found = slices.DeleteFunc(found, func(v writtenValue) bool { return t.named(v.path[0]) && len(v.path) == 1 })
	found = t.allProven(found, outputs, calls)
	all := make([]objects.Unused, len(found))
	for index, value := range found {
		all[index] = objects.Unused{
			Kind: "value", Name: strings.Join(value.path, "."),
			File: value.place.File, Line: value.place.Line, Column: value.place.Column,
		}
	}
	return all
}

// named tells whether a key is a subchart's, whose values are another chart's business, or Helm's own.
func (t *tracer) named(key string) bool {
	if key == "global" || key == "tags" {
		return true
	}
	return slices.ContainsFunc(t.chart.Metadata.Dependencies, func(d *chart.Dependency) bool { return d.Name == key })
}

// valuesTree is a map of values in a file.
type valuesTree struct {
	file string
	node *yaml.Node
	*tracer
}

func (t *tracer) writtenIn(source Values) []valuesTree {
	if source.As != "" {
		return nil
	}
	if source.File != "" {
		var trees []valuesTree
		for _, document := range t.documents(source.File) {
			trees = append(trees, valuesTree{file: source.File, node: document, tracer: t})
		}
		return trees
	}
	content, ok := t.view.Content(source.Place.File)
	if !ok {
		return nil
	}
	node := provenance.NewText(string(content)).At(source.Place.Line, source.Place.Column, yaml.MappingNode)
	if node == nil {
		return nil
	}
	return []valuesTree{{file: source.Place.File, node: node, tracer: t}}
}

// unreadBelow are the outermost keys of a map of which nothing is read.
func unreadBelow(known *reads, node *yaml.Node, path []string, tree valuesTree) []writtenValue {
	if node.Kind != yaml.MappingNode {
		return nil
	}
	var found []writtenValue
	for index := 0; index+1 < len(node.Content); index += 2 {
		key, below := node.Content[index], node.Content[index+1]
		// Merged keys and aliases stand for what is written elsewhere.
		if key.Tag == "!!merge" || key.Kind != yaml.ScalarNode || below.Kind == yaml.AliasNode || below.Anchor != "" {
			continue
		}
		at := append(path[:len(path):len(path)], key.Value)
		inner := unreadBelow(known, below, at, tree)
		switch {
		case !known.has(at) && !strings.Contains(key.Value, "."):
			column := provenance.UTF16Column(tree.lineIn(tree.file, key.Line), key.Column)
			found = append(found, writtenValue{at, provenance.Place{File: tree.file, Line: key.Line, Column: column}})
		default:
			found = append(found, inner...)
		}
	}
	return found
}

// maxProofs bounds the values that are tried one by one where not all of them hold together.
const maxProofs = 8

func (t *tracer) allProven(found []writtenValue, outputs map[string]string, calls *calls) []writtenValue {
	if len(found) == 0 || t.proven(found, outputs, calls) {
		return found
	}
	if len(found) == 1 || len(found) > maxProofs {
		return nil
	}
	return slices.DeleteFunc(found, func(v writtenValue) bool { return !t.proven([]writtenValue{v}, outputs, calls) })
}

// proven renders without the values, and with others in their place.
func (t *tracer) proven(found []writtenValue, outputs map[string]string, calls *calls) bool {
	for _, change := range []func(any) (any, bool){
		func(any) (any, bool) { return nil, false },
		func(v any) (any, bool) { return otherThan(v), true },
	} {
		made, err := t.renderChanged(found, change, calls)
		if err != nil || len(made) != len(outputs) {
			return false
		}
		for name, text := range outputs {
			if made[name] != text {
				return false
			}
		}
	}
	return true
}

func (t *tracer) renderChanged(found []writtenValue, change func(any) (any, bool), calls *calls) (map[string]string, error) {
	values, err := merge(t.view, t.request.Values)
	if err != nil {
		return nil, err
	}
	values = copiedMap(values)
	for _, value := range found {
		changeAt(values, value.path, change)
	}
	root, err := load(t.view, t.request.Path)
	if err != nil {
		return nil, err
	}
	request := t.request
	request.SkipSchema = true
	prepared, err := prepareChart(root, values, request)
	if err != nil {
		return nil, err
	}
	return prepared.execute(calls.again())
}

func changeAt(values map[string]any, path []string, change func(any) (any, bool)) {
	for _, key := range path[:len(path)-1] {
		below, ok := values[key].(map[string]any)
		if !ok {
			return
		}
		values = below
	}
	last := path[len(path)-1]
	if made, keep := change(values[last]); keep {
		values[last] = made
	} else {
		delete(values, last)
	}
}

// otherThan is another value of the same kind.
func otherThan(v any) any {
	switch v := v.(type) {
	case bool:
		return !v
	case float64:
		return v + 1
	case int64:
		return v + 1
	case map[string]any:
		changed := map[string]any{}
		for key, item := range v {
			changed[key] = otherThan(item)
		}
		return changed
	case []any:
		changed := make([]any, len(v))
		for index, item := range v {
			changed[index] = otherThan(item)
		}
		return changed
	}
	return fmt.Sprint(v) + "x"
}
