package provenance

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Text is a YAML text as it stands in a file, with its nodes by position.
type Text struct {
	Lines     []string
	Documents []*yaml.Node
	nodes     map[position]*yaml.Node
}

type position struct {
	line, column int
	kind         yaml.Kind
}

// NewText reads what it can: a document that is no YAML has no nodes.
func NewText(content string) *Text {
	content = strings.ReplaceAll(content, "\r\n", "\n")
	text := &Text{Lines: strings.Split(content, "\n"), nodes: map[position]*yaml.Node{}}
	start := 0
	for index := 0; index <= len(text.Lines); index++ {
		if index == len(text.Lines) || strings.HasPrefix(text.Lines[index], "---") {
			text.read(start, index)
			start = index + 1
		}
	}
	return text
}

// read enters the document between two separators.
func (t *Text) read(start, end int) {
	if start >= end {
		return
	}
	var document yaml.Node
	if yaml.Unmarshal([]byte(strings.Join(t.Lines[start:end], "\n")), &document) != nil || len(document.Content) == 0 {
		return
	}
	root := document.Content[0]
	shiftLines(root, start)
	t.Documents = append(t.Documents, root)
	t.enter(root)
}

func (t *Text) enter(node *yaml.Node) {
	t.nodes[position{node.Line, node.Column, node.Kind}] = node
	for _, child := range node.Content {
		t.enter(child)
	}
}

// At is the node of a kind that begins at a line and column (in characters), or nil.
func (t *Text) At(line, column int, kind yaml.Kind) *yaml.Node {
	return t.nodes[position{line, column, kind}]
}

// Size is the text's length in bytes, about.
func (t *Text) Size() int {
	size := 0
	for _, line := range t.Lines {
		size += len(line) + 1
	}
	return size
}

// Entry is the value and key of a map's field; nil for other nodes and names.
func Entry(node *yaml.Node, name string) (value, key *yaml.Node) {
	if node.Kind != yaml.MappingNode {
		return nil, nil
	}
	for index := 0; index+1 < len(node.Content); index += 2 {
		if node.Content[index].Value == name {
			return node.Content[index+1], node.Content[index]
		}
	}
	return nil, nil
}

// FirstKind is the kind of the first document's root; 0 where there is none.
func (t *Text) FirstKind() yaml.Kind {
	if len(t.Documents) == 0 {
		return 0
	}
	return t.Documents[0].Kind
}

// Line is the text of a 1-based line.
func (t *Text) Line(line int) string {
	if line < 1 || line > len(t.Lines) {
		return ""
	}
	return t.Lines[line-1]
}

func shiftLines(node *yaml.Node, by int) {
	node.Line += by
	for _, child := range node.Content {
		shiftLines(child, by)
	}
}

// Walk visits every node below and including one, with its JSON pointer; aliases as what they stand for.
func Walk(node *yaml.Node, pointer string, visit func(pointer string, node *yaml.Node)) {
	switch node.Kind {
	case yaml.DocumentNode:
		for _, child := range node.Content {
			Walk(child, pointer, visit)
		}
		return
	case yaml.AliasNode:
		Walk(node.Alias, pointer, visit)
		return
	}
	visit(pointer, node)
	if node.Kind == yaml.MappingNode {
		for index := 0; index+1 < len(node.Content); index += 2 {
			Walk(node.Content[index+1], Field(pointer, node.Content[index].Value), visit)
		}
		return
	}
	for index, child := range node.Content {
		Walk(child, Item(pointer, index), visit)
	}
}
