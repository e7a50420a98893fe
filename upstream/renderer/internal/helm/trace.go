package helm

import (
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/objects"
	"driftline/renderer/internal/provenance"
)

// tracer finds where the fields of a release come from. A second render follows every text of a template and
// every value through the templates' functions; where it prints the same, its marks say who printed what.
type tracer struct {
	*ledger
	view    *files.View
	request Request
	chart   *chart.Chart
	// locations are the files of the chart, by the names that Helm gives them.
	locations map[string]string
	// contents of the charts' files, by the same names.
	contents map[string]string
	// own are the names of the charts' files, by their places in the repository.
	own    map[string]string
	texts  map[string]*lined
	nodes  map[string][]*yaml.Node
	places map[string]*valuePlace
	// searching are the paths that are being looked for.
	searching map[string]bool
	printed   map[string]*printedFile
}

// trace finds the places of all fields.
func (p *preparedChart) trace(view *files.View, documents []document, outputs map[string]string, calls *calls) ([]*provenance.Trace, []objects.Unused) {
	t := newTracer(p, view)
	ledger := t.ledger
	marked, err := p.executeMarked(ledger, calls.again())
	for name, output := range outputs {
		file := &printedFile{text: output}
		if err == nil {
			file.compare(ledger.read(marked[name]))
		}
		t.printed[name] = file
	}
	traces := make([]*provenance.Trace, len(documents))
	for index, document := range documents {
		traces[index] = t.object(document)
	}
	return traces, t.unused(p, outputs, calls)
}

func newTracer(p *preparedChart, view *files.View) *tracer {
	t := &tracer{
		ledger: &ledger{}, view: view, request: p.request, chart: p.chart, locations: p.locations, contents: map[string]string{}, own: map[string]string{}, texts: map[string]*lined{},
		nodes: map[string][]*yaml.Node{}, places: map[string]*valuePlace{}, searching: map[string]bool{}, printed: map[string]*printedFile{},
	}
	eachChart(p.chart, func(c *chart.Chart) {
		for _, file := range c.Raw {
			name := c.ChartFullPath() + "/" + file.Name
			t.contents[name], t.own[p.locations[name]] = string(file.Data), name
		}
	})
	return t
}

// object is where the fields of one object come from.
func (t *tracer) object(document document) *provenance.Trace {
	trace := &provenance.Trace{Source: t.fileStart(document.template), Fields: map[string]provenance.Place{}}
	var root yaml.Node
	if yaml.Unmarshal([]byte(document.text), &root) != nil || len(root.Content) == 0 {
		return trace
	}
	read := t.documentOf(document)
	provenance.Walk(root.Content[0], "", func(pointer string, node *yaml.Node) {
		var place provenance.Place
		if node.Kind == yaml.ScalarNode {
			place = read.field(node)
		} else {
			place = read.line(node)
		}
		if place.File != "" {
			trace.Fields[pointer] = place
		}
	})
	if first, ok := trace.Fields[""]; ok {
		trace.Source = provenance.Place{File: first.File, Line: first.Line, Column: first.Column}
		delete(trace.Fields, "")
	}
	return trace
}

func (t *tracer) fileStart(template string) provenance.Place {
	return t.placeIn(template, 0)
}

// placeIn is an offset of a chart's file as a place in the repository.
func (t *tracer) placeIn(name string, offset int) provenance.Place {
	file, ok := t.locations[name]
	if !ok {
		return provenance.Place{File: name, Line: 1, Column: 1, How: provenance.Template}
	}
	line, column := t.lined(name).position(offset)
	return provenance.Place{File: file, Line: line, Column: column, How: provenance.Template}
}

// lined is a text with the offsets of its lines.
type lined struct {
	text   string
	starts []int
}

func (t *tracer) lined(name string) *lined {
	known := t.texts[name]
	if known == nil {
		text := t.contents[name]
		known = &lined{text, lineStarts(text)}
		t.texts[name] = known
	}
	return known
}

// position turns an offset into a line and a column in UTF-16 units.
func (l *lined) position(offset int) (line, column int) {
	offset = min(offset, len(l.text))
	line = lineOf(l.starts, offset)
	return line + 1, unitsOf(l.text[l.starts[line]:offset]) + 1
}

func unitsOf(text string) int {
	units := 0
	for _, letter := range text {
		if units++; letter > 0xFFFF {
			units++
		}
	}
	return units
}
