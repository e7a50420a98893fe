package helm

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/provenance"
)

// printedDocument is a document in the file that printed it.
type printedDocument struct {
	*tracer
	document
	starts []int
	file   *printedFile
	offset int
	found  bool
}

func (t *tracer) documentOf(document document) *printedDocument {
	d := &printedDocument{tracer: t, document: document, starts: lineStarts(document.text)}
	if document.plain {
		d.offset = strings.Index(t.contents[document.template], document.text)
		d.found = d.offset >= 0
		return d
	}
	if d.file = t.printed[document.template]; d.file != nil {
		d.offset, d.found = d.file.find(document.text)
	}
	return d
}

// line is the place of the line that a node begins.
func (d *printedDocument) line(node *yaml.Node) provenance.Place {
	if !d.found || node.Line == 0 {
		return provenance.Place{}
	}
	at := d.offset + offsetOf(d.text, d.starts, node.Line, node.Column)
	if d.plain {
		return d.placeIn(d.template, at)
	}
	opening, ok := d.file.opens(at)
	if !ok {
		return provenance.Place{}
	}
	place, _ := d.origin(opening)
	return place
}

// field is the place of a scalar.
func (d *printedDocument) field(node *yaml.Node) provenance.Place {
	if !d.found || node.Line == 0 {
		return provenance.Place{}
	}
	at := d.offset + offsetOf(d.text, d.starts, node.Line, node.Column)
	if d.plain {
		place := d.placeIn(d.template, at)
		place.How = provenance.Exact
		return place
	}
	start, end := spanOf(d.text, d.starts, node)
	if start == end {
		return d.nothing(node, at)
	}
	printed, shift, known := d.file.who(d.offset+start, d.offset+end)
	if !known {
		return d.line(node)
	}
	// Spaces between words are nobody's where a template's own spaces are not marked.
	content := clipped(printed, d.offset+start+shift, d.offset+end+shift)
	return d.scalar(node, at, content, d.text[start:end], shift)
}

// nothing is the place of an empty scalar: exact where the template's line says as much, and no more.
func (d *printedDocument) nothing(node *yaml.Node, at int) provenance.Place {
	place := d.line(node)
	opening, ok := d.file.opens(at)
	if !ok || d.origins[opening.frame.origin].kind != written {
		return place
	}
	from := d.origins[opening.frame.origin]
	in := d.lined(from.file)
	offset := from.offset + max(opening.at, 0)
	there := strings.TrimSpace(lineText(in.text, in.starts, lineOf(in.starts, min(offset, len(in.text)))))
	here := strings.TrimSpace(lineText(d.text, d.starts, node.Line-1))
	if there == here {
		place = d.placeIn(from.file, offset+at-lineLetter(d.file.text, d.file.starts, at))
		place.How, place.Via = provenance.Exact, d.callers(opening.frame)
	}
	return place
}

// lineLetter is the offset of the first letter of an offset's line.
func lineLetter(text string, starts []int, at int) int {
	line := lineOf(starts, at)
	content := lineText(text, starts, line)
	return starts[line] + len(content) - len(strings.TrimLeft(content, " "))
}

// clipped are segments within a part of the text, without an indentation's spaces.
func clipped(segments []segment, start, end int) []segment {
	var content []segment
	for _, s := range segments {
		s = later(s, start)
		s.end = min(s.end, max(end, start+1))
		if s.at != padding {
			content = append(content, s)
		}
	}
	return content
}

// scalar decides what printed a scalar's content.
func (d *printedDocument) scalar(node *yaml.Node, at int, content []segment, text string, shift int) provenance.Place {
	template := d.expression(at, content)
	if len(content) == 0 {
		return template
	}
	first := content[0]
	from := d.origins[first.frame.origin]
	if single(content) && first.at >= 0 && covers(content, text) {
		switch from.kind {
		case written, file:
			place := d.writtenPlace(first, at+shift, template)
			// As with a value, below.
			if from.kind == file && isBlock(node) && d.lined(from.file).text != node.Value {
				place.How = provenance.Transformed
			}
			return place
		case value:
			if place, ok := d.valueAt(from, first.at, text); ok {
				// A number that is printed in quotes is a text, and another one than is written: 1e+06 for 1000000.
				found := d.placeOf(from)
				if first.start > at+shift && found.node != nil && !from.cut && found.node.Value != from.text {
					place.How = provenance.Transformed
				}
				// A block of the template ends the value's text as its header says.
				if isBlock(node) && found.node != nil && found.node.Value != node.Value {
					place.How = provenance.Transformed
				}
				place.Via = append(place.Via, template.Via...)
				place.Via = append(place.Via, template.String())
				return place
			}
		}
	}
	return d.composed(content, strings.Contains(text, "\n"), template)
}

func isBlock(node *yaml.Node) bool { return node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 }

func single(content []segment) bool {
	for _, s := range content {
		if s.frame != content[0].frame || s.at < 0 {
			return false
		}
	}
	return true
}

