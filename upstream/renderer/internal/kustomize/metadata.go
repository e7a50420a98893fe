package kustomize

import (
	"encoding/json"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// markMetadata puts marks on the labels and annotations of a strategic-merge patch: kustomize writes them
// anew, so that they lose their lines. Only values that stand last in their line are marked, that the rest
// keeps its columns.
func (s *survey) markMetadata(content []byte, numbered *span) []byte {
	if s.marks == nil || s.markNames {
		return content
	}
	lines := strings.Split(string(content), "\n")
	for _, document := range numbered.text.Documents {
		for _, field := range []string{"labels", "annotations"} {
			pairs := mapAt(document, "metadata", field)
			for index := 0; pairs != nil && index+1 < len(pairs.Content); index += 2 {
				if value := pairs.Content[index+1]; isOwn(pairs.Content[index].Value) && value.Line <= len(lines) {
					lines[value.Line-1] = s.markLine(lines[value.Line-1], value, numbered)
				}
			}
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

// isOwn is false for what kustomize itself reads.
func isOwn(key string) bool {
	return !strings.Contains(key, "config.kubernetes.io/") && !strings.Contains(key, "kustomize.config.k8s.io/")
}

func (s *survey) markLine(line string, value *yaml.Node, numbered *span) string {
	characters := []rune(line)
	if value.Kind != yaml.ScalarNode || value.Column > len(characters) {
		return line
	}
	head, rest := string(characters[:value.Column-1]), string(characters[value.Column-1:])
	for _, quote := range []string{"", `"`, `'`} {
		after, found := strings.CutPrefix(rest, quote+value.Value+quote)
		after = strings.TrimSpace(after)
		if !found || value.Value == "" || after != "" && !strings.HasPrefix(after, "#") {
			continue
		}
		marked := &yaml.Node{Kind: yaml.ScalarNode, Tag: value.Tag, Value: value.Value}
		place := numbered.place(value.Line, value.Column)
		s.marks.text(marked, mark{place: place, field: "patches", whole: numbered.exact()})
		if quoted, err := json.Marshal(marked.Value); err == nil && marked.Value != value.Value {
			return head + string(quoted)
		}
	}
	return line
}

// mapAt is the map at a path of keys, or nil.
func mapAt(node *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		if node == nil || node.Kind != yaml.MappingNode {
			return nil
		}
		node = fieldOf(node, key)
	}
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	return node
}
