package postrender

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/kustomize"
	"driftline/renderer/internal/objects"
	"driftline/renderer/internal/provenance"
)

// input is the text that a post-renderer was given: it leads from its lines to what Helm's render knows of
// the fields that stand there.
type input struct {
	objects []objects.Object
	// fields are the fields of the objects by where they stand in the text.
	fields map[position]field
	// first are the lines at which the objects begin.
	first []int
	// known are the objects by what tells them apart; -1 where that does not.
	known map[string]int
}

type position struct {
	line, column int
	scalar       bool
}

type field struct {
	object  int
	pointer string
}

func newInput(text []byte, all []objects.Object) *input {
	in := &input{objects: all, fields: map[position]field{}, known: map[string]int{}}
	for index, object := range all {
		name := identity(object.Value)
		if _, twice := in.known[name]; twice {
			index = -1
		}
		in.known[name] = index
	}
	parsed := provenance.NewText(string(text))
	if len(parsed.Documents) != len(all) {
		return in
	}
	for index, document := range parsed.Documents {
		in.first = append(in.first, document.Line)
		provenance.Walk(document, "", func(pointer string, node *yaml.Node) {
			column := provenance.UTF16Column(parsed.Line(node.Line), node.Column)
			in.fields[position{node.Line, column, node.Kind == yaml.ScalarNode}] = field{index, pointer}
		})
	}
	return in
}

// objectOf is the object that became the made one: the one that stands at its lines, else the one of its name,
// else the one at its place; -1 where none is.
func (in *input) objectOf(at int, made objects.Object) int {
	if made.Provenance != nil && made.Provenance.Source.File == kustomize.PostRendered {
		for index := len(in.first) - 1; index >= 0; index-- {
			if in.first[index] <= made.Provenance.Source.Line {
				return index
			}
		}
	}
	if index, ok := in.known[identity(made.Value)]; ok {
		return index
	}
	if at < len(in.objects) {
		return at
	}
	return -1
}

// translate gives the fields that stand in the text the places that Helm's render gave them.
func (in *input) translate(traced *provenance.Trace, from int) *provenance.Trace {
	result := &provenance.Trace{Fields: map[string]provenance.Place{}}
	if known := in.objects[from].Provenance; known != nil {
		result.Source = known.Source
	}
	for pointer, place := range traced.Fields {
		if place.File != kustomize.PostRendered {
			place.Via = withoutInput(place.Via)
			result.Fields[pointer] = place
			continue
		}
		found, ok := in.fields[position{place.Line, place.Column, true}]
		if !ok {
			found, ok = in.fields[position{place.Line, place.Column, false}]
		}
		known := in.objects[found.object].Provenance
		if !ok || known == nil {
			continue
		}
		if place.Below {
			copyBelow(result.Fields, pointer, known.Fields, found.pointer)
		} else if helms, ok := known.Fields[found.pointer]; ok {
			if place.How == provenance.Unknown {
				helms.How = provenance.Unknown
			}
			result.Fields[pointer] = helms
		}
	}
	return result
}

func copyBelow(to map[string]provenance.Place, pointer string, from map[string]provenance.Place, prefix string) {
	for known, place := range from {
		if known == prefix || strings.HasPrefix(known, prefix+"/") {
			to[pointer+strings.TrimPrefix(known, prefix)] = place
		}
	}
}

// withoutInput leaves out the links of a chain that stand in no file of the repository.
func withoutInput(via []string) []string {
	var kept []string
	folder := strings.TrimSuffix(kustomize.PostRendered, "helm-output.yaml")
	for _, step := range via {
		if !strings.HasPrefix(step, folder) {
			kept = append(kept, step)
		}
	}
	return kept
}
