package kustomize

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// writtenObject is the text in which an object stands; root is nil where it is not found.
type writtenObject struct {
	built *yaml.Node
	span  *span
	root  *yaml.Node
	// nodes are the text's by the pointers of the built object, found when they are needed.
	nodes map[string]*yaml.Node
}

// node is what the text has at a pointer of the built object, or nil.
func (w *writtenObject) node(pointer string) *yaml.Node {
	if w.root == nil {
		return nil
	}
	if w.nodes == nil {
		w.nodes = map[string]*yaml.Node{}
		align(w.built, w.root, "", w.nodes)
	}
	return w.nodes[pointer]
}

// text is the text in which the object stands.
func (o *objectTracer) text() *writtenObject {
	if o.written == nil {
		o.written = o.findWritten()
		if o.written.built = o.marked[""]; o.written.built == nil {
			o.written.built = o.built
		}
	}
	return o.written
}

// findWritten finds that text by the line of the object's root or, where that was lost, as the only one of
// its kind and name among all that was read.
func (o *objectTracer) findWritten() *writtenObject {
	for _, other := range o.lines("") {
		if s, line := other.build.survey.numbers.find(other.node.Line); s != nil {
			if source := s.text.At(line, other.node.Column, yaml.MappingNode); source != nil {
				return &writtenObject{span: s, root: source}
			}
		}
	}
	if o.tracer.marked == nil || len(o.makers) > 0 {
		return &writtenObject{}
	}
	var found []*writtenObject
	for _, s := range o.tracer.marked.survey.numbers.spans {
		if o.tracer.marked.survey.patchFiles[s.name] {
			continue
		}
		for _, document := range s.text.Documents {
			for _, candidate := range itemsOf(document) {
				if sameObject(candidate, o.built) {
					found = append(found, &writtenObject{span: s, root: candidate})
				}
			}
		}
	}
	if len(found) != 1 {
		return &writtenObject{}
	}
	return found[0]
}

// itemsOf are the objects of a document: the items of a list, or itself.
func itemsOf(document *yaml.Node) []*yaml.Node {
	if document.Kind != yaml.MappingNode {
		return nil
	}
	kind, items := fieldOf(document, "kind"), fieldOf(document, "items")
	if kind != nil && strings.HasSuffix(kind.Value, "List") && items != nil && items.Kind == yaml.SequenceNode {
		return items.Content
	}
	return []*yaml.Node{document}
}

func sameObject(a, b *yaml.Node) bool {
	if a.Kind != yaml.MappingNode {
		return false
	}
	x, y := yaml.NewRNode(a), yaml.NewRNode(b)
	return x.GetKind() == y.GetKind() && x.GetName() == y.GetName() &&
		(x.GetNamespace() == "" || x.GetNamespace() == y.GetNamespace())
}
