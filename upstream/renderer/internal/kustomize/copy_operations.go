package kustomize

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/provenance"
)

// followCopyOperations leads what JSON 6902 operations copied to where it was copied from.
func (o *objectTracer) followCopyOperations() {
	for _, made := range o.changes() {
		for at, operation := range made.nodes {
			if operation.Kind != yaml.MappingNode {
				continue
			}
			op, from := fieldOf(operation, "op"), fieldOf(operation, "from")
			if op == nil || from == nil || op.Value != "copy" || !made.sure {
				continue
			}
			step := made.span.place(operation.Line, operation.Column).Step(made.field)
			made := nodeAt(o.built, at)
			if made == nil {
				continue
			}
			provenance.Walk(made, at, func(pointer string, _ *yaml.Node) {
				if own, known := o.fields[pointer]; !known || own.How == provenance.Unknown {
					o.copyFrom(from.Value+strings.TrimPrefix(pointer, at), pointer, step)
				}
			})
		}
	}
}

func (o *objectTracer) copyFrom(source, pointer, step string) {
	place, known := o.fields[source]
	from, to := nodeAt(o.built, source), nodeAt(o.built, pointer)
	if !known || place.How == provenance.Unknown || from == nil || to == nil || !sameValue(from, to) {
		return
	}
	if place.How == provenance.Exact {
		place.How = provenance.Transformed
	}
	place.Via = append(slices.Clone(place.Via), step)
	o.fields[pointer] = place
}
