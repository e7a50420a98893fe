package kustomize

import (
	"encoding/json"
	"path"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// keepNames makes JSON 6902 patches that give objects other names into strategic-merge patches that do only
// that: where the others are left out, objects must still be told apart and be found.
func (f *kustomizationFile) keepNames(root *yaml.RNode) {
	var moved []*yaml.Node
	for _, field := range []string{"patches", "patchesJson6902"} {
		list := root.Field(field)
		if list == nil || list.Value.YNode().Kind != yaml.SequenceNode {
			continue
		}
		kept := list.Value.YNode().Content[:0:0]
		for _, item := range list.Value.YNode().Content {
			renaming := f.renaming(yaml.NewRNode(item))
			if renaming == nil {
				kept = append(kept, item)
			} else if field == "patches" {
				kept = append(kept, renaming)
			} else {
				moved = append(moved, renaming)
			}
		}
		list.Value.YNode().Content = kept
	}
	for _, renaming := range moved {
		push(root, "patches", yaml.NewRNode(renaming))
	}
}

// renaming is the entry that only changes the name as the patch of this entry does; nil where that does not.
func (f *kustomizationFile) renaming(item *yaml.RNode) *yaml.Node {
	if item.YNode().Kind != yaml.MappingNode || item.Field("target") == nil {
		return nil
	}
	text := ""
	if inline := scalarIn(item, "patch"); inline != nil {
		text = inline.Value
	} else if file := scalarIn(item, "path"); file != nil {
		content, _ := f.view.Content(path.Join(path.Dir(f.name), file.Value))
		text = string(content)
	}
	operations := jsonPatch(text)
	if operations == nil {
		return nil
	}
	name := ""
	for _, operation := range operations.Content() {
		op, at, value := fieldOf(operation, "op"), fieldOf(operation, "path"), fieldOf(operation, "value")
		if op != nil && op.Value != "test" && at != nil && at.Value == "/metadata/name" && value != nil {
			name = value.Value
		}
	}
	if name == "" {
		return nil
	}
	f.jsonPatches++
	made := yaml.NewMapRNode(nil)
	set(made, "target", item.Field("target").Value)
	quoted, _ := json.Marshal(name)
	set(made, "patch", yaml.NewStringRNode("apiVersion: v1\nkind: Renamed\nmetadata:\n  name: "+string(quoted)+"\n"))
	set(made, "options", withoutLines(yaml.MustParse("allowNameChange: true")))
	return made.YNode()
}
