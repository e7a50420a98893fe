package kustomize

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/provenance"
)

// writtenSpec is the spec of a Flux Kustomization as it stands in its file; root is nil where it is not
// found there.
type writtenSpec struct {
	file  string
	lines []string
	root  *yaml.Node
}

// readSpec finds the Kustomization that begins at a place.
func readSpec(view *files.View, origin provenance.Place) writtenSpec {
	content, ok := view.Content(origin.File)
	if !ok {
		return writtenSpec{}
	}
	text := provenance.NewText(string(content))
	root := text.At(origin.Line, origin.Column, yaml.MappingNode)
	if root == nil {
		return writtenSpec{}
	}
	return writtenSpec{file: origin.File, lines: text.Lines, root: fieldOf(root, "spec")}
}

// at is the node at a path of keys and indices, or nil.
func (w writtenSpec) at(path ...any) *yaml.Node {
	node := w.root
	for _, step := range path {
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

// mark gives the nodes of a value the lines, as negative numbers, at which the spec has the same.
func (w writtenSpec) mark(made *yaml.RNode, path ...any) *yaml.RNode {
	if node := w.at(path...); node != nil {
		borrowLines(made.YNode(), node)
	}
	return made
}

func borrowLines(made, written *yaml.Node) {
	if made.Kind != written.Kind {
		return
	}
	switch made.Kind {
	case yaml.ScalarNode:
		if made.Value == written.Value {
			made.Line, made.Column = -written.Line, written.Column
			made.Style |= written.Style & yaml.LiteralStyle
		}
	case yaml.MappingNode:
		for index := 0; index+1 < len(made.Content); index += 2 {
			if value := fieldOf(written, made.Content[index].Value); value != nil {
				borrowLines(made.Content[index+1], value)
			}
		}
	case yaml.SequenceNode:
		for index := range min(len(made.Content), len(written.Content)) {
			borrowLines(made.Content[index], written.Content[index])
		}
	}
}
