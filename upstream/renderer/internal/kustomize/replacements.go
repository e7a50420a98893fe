package kustomize

import (
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/provenance"
)

// replacement is where a `replacements` entry takes its value, and the last keys of where it puts it.
type replacement struct {
	place            provenance.Place
	kind, name, path string
	targets          map[string]bool
}

// findReplacements notes the sources of a kustomization's replacements.
func (f *kustomizationFile) findReplacements(root *yaml.RNode) {
	each(root, "replacements", func(item *yaml.RNode) {
		source := item.Field("source")
		if source == nil {
			return
		}
		value := func(field string) string {
			if scalar := scalarIn(source.Value, field); scalar != nil {
				return scalar.Value
			}
			return ""
		}
		found := replacement{kind: value("kind"), name: value("name"), path: value("fieldPath")}
		if found.path == "" {
			found.path = "metadata.name"
		}
		found.place = f.place(source.Value.YNode())
		found.targets = map[string]bool{}
		each(item, "targets", func(target *yaml.RNode) {
			each(target, "fieldPaths", func(path *yaml.RNode) {
				found.targets[lastKey(path.YNode().Value, ".")] = true
			})
		})
		f.replacements = append(f.replacements, found)
	})
}

// followReplacements gives the fields whose place is not known, and which have the value that a replacement
// copies, the place of what is copied.
func (t *tracer) followReplacements(built resmap.ResMap, traces []*provenance.Trace) {
	if t.marked == nil || len(t.marked.survey.replacements) == 0 {
		return
	}
	sources := map[copied]provenance.Place{}
	for _, from := range t.marked.survey.replacements {
		for index, resource := range built.Resources() {
			if resource.GetKind() != from.kind || !strings.Contains(resource.GetName(), from.name) {
				continue
			}
			value := nodeAt(resource.YNode(), from.path)
			place, ok := traces[index].Fields["/"+strings.ReplaceAll(from.path, ".", "/")]
			if value != nil && ok && place.How != provenance.Unknown {
				place.How = provenance.Transformed
				place.Via = append(slices.Clone(place.Via), from.place.Step("replacements"))
				for key := range from.targets {
					sources[copied{key, value.Value}] = place
				}
			}
		}
	}
	for index, resource := range built.Resources() {
		provenance.Walk(resource.YNode(), "", func(pointer string, node *yaml.Node) {
			own, known := traces[index].Fields[pointer]
			source, found := sources[copied{lastKey(pointer, "/"), node.Value}]
			if node.Kind != yaml.ScalarNode || !found || known && own.How != provenance.Unknown {
				return
			}
			if known {
				source.Via = append(slices.Clone(source.Via), own.String())
			}
			traces[index].Fields[pointer] = source
		})
	}
}

// copied is a value at a key.
type copied struct{ key, value string }

func lastKey(path, separator string) string {
	return path[strings.LastIndex(path, separator)+1:]
}

// nodeAt follows a path such as `spec.rules.0.host`; nil where it ends before.
func nodeAt(node *yaml.Node, path string) *yaml.Node {
	for _, step := range strings.Split(path, ".") {
		switch {
		case node == nil:
			return nil
		case node.Kind == yaml.MappingNode:
			node = fieldOf(node, step)
		case node.Kind == yaml.SequenceNode:
			index := indexOf(step, len(node.Content))
			if index < 0 {
				return nil
			}
			node = node.Content[index]
		default:
			return nil
		}
	}
	return node
}

// indexOf reads an index of a list; -1 where it is none.
func indexOf(step string, length int) int {
	index, err := strconv.Atoi(step)
	if err != nil || index < 0 || index >= length {
		return -1
	}
	return index
}
