package kustomize

import (
	"encoding/json"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/provenance"
)

// reformatted says of folded texts that are printed with other line breaks than they are written with that
// they are transformed: kustomize's YAML printer adds some.
func reformatted(built *yaml.Node, printed []byte, traced *provenance.Trace) {
	var value any
	provenance.Walk(built, "", func(pointer string, node *yaml.Node) {
		place, known := traced.Fields[pointer]
		if node.Kind != yaml.ScalarNode || node.Style&yaml.FoldedStyle == 0 || !known || place.How != provenance.Exact {
			return
		}
		if value == nil && json.Unmarshal(printed, &value) != nil {
			value = map[string]any{}
		}
		if valueAt(value, pointer) != node.Value {
			place.How = provenance.Transformed
			traced.Fields[pointer] = place
		}
	})
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
