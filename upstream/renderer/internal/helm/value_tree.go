package helm

import (
	"fmt"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/provenance"
)

func parseAll(text string) []*yaml.Node { return provenance.NewText(text).Documents }

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
	if value, _ := provenance.Entry(node, key); value != nil {
		return value
	}
	for index := 0; index+1 < len(node.Content); index += 2 {
		if node.Content[index].Tag == "!!merge" {
			if found := mergedField(node.Content[index+1], key); found != nil {
				return found
			}
		}
	}
	return nil
}

// mergedField finds a key in what `<<` brings in.
func mergedField(node *yaml.Node, key string) *yaml.Node {
	switch node.Kind {
	case yaml.AliasNode:
		return mergedField(node.Alias, key)
	case yaml.MappingNode:
		return fieldOf(node, key)
	case yaml.SequenceNode:
		for _, item := range node.Content {
			if found := mergedField(item, key); found != nil {
				return found
			}
		}
	}
	return nil
}

// copied is a copy of values that shares no map or list with them.
func copied(v any) any {
	switch v := v.(type) {
	case map[string]any:
		return copiedMap(v)
	case common.Values:
		return common.Values(copiedMap(v))
	case []any:
		list := make([]any, len(v))
		for index, item := range v {
			list[index] = copied(item)
		}
		return list
	}
	return v
}

func copiedMap(v map[string]any) map[string]any {
	if v == nil {
		return nil
	}
	all := make(map[string]any, len(v))
	for key, item := range v {
		all[key] = copied(item)
	}
	return all
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

func pathText(path []any) string {
	var text strings.Builder
	for _, step := range path {
		fmt.Fprintf(&text, ".%v", step)
	}
	return text.String()
}
