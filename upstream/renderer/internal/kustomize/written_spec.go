package kustomize

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/provenance"
)

// writtenSpec is the text of what an engine adds to a build: in the file of the engine's object and, where a
// parent's patch says something else, in that patch.
type writtenSpec struct {
	view *files.View
	file *writtenFile
	// root is the map that begins at the given place; nil where it is not found there.
	root *yaml.Node
	// base leads from there to what is added.
	base []any
	// places are those of values that another file says, by pointers such as `/spec/patches/0/patch`.
	places map[string]provenance.Place
	files  map[string]*writtenFile
	// marks are what the negative line numbers of the generated kustomization stand for, from -1 on.
	marks []writtenMark
}

type writtenFile struct {
	name  string
	lines []string
}

type writtenMark struct {
	file *writtenFile
	line int
}

// readWritten finds the map that begins at a place.
func readWritten(view *files.View, origin provenance.Place, base []any, places map[string]provenance.Place) *writtenSpec {
	w := &writtenSpec{view: view, base: base, places: places, files: map[string]*writtenFile{}}
	content, ok := view.Content(origin.File)
	if !ok {
		return w
	}
	text := provenance.NewText(string(content))
	w.file = &writtenFile{origin.File, text.Lines}
	w.root = text.At(origin.Line, origin.Column, yaml.MappingNode)
	return w
}

// at is the node at a path of keys and indices below the base, or nil.
func (w *writtenSpec) at(path ...any) *yaml.Node {
	node := w.root
	for _, step := range slices.Concat(w.base, path) {
		if node == nil {
			return nil
		}
		switch key := step.(type) {
		case string:
			node = fieldOf(node, key)
		case int:
			if node.Kind != yaml.SequenceNode || key >= len(node.Content) {
				return nil
			}
			node = node.Content[key]
		}
	}
	return node
}

// pointer is the JSON pointer of a path below the base.
func (w *writtenSpec) pointer(path []any) string {
	pointer := ""
	for _, step := range slices.Concat(w.base, path) {
		switch key := step.(type) {
		case string:
			pointer = provenance.Field(pointer, key)
		case int:
			pointer = provenance.Item(pointer, key)
		}
	}
	return pointer
}

// place is where a value of the spec stands; otherwise where that is not known.
func (w *writtenSpec) place(otherwise provenance.Place, path ...any) provenance.Place {
	if place, ok := w.places[w.pointer(path)]; ok {
		return provenance.Place{File: place.File, Line: place.Line, Column: place.Column}
	}
	if node := w.at(path...); node != nil {
		return w.placeOf(node)
	}
	return provenance.Place{File: otherwise.File, Line: otherwise.Line, Column: otherwise.Column}
}

// identity is where the Kustomization's name or namespace stands, if it is that value.
func (w *writtenSpec) identity(otherwise provenance.Place, field, value string) provenance.Place {
	if w.root != nil {
		if metadata := fieldOf(w.root, "metadata"); metadata != nil {
			if node := fieldOf(metadata, field); node != nil && node.Value == value {
				return w.placeOf(node)
			}
		}
	}
	return provenance.Place{File: otherwise.File, Line: otherwise.Line, Column: otherwise.Column}
}

func (w *writtenSpec) placeOf(node *yaml.Node) provenance.Place {
	line := ""
	if node.Line <= len(w.file.lines) {
		line = w.file.lines[node.Line-1]
	}
	return provenance.Place{File: w.file.name, Line: node.Line, Column: provenance.UTF16Column(line, node.Column)}
}

// mark gives the scalars of a value the lines at which they are written, as negative numbers.
func (w *writtenSpec) mark(made *yaml.RNode, path ...any) *yaml.RNode {
	w.markNode(made.YNode(), w.at(path...), w.pointer(path))
	return made
}

func (w *writtenSpec) markNode(made, written *yaml.Node, pointer string) {
	switch made.Kind {
	case yaml.ScalarNode:
		if place, ok := w.places[pointer]; ok {
			w.markPlace(made, place)
		} else if written != nil && written.Kind == made.Kind && written.Value == made.Value {
			w.markLine(made, w.file, written.Line, written.Column)
			made.Style |= written.Style & yaml.LiteralStyle
		}
	case yaml.MappingNode:
		for index := 0; index+1 < len(made.Content); index += 2 {
			key := made.Content[index].Value
			var value *yaml.Node
			if written != nil && written.Kind == made.Kind {
				value = fieldOf(written, key)
			}
			w.markNode(made.Content[index+1], value, provenance.Field(pointer, key))
		}
	case yaml.SequenceNode:
		for index, item := range made.Content {
			var value *yaml.Node
			if written != nil && written.Kind == made.Kind && index < len(written.Content) {
				value = written.Content[index]
			}
			w.markNode(item, value, provenance.Item(pointer, index))
		}
	}
}

// markPlace is for a value that another file says; a block scalar is known by its header.
func (w *writtenSpec) markPlace(made *yaml.Node, place provenance.Place) {
	file := w.files[place.File]
	if file == nil {
		content, _ := w.view.Content(place.File)
		file = &writtenFile{place.File, strings.Split(string(content), "\n")}
		w.files[place.File] = file
	}
	w.markLine(made, file, place.Line, place.Column)
	if place.Line <= len(file.lines) && strings.HasPrefix(from(file.lines[place.Line-1], place.Column), "|") {
		made.Style |= yaml.LiteralStyle
	}
}

func from(line string, column int) string {
	if column < 1 || column > len(line) {
		return ""
	}
	return line[column-1:]
}

func (w *writtenSpec) markLine(made *yaml.Node, file *writtenFile, line, column int) {
	w.marks = append(w.marks, writtenMark{file, line})
	made.Line, made.Column = -len(w.marks), column
}

// adds tells whether something that an engine adds stands in a file.
func (w *writtenSpec) adds(name string) bool {
	return w.file != nil && w.file.name == name || w.files[name] != nil
}

// marked is what a negative line number stands for.
func (w *writtenSpec) marked(line int) writtenMark { return w.marks[-line-1] }
