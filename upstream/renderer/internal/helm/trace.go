package helm

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/provenance"
)

// tracer finds where the fields of a release come from.
type tracer struct {
	view     *files.View
	request  Request
	prepared *preparedChart
	// names are the files of templates, by the names that Helm gives them.
	names map[string]string
	texts map[string]*provenance.Text
	lines map[string][]printedLine
	// outputs are the printed files, by template.
	outputs map[string]string
}

// trace finds the places of all fields: the line of the template and, where changing a value of a values
// file changes the field and nothing else explains it, the line of that value.
func (p *preparedChart) trace(view *files.View, request Request, names map[string]string, documents []document, outputs map[string]string, calls *calls) []*provenance.Trace {
	t := &tracer{
		view: view, request: request, prepared: p, names: names, texts: map[string]*provenance.Text{},
		lines: p.templateLines(outputs, calls), outputs: outputs,
	}
	printed := make([]*printedObject, len(documents))
	for index, document := range documents {
		printed[index] = t.read(document)
	}
	t.findValues(printed, calls)
	traces := make([]*provenance.Trace, len(documents))
	for index, object := range printed {
		traces[index] = object.trace
	}
	return traces
}

// printedObject is an object of the output with the places of its fields.
type printedObject struct {
	document document
	nodes    map[string]*yaml.Node
	// actions that printed the line of a field, by pointer.
	actions map[string][]string
	trace   *provenance.Trace
}

func (t *tracer) read(document document) *printedObject {
	file := t.file(document.template)
	object := &printedObject{document: document, nodes: map[string]*yaml.Node{}, actions: map[string][]string{}}
	object.trace = &provenance.Trace{
		Source: provenance.Place{File: file, Line: 1, Column: 1}, Fields: map[string]provenance.Place{},
	}
	text := provenance.NewText(document.text)
	if len(text.Documents) == 0 {
		return object
	}
	first, lines := t.linesOf(document)
	provenance.Walk(text.Documents[0], "", func(pointer string, node *yaml.Node) {
		object.nodes[pointer] = node
		index := first + node.Line - 1
		if lines == nil || index >= len(lines) {
			return
		}
		object.actions[pointer] = lines[index].actions
		if place, ok := t.templatePlace(lines[index], text.Line(node.Line), node); ok {
			object.trace.Fields[pointer] = place
		}
	})
	if root, ok := object.trace.Fields[""]; ok {
		object.trace.Source = provenance.Place{File: root.File, Line: root.Line, Column: root.Column}
		delete(object.trace.Fields, "")
	}
	return object
}

// linesOf finds the lines of a document in its printed file: the index of the first, and the file's lines.
// A document of a crds folder is printed as it stands.
func (t *tracer) linesOf(document document) (int, []printedLine) {
	output, lines := t.outputs[document.template], t.lines[document.template]
	if document.plain {
		content, ok := t.view.Content(t.file(document.template))
		if !ok {
			return 0, nil
		}
		output = string(content)
		for number := range strings.Count(output, "\n") + 1 {
			lines = append(lines, printedLine{origin: origin{file: document.template, line: number + 1}})
		}
	}
	at := strings.Index(output, document.text)
	if at < 0 {
		return 0, nil
	}
	return strings.Count(output[:at], "\n"), lines
}

// templatePlace is the line of the template that printed a node; exact where that line is text and holds it.
func (t *tracer) templatePlace(line printedLine, printed string, node *yaml.Node) (provenance.Place, bool) {
	if line.file == "" {
		return provenance.Place{}, false
	}
	file := t.file(line.file)
	place := provenance.Place{File: file, Line: line.line, Column: 1, How: provenance.Template}
	written := t.text(file).Line(line.line)
	indent := len(written) - len(strings.TrimLeft(written, " "))
	if written != "" {
		place.Column = indent + 1
	}
	if line.top.file != "" && line.definition != "" {
		caller := provenance.Place{File: t.file(line.top.file), Line: line.top.line}
		place.Via = []string{caller.Step("include " + line.definition)}
	}
	if len(line.actions) == 0 && strings.TrimSpace(written) == strings.TrimSpace(printed) && !strings.Contains(written, "{{") {
		before := len(printed) - len(strings.TrimLeft(printed, " "))
		place.Column = provenance.UTF16Column(written, indent+node.Column-before)
		place.How = provenance.Exact
	}
	return place, true
}

// file is the repository's file of a template; its own name where that is not known.
func (t *tracer) file(template string) string {
	if name, ok := t.names[template]; ok {
		return name
	}
	return template
}

func (t *tracer) text(file string) *provenance.Text {
	if known := t.texts[file]; known != nil {
		return known
	}
	content, _ := t.view.Content(file)
	text := provenance.NewText(string(content))
	t.texts[file] = text
	return text
}
