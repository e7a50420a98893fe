package kustomize

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// writtenObject is the text in which an object stands: its nodes by the pointers of the built object.
type writtenObject struct {
	span  *span
	nodes map[string]*yaml.Node
}

// findWritten finds that text by the line of the object's root or, where that was lost, as the only one of
// its kind and name among all that was read.
func (o *objectTracer) findWritten() *writtenObject {
	for _, other := range o.lines("") {
		if s, line := other.build.survey.numbers.find(other.node.Line); s != nil {
			if source := s.text.At(line, other.node.Column, yaml.MappingNode); source != nil {
				return o.aligned(s, source)
			}
		}
	}
	if o.tracer.marked == nil || len(o.makers) > 0 {
		return &writtenObject{}
	}
	var found []*writtenObject
	for _, s := range o.tracer.marked.survey.numbers.spans {
		for _, document := range s.text.Documents {
			for _, candidate := range itemsOf(document) {
				if sameObject(candidate, o.built) {
					found = append(found, &writtenObject{span: s, nodes: map[string]*yaml.Node{"": candidate}})
				}
			}
		}
	}
	if len(found) != 1 {
		return &writtenObject{}
	}
	return o.aligned(found[0].span, found[0].nodes[""])
}

func (o *objectTracer) aligned(s *span, source *yaml.Node) *writtenObject {
	nodes := map[string]*yaml.Node{}
	align(o.built, source, "", nodes)
	return &writtenObject{span: s, nodes: nodes}
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
