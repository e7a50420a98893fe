package kustomize

import (
	"fmt"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/provenance"
)

// kustomizationFile is one kustomization as it is read.
type kustomizationFile struct {
	*survey
	name  string
	lines []string
}

// place is where a node stands; what Flux adds stands in its Kustomization.
func (f *kustomizationFile) place(node *yaml.Node) provenance.Place {
	if node.Line == 0 {
		return f.origin
	}
	file, lines, number := f.source(node)
	line := ""
	if number <= len(lines) {
		line = lines[number-1]
	}
	return provenance.Place{File: file, Line: number, Column: provenance.UTF16Column(line, node.Column)}
}

// source is the file in which a node stands, with its lines, and the node's line there.
func (f *kustomizationFile) source(node *yaml.Node) (file string, lines []string, line int) {
	if node.Line < 0 {
		mark := f.made.written.marked(node.Line)
		return mark.file.name, mark.file.lines, mark.line
	}
	return f.name, f.lines, node.Line
}

// each visits the items of a list field.
func each(root *yaml.RNode, field string, visit func(*yaml.RNode)) {
	list := root.Field(field)
	if list == nil || list.Value.YNode().Kind != yaml.SequenceNode {
		return
	}
	items, _ := list.Value.Elements()
	for _, item := range items {
		visit(item)
	}
}

// scalarIn is the scalar that a map has at a field, or nil.
func scalarIn(node *yaml.RNode, field string) *yaml.Node {
	if node == nil || node.YNode().Kind != yaml.MappingNode {
		return nil
	}
	found := node.Field(field)
	if found == nil || found.Value.YNode().Kind != yaml.ScalarNode {
		return nil
	}
	return found.Value.YNode()
}

var fileLists = []string{
	"resources", "bases", "components", "patchesStrategicMerge", "transformers", "generators", "crds", "configurations",
}

// references notes which files and folders the kustomization names, and where.
func (f *kustomizationFile) references(root *yaml.RNode) {
	enter := func(scalar *yaml.Node, field string) {
		if scalar == nil || strings.Contains(scalar.Value, "\n") || strings.Contains(scalar.Value, "://") {
			return
		}
		target := path.Join(path.Dir(f.name), scalar.Value)
		if _, known := f.parents[target]; !known {
			f.parents[target] = reference{f.place(scalar), field}
		}
	}
	for _, field := range fileLists {
		each(root, field, func(item *yaml.RNode) {
			if item.YNode().Kind == yaml.ScalarNode {
				enter(item.YNode(), field)
			}
		})
	}
	for _, field := range []string{"patches", "patchesJson6902", "replacements"} {
		each(root, field, func(item *yaml.RNode) { enter(scalarIn(item, "path"), field) })
	}
}

// patches numbers the patches that are written inside the kustomization.
func (f *kustomizationFile) patches(root *yaml.RNode) {
	for _, field := range []string{"patches", "patchesJson6902"} {
		each(root, field, func(item *yaml.RNode) {
			if patch := scalarIn(item, "patch"); patch != nil {
				f.inner(patch, true)
			}
		})
	}
	for _, field := range []string{"patchesStrategicMerge", "transformers", "generators"} {
		each(root, field, func(item *yaml.RNode) {
			if node := item.YNode(); node.Kind == yaml.ScalarNode && strings.ContainsAny(node.Value, "\n{") {
				f.inner(node, field == "patchesStrategicMerge")
			}
		})
	}
}

// innerName names a text that is written inside the kustomization.
func (f *kustomizationFile) innerName(scalar *yaml.Node) string {
	name := fmt.Sprintf("%s:%d:%d", f.name, scalar.Line, scalar.Column)
	if scalar.Line == 0 {
		name += scalar.Value
	}
	return name
}

func (f *kustomizationFile) inner(scalar *yaml.Node, patches bool) {
	file, lines, line := f.source(scalar)
	outer := outerOf(scalar, line, lines, f.place(scalar))
	numbered := f.numbers.add(f.innerName(scalar), file, provenance.NewText(scalar.Value), outer)
	if patch := jsonPatch(scalar.Value); patch != nil {
		scalar.Value = f.jsonPatch(patch, numbered)
	} else {
		content := []byte(scalar.Value)
		if patches {
			content = f.markMetadata(content, numbered)
		}
		scalar.Value = string(numbered.padded(content))
	}
	scalar.Style = yaml.DoubleQuotedStyle
}

// mark puts marks on what the kustomization sets itself.
func (f *kustomizationFile) mark(root *yaml.RNode) {
	text := func(scalar *yaml.Node, field string) {
		if scalar != nil && scalar.Value != "" {
			f.marks.text(scalar, mark{place: f.place(scalar), field: field})
		}
	}
	for _, field := range []string{"namespace", "namePrefix", "nameSuffix"} {
		scalar := scalarIn(root, field)
		f.makesNames = f.makesNames || scalar != nil
		if f.markNames {
			text(scalar, field)
		}
	}
	if f.markNames {
		return
	}
	each(root, "images", func(image *yaml.RNode) {
		for _, field := range []string{"newName", "newTag", "digest", "tagSuffix"} {
			text(scalarIn(image, field), "images")
		}
	})
	each(root, "replicas", func(replicas *yaml.RNode) {
		if count := scalarIn(replicas, "count"); count != nil {
			f.marks.number(count, mark{place: f.place(count), field: "replicas"})
		}
	})
	each(root, "replacements", func(item *yaml.RNode) { text(scalarIn(item, "sourceValue"), "replacements") })
	f.markMaps(root, text)
}

// markMaps marks labels and annotations.
func (f *kustomizationFile) markMaps(root *yaml.RNode, text func(*yaml.Node, string)) {
	values := func(parent *yaml.RNode, key, field string) {
		if parent == nil || parent.YNode().Kind != yaml.MappingNode {
			return
		}
		pairs := parent.Field(key)
		if pairs == nil || pairs.Value.YNode().Kind != yaml.MappingNode {
			return
		}
		for index, content := 1, pairs.Value.YNode().Content; index < len(content); index += 2 {
			if content[index].Kind == yaml.ScalarNode {
				text(content[index], field)
			}
		}
	}
	values(root, "commonLabels", "commonLabels")
	values(root, "commonAnnotations", "commonAnnotations")
	each(root, "labels", func(item *yaml.RNode) { values(item, "pairs", "labels") })
	options := func(parent *yaml.RNode, key, field string) {
		if found := parent.Field(key); found != nil {
			values(found.Value, "labels", field)
			values(found.Value, "annotations", field)
		}
	}
	options(root, "generatorOptions", "generatorOptions")
	for _, field := range []string{"configMapGenerator", "secretGenerator"} {
		each(root, field, func(item *yaml.RNode) { options(item, "options", field) })
	}
}
