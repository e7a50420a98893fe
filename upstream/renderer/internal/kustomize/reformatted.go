package kustomize

import (
	"encoding/json"

	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/provenance"
)

// reformatted says of folded texts that are printed with other line breaks than they are written with that
// they are transformed: kustomize's YAML printer adds some.
func reformatted(built *resource.Resource, traced *provenance.Trace) {
	var value any
	provenance.Walk(built.YNode(), "", func(pointer string, node *yaml.Node) {
		place, known := traced.Fields[pointer]
		if node.Kind != yaml.ScalarNode || node.Style&yaml.FoldedStyle == 0 || !known || place.How != provenance.Exact {
			return
		}
		if value == nil {
			value = printedValue(built)
		}
		if valueAt(value, pointer) != node.Value {
			place.How = provenance.Transformed
			traced.Fields[pointer] = place
		}
	})
}

// printedValue is an object as its printed text reads, decoded.
func printedValue(built *resource.Resource) (value any) {
	printed, err := built.MarshalJSON()
	if err != nil || json.Unmarshal(printed, &value) != nil {
		return map[string]any{}
	}
	return value
}

// valueAt is the value of decoded JSON at a pointer, or nil.
func valueAt(value any, pointer string) any {
	for _, step := range provenance.Steps(pointer) {
		switch at := value.(type) {
		case map[string]any:
			value = at[step]
		case []any:
			index := indexOf(step, len(at))
			if index < 0 {
				return nil
			}
			value = at[index]
		default:
			return nil
		}
	}
	return value
}
