package kustomize

import (
	"bytes"
	"sort"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/fold"
	"driftline/renderer/internal/provenance"
)

// numbering gives every text that kustomize parses its own range of line numbers, as go/token does for
// files: the nodes of the result, which kustomize moves but does not copy, then tell file and line.
type numbering struct {
	spans  []*span
	byName map[string]*span
	next   int
}

// span is the range of one text: a file, or a patch written inside a kustomization.
type span struct {
	// name is that of the text in the numbering.
	name string
	file string
	base int
	text *provenance.Text
	// folded is what was taken out of the text; nil for none.
	folded *fold.Text
	// outer is where an inner text stands in the file; nil for a file.
	outer *outerText
}

type outerText struct {
	place provenance.Place
	// lines is true where each line of the inner text is a line of the file, indented by indent: in block scalars.
	lines  bool
	first  int
	indent int
}

// newNumbering leaves the first numbers to what kustomize writes and parses again by itself: JSON patches
// and generators make such nodes.
func newNumbering(first int) *numbering { return &numbering{byName: map[string]*span{}, next: first} }

// add numbers a text once, whenever it is read.
func (n *numbering) add(name, file string, text *provenance.Text, outer *outerText) *span {
	if known := n.byName[name]; known != nil {
		return known
	}
	s := &span{name: name, file: file, base: n.next, text: text, outer: outer}
	n.next += len(s.text.Lines) + 1
	n.spans = append(n.spans, s)
	n.byName[name] = s
	return s
}

// find is the span of a line number and the line in it.
func (n *numbering) find(line int) (*span, int) {
	index := sort.Search(len(n.spans), func(i int) bool { return n.spans[i].base >= line }) - 1
	if line <= 0 || index < 0 {
		return nil, 0
	}
	s := n.spans[index]
	if line-s.base > len(s.text.Lines) {
		return nil, 0
	}
	return s, line - s.base
}

// padded moves each document to its lines by empty lines before it: kustomize splits the text at the
// separators and parses each document by itself. A comment keeps the first ones from being trimmed.
func (s *span) padded(content []byte) []byte {
	content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
	var out bytes.Buffer
	fill := func(lines int) {
		if lines > 0 {
			out.WriteByte('#')
			out.Write(bytes.Repeat([]byte{'\n'}, lines))
		}
	}
	fill(s.base)
	for index, line := range bytes.SplitAfter(content, []byte("\n")) {
		separator := bytes.HasPrefix(line, []byte("---"))
		if separator && index == 0 {
			// The only document of a file must stay the only one.
			out.WriteByte('\n')
			continue
		}
		out.Write(line)
		if separator && bytes.HasSuffix(line, []byte("\n")) {
			fill(s.base + index + 1)
		}
	}
	return out.Bytes()
}

// locate is the place of a node of the result, and the node of the source that begins there; not ok where
// none does.
func (n *numbering) locate(node *yaml.Node) (place provenance.Place, source *yaml.Node, ok bool) {
	s, line := n.find(node.Line)
	if s == nil {
		return place, nil, false
	}
	source = s.text.At(line, node.Column, node.Kind)
	if source == nil {
		return place, nil, false
	}
	place = s.place(line, node.Column)
	place.How = provenance.Transformed
	if s.exact() && source.Value == node.Value {
		place.How = provenance.Exact
	}
	return place, source, true
}

// place is a line and column (in characters) of the span as it stands in the file.
func (s *span) place(line, column int) provenance.Place {
	if s.outer == nil {
		return provenance.Place{File: s.file, Line: line, Column: provenance.UTF16Column(s.text.Line(line), column)}
	}
	if !s.outer.lines {
		return s.outer.place
	}
	return provenance.Place{
		File: s.file, Line: s.outer.first + line - 1,
		Column: s.outer.indent + provenance.UTF16Column(s.text.Line(line), column),
	}
}

// exact tells whether places in the span are those of the text itself.
func (s *span) exact() bool { return s.outer == nil || s.outer.lines }

// outerOf says how the lines of a scalar's text lie in its file.
func outerOf(scalar *yaml.Node, number int, lines []string, place provenance.Place) *outerText {
	outer := &outerText{place: place}
	if number == 0 || scalar.Style&yaml.LiteralStyle == 0 {
		return outer
	}
	// Empty lines before the text are part of it; the indentation is that of its first line that is not empty.
	for index, line := range strings.Split(scalar.Value, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		at := number + index // the header stands in the line of that number, the text begins below it
		if at >= len(lines) {
			return outer
		}
		written := strings.TrimSuffix(lines[at], "\r")
		if !strings.HasSuffix(written, line) {
			return outer
		}
		outer.lines, outer.first, outer.indent = true, number+1, len(written)-len(line)
		return outer
	}
	return outer
}