// covers tells whether the segments leave no letter of the text out.
func covers(content []segment, text string) bool {
	letters := 0
	for _, s := range content {
		letters += s.end - s.start
	}
	return letters >= len(strings.Join(strings.Fields(text), ""))
}

// writtenPlace is exact: the template (or a file that it prints) has the text.
func (d *printedDocument) writtenPlace(first segment, at int, template provenance.Place) provenance.Place {
	from := d.origins[first.frame.origin]
	offset := from.offset + first.at
	// The quote, or the block's header, where it stands in the same text.
	if before := first.start - at; before > 0 && before <= first.at {
		offset -= before
	}
	if _, known := d.locations[from.file]; !known {
		return template
	}
	place := d.placeIn(from.file, offset)
	place.How = provenance.Exact
	place.Via = d.callers(first.frame)
	return place
}

// composed is a text of several parts, or one that a function made: the last of the values that stand in it,
// else the expression. Of several lines no one value decides.
func (d *printedDocument) composed(content []segment, lines bool, template provenance.Place) provenance.Place {
	var whole, read []int
	decided := true
	for _, s := range content {
		number := s.frame.origin
		switch from := d.origins[number]; {
		case from.kind == value && !slices.Contains(whole, number):
			whole = append(whole, number)
			decided = decided && (!lines || slices.Equal(from.path, d.origins[whole[0]].path))
		case from.kind == computed:
			decided = false
		case from.kind != value && from.kind != action:
			decided = decided && !lines
		}
		read = d.source(number, read)
		for f := s.frame; f != nil; f = f.parent {
			for _, number := range d.origins[f.origin].from {
				read = d.source(number, read)
			}
		}
	}
	place := template
	if len(whole) > 0 && decided {
		last := whole[len(whole)-1]
		if found, ok := d.valueAt(d.origins[last], 0, ""); ok {
			place = found
			place.How = provenance.Transformed
			place.Via = d.steps(read, last)
			place.Via = append(place.Via, template.Via...)
			place.Via = append(place.Via, template.String())
			return place
		}
	}
	place.Via = append(d.steps(read, -1), place.Via...)
	return place
}

// steps are the values that were read, without one of them, as links of a chain.
func (d *printedDocument) steps(read []int, without int) []string {
	var steps []string
	for _, number := range read {
		if number == without {
			continue
		}
		if step := d.valueStep(d.origins[number]); step != "" && !slices.Contains(steps, step) {
			steps = append(steps, step)
		}
	}
	return steps
}

// expression is the line of the template that computes a scalar: that of the line's key, unless the
// expression stands in another line of the same file.
func (d *printedDocument) expression(at int, content []segment) provenance.Place {
	opening, ok := d.file.opens(at)
	if !ok {
		opening = segment{}
		if len(content) == 0 {
			return provenance.Place{}
		}
	}
	if ok && d.origins[opening.frame.origin].kind == written {
		place, _ := d.origin(opening)
		return place
	}
	// The whole line is printed by an expression: the innermost that is known.
	frames := opening.frame
	if len(content) > 0 {
		frames = content[0].frame
	}
	for f := frames; f != nil; f = f.parent {
		if from := d.origins[f.origin]; from.kind == action && from.file != "" {
			place := d.lineStart(from.file, from.offset)
			place.Via = d.callers(f.parent)
			return place
		}
	}
	if ok {
		place, _ := d.origin(opening)
		return place
	}
	return provenance.Place{}
}

// origin is the place of what printed a segment.
func (d *printedDocument) origin(s segment) (place provenance.Place, ok bool) {
	for f := s.frame; f != nil; f = f.parent {
		from := d.origins[f.origin]
		if from.kind != written && from.kind != action || from.file == "" {
			continue
		}
		offset := from.offset
		if f == s.frame && s.at > 0 {
			offset += s.at
		}
		place = d.lineStart(from.file, offset)
		place.Via = d.callers(f)
		return place, true
	}
	return provenance.Place{}, false
}

// lineStart is the first letter of the line of an offset.
func (t *tracer) lineStart(name string, offset int) provenance.Place {
	in := t.lined(name)
	line := lineOf(in.starts, min(offset, len(in.text)))
	text := lineText(in.text, in.starts, line)
	return t.placeIn(name, in.starts[line]+len(text)-len(strings.TrimLeft(text, " ")))
}

// callers is the include in the template itself through which a definition's text came.
func (t *tracer) callers(f *frame) []string {
	if f == nil || t.origins[f.origin].definition == "" {
		return nil
	}
	definition := t.origins[f.origin].definition
	for above := f.parent; above != nil; above = above.parent {
		if from := t.origins[above.origin]; from.kind == action && from.definition == "" && from.file != "" {
			return []string{t.placeIn(from.file, from.offset).Step("include " + definition)}
		}
	}
	return nil
}
