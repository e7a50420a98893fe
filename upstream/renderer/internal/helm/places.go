package helm

import (
	"fmt"
	"strconv"
	"strings"

	chart "helm.sh/helm/v4/pkg/chart/v2"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	sigsyaml "sigs.k8s.io/yaml"

	"driftline/renderer/internal/provenance"
)

// valuePlace is where a value is set. node is its text there, where that is known.
type valuePlace struct {
	place provenance.Place
	file  string
	node  *yaml.Node
}

// valueAt is the place of a value's text from an offset on. text is what a field shows of it; empty for all.
func (t *tracer) valueAt(from origin, offset int, text string) (provenance.Place, bool) {
	found := t.placeOf(from)
	if found == nil {
		return provenance.Place{}, false
	}
	place := found.place
	offset += from.offset
	whole := offset == 0 && strings.TrimRight(from.text, "\n") == strings.TrimRight(text, "\n")
	if text == "" || whole && !from.cut || place.How != provenance.Exact {
		return place, true
	}
	return t.inside(found, offset, text)
}

// inside is a part of a value's text: its line of a block.
func (t *tracer) inside(found *valuePlace, offset int, text string) (provenance.Place, bool) {
	place := found.place
	place.How = provenance.Transformed
	if found.node == nil || found.node.Style&yaml.LiteralStyle == 0 || offset > len(found.node.Value) {
		return place, true
	}
	before := found.node.Value[:offset]
	line := found.node.Line + 1 + strings.Count(before, "\n")
	written := t.lineIn(found.file, line)
	first, _, _ := strings.Cut(text, "\n")
	column := strings.Index(written, first)
	if column < 0 || first == "" {
		return place, true
	}
	// Where the line has the text more than once, it is the one as far in as in the value.
	start := strings.LastIndexByte(before, '\n') + 1
	ownLine, _, _ := strings.Cut(found.node.Value[start:], "\n")
	if indent := len(written) - len(ownLine); indent >= 0 && strings.HasPrefix(written[min(indent+len(before)-start, len(written)):], first) {
		column = indent + len(before) - start
	}
	place.Line = line
	place.Column = unitsOf(written[:column]) + 1
	if strings.Contains(text, "\n") {
		return place, true
	}
	place.How = provenance.Exact
	return place, true
}

// valueStep is a value as a link of a chain.
func (t *tracer) valueStep(from origin) string {
	if from.kind == file {
		return t.placeIn(from.file, from.offset).String()
	}
	if found := t.placeOf(from); found != nil {
		return found.place.Step(pathText(from.path))
	}
	return ""
}

func (t *tracer) placeOf(from origin) *valuePlace {
	key := from.file + pathText(from.path)
	if known, ok := t.places[key]; ok {
		return known
	}
	var found *valuePlace
	if from.file != "" {
		found = t.inFile(from.file, from.path, from.value)
	} else {
		found = t.find(from.path, from.value)
	}
	t.places[key] = found
	return found
}

// maxImports bounds the way from chart to chart that a value may have come.
const maxImports = 6

// find goes through what can set a value, what wins first: the given values from last to first, then the
// charts from the outermost in; then what a subchart exports to its parent.
func (t *tracer) find(path []any, value any) *valuePlace {
	// What one chart exports another may import under a path that leads back.
	key := pathText(path)
	if t.searching[key] || len(t.searching) >= maxImports {
		return nil
	}
	t.searching[key] = true
	defer delete(t.searching, key)
	if found := t.given(path, value); found != nil {
		return found
	}
	if global, ok := globalPath(path); ok {
		if found := t.find(global, value); found != nil {
			return found
		}
	}
	return t.inCharts(t.chart, path, nil, value)
}

// globalPath is the outermost place of a subchart's global value.
func globalPath(path []any) ([]any, bool) {
	for index, step := range path {
		if step == "global" {
			return path[index:], index > 0
		}
	}
	return nil, false
}

