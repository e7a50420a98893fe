package helm

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/provenance"
)

func rootOf(text *provenance.Text) *yaml.Node {
	if len(text.Documents) == 0 {
		return nil
	}
	return text.Documents[0]
}

func nodeAt(node *yaml.Node, path []any) *yaml.Node {
	for _, step := range path {
		if node != nil && node.Kind == yaml.AliasNode {
			node = node.Alias
		}
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
	if node != nil && node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

func fieldOf(node *yaml.Node, key string) *yaml.Node {
	if node.Kind != yaml.MappingNode {
		return nil
	}
	for index := 0; index+1 < len(node.Content); index += 2 {
		if node.Content[index].Value == key {
			return node.Content[index+1]
		}
	}
	return nil
}

// changed is a copy of values with another one at a path; what is not in them is taken from the effective.
func changed(values, effective any, path []any, value any) any {
	if len(path) == 0 {
		return value
	}
	switch key := path[0].(type) {
	case string:
		copied := maps.Clone(mapOf(values))
		if copied == nil {
			copied = map[string]any{}
		}
		copied[key] = changed(copied[key], mapOf(effective)[key], path[1:], value)
		return copied
	case int:
		list, ok := values.([]any)
		if !ok {
			list, _ = effective.([]any)
		}
		copied := append([]any(nil), list...)
		if key < len(copied) {
			below, _ := effective.([]any)
			var effectiveItem any
			if key < len(below) {
				effectiveItem = below[key]
			}
			copied[key] = changed(copied[key], effectiveItem, path[1:], value)
		}
		return copied
	}
	return values
}

func walkValues(value any, path []any, visit func(path []any, value any)) {
	if m := mapOf(value); m != nil {
		for key, child := range m {
			walkValues(child, append(path[:len(path):len(path)], key), visit)
		}
		return
	}
	if list, ok := value.([]any); ok {
		for index, child := range list {
			walkValues(child, append(path[:len(path):len(path)], index), visit)
		}
		return
	}
	if value != nil && len(path) > 0 {
		visit(path, value)
	}
}

func mapOf(value any) map[string]any {
	switch m := value.(type) {
	case map[string]any:
		return m
	case common.Values:
		return m
	}
	return nil
}

// valueText is a value as templates print it.
func valueText(value any) string {
	if number, ok := value.(float64); ok {
		return strconv.FormatFloat(number, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}

func pathText(path []any) string {
	var text strings.Builder
	for _, step := range path {
		fmt.Fprintf(&text, ".%v", step)
	}
	return text.String()
}