// inCharts looks into a chart's own values, then into those of the subchart that the path names, then into
// what subcharts export.
func (t *tracer) inCharts(c *chart.Chart, path, above []any, value any) *valuePlace {
	if found := t.inFile(c.ChartFullPath()+"/values.yaml", path, value); found != nil {
		return found
	}
	name, _ := path[0].(string)
	for _, dependency := range c.Dependencies() {
		if len(path) > 1 && dependency.Name() == name {
			if found := t.inCharts(dependency, path[1:], append(above[:len(above):len(above)], name), value); found != nil {
				return found
			}
		}
	}
	for _, required := range c.Metadata.Dependencies {
		if path[0] == required.Name {
			continue
		}
		for _, imported := range required.ImportValues {
			if child := importedPath(imported, path); child != nil {
				full := append(append(above[:len(above):len(above)], required.Name), child...)
				if found := t.find(full, value); found != nil {
					return found
				}
			}
		}
	}
	return nil
}

// importedPath is the path in a subchart that its parent has under another.
func importedPath(imported any, path []any) []any {
	child, parent := "", ""
	switch v := imported.(type) {
	case string:
		child, parent = "exports."+v, "."
	case map[string]any:
		child, _ = v["child"].(string)
		parent, _ = v["parent"].(string)
	case map[string]string:
		child, parent = v["child"], v["parent"]
	}
	rest := path
	if parent != "." {
		for _, key := range strings.Split(parent, ".") {
			if len(rest) == 0 || rest[0] != key {
				return nil
			}
			rest = rest[1:]
		}
	}
	if child == "" || len(rest) == 0 {
		return nil
	}
	var full []any
	for _, key := range strings.Split(child, ".") {
		full = append(full, key)
	}
	return append(full, rest...)
}

// inFile looks into a file of a chart.
func (t *tracer) inFile(name string, path []any, value any) *valuePlace {
	content, ok := t.contents[name]
	if !ok {
		return nil
	}
	documents, known := t.nodes["//"+name]
	if !known {
		documents = parseAll(content)
		t.nodes["//"+name] = documents
	}
	return t.inDocuments(t.locations[name], documents, path, value)
}

func (t *tracer) inDocuments(file string, documents []*yaml.Node, path []any, value any) *valuePlace {
	for index := len(documents) - 1; index >= 0; index-- {
		if node := nodeAt(documents[index], path); node != nil && means(node, value) {
			return t.inNode(file, node, value)
		}
	}
	return nil
}

// inNode is exact where the text there is the value.
func (t *tracer) inNode(file string, node *yaml.Node, value any) *valuePlace {
	if node.Kind != yaml.ScalarNode || !means(node, value) {
		return nil
	}
	how := provenance.Exact
	if !holds(node, value) {
		how = provenance.Transformed
	}
	place := provenance.Place{File: file, Line: node.Line, Column: node.Column, How: how}
	if line := t.lineIn(file, node.Line); line != "" {
		place.Column = provenance.UTF16Column(line, node.Column)
	}
	return &valuePlace{place: place, file: file, node: node}
}

func (t *tracer) documents(file string) []*yaml.Node {
	if known, ok := t.nodes[file]; ok {
		return known
	}
	content, _ := t.view.Content(file)
	documents := parseAll(string(content))
	t.nodes[file] = documents
	return documents
}

// lineIn is a line of a file of the repository, or of one in an archive.
func (t *tracer) lineIn(file string, number int) string {
	name, ok := t.own[file]
	if !ok {
		content, _ := t.view.Content(file)
		name = file
		t.contents[name] = string(content)
	}
	in := t.lined(name)
	if number < 1 || number > len(in.starts) {
		return ""
	}
	return strings.TrimSuffix(lineText(in.text, in.starts, number-1), "\r")
}

// holds tells whether a node's text is a value as templates print it.
func holds(node *yaml.Node, value any) bool {
	switch v := value.(type) {
	case float64:
		written, err := strconv.ParseFloat(node.Value, 64)
		return err == nil && written == v
	default:
		return node.Value == fmt.Sprint(value)
	}
}

// means tells whether a node is read as a value.
func means(node *yaml.Node, value any) bool {
	if node.Kind != yaml.ScalarNode {
		return false
	}
	if holds(node, value) {
		return true
	}
	var read any
	if sigsyaml.Unmarshal([]byte(node.Value), &read) != nil {
		return false
	}
	return fmt.Sprint(read) == fmt.Sprint(value)
}
