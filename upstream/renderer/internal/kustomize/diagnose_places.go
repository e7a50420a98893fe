package kustomize

import (
	"path"
	"regexp"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/provenance"
)

// placeIn is the node of an entry that a message is about, as near as the message tells.
func placeIn(field string, item *yaml.Node, text string) *yaml.Node {
	if item.Kind != yaml.MappingNode {
		return item
	}
	if field == "replacements" {
		if node := inReplacement(item, text); node != nil {
			return node
		}
	}
	var best *yaml.Node
	length := 1
	provenance.Walk(item, "", func(_ string, node *yaml.Node) {
		if node.Kind != yaml.ScalarNode || strings.Contains(node.Value, "\n") {
			return
		}
		// `key=path` of a generator's files
		value := node.Value[strings.IndexByte(node.Value, '=')+1:]
		if len(value) > length && mentioned(text, value) {
			best, length = node, len(value)
		}
	})
	if best != nil {
		return best
	}
	for _, name := range []string{"path", "patch", "name"} {
		if value := fieldOf(item, name); value != nil {
			return value
		}
	}
	return item
}

func mentioned(text, value string) bool {
	return regexp.MustCompile(`(^|[^\w-])` + regexp.QuoteMeta(value) + `($|[^\w-])`).MatchString(text)
}

// inReplacement is the part of a replacement that a message is about: what selects its source, or a field's path.
func inReplacement(item *yaml.Node, text string) *yaml.Node {
	source := fieldOf(item, "source")
	switch {
	case source == nil:
		return nil
	case strings.Contains(text, "nothing selected by"), strings.Contains(text, "multiple matches for selector"):
		for _, name := range []string{"name", "kind", "namespace", "group", "version"} {
			if value := fieldOf(source, name); value != nil {
				return value
			}
		}
		return source
	case strings.Contains(text, "for replacement source"):
		if value := fieldOf(source, "fieldPath"); value != nil {
			return value
		}
		return source
	}
	var found *yaml.Node
	if targets := fieldOf(item, "targets"); targets != nil {
		for _, target := range targets.Content {
			paths := fieldOf(target, "fieldPaths")
			if paths == nil {
				continue
			}
			for _, node := range paths.Content {
				if found == nil && strings.Contains(text, node.Value) {
					found = node
				}
			}
		}
	}
	return found
}

// operation finds the operation of a JSON 6902 patch that fails; a patch that names its object by itself is pointed at
// by its name, where it stands in the kustomization.
func (d *diagnosis) operation(file *editedFile, field string, index int, text string, found *cause) {
	item := file.root.Field(field).Value.Content()[index]
	var placed *span
	inline, named := fieldOf(item, "patch"), fieldOf(item, "path")
	target := ""
	switch {
	case inline != nil:
		name, lines, line := file.source(inline)
		placed = &span{file: name, text: provenance.NewText(inline.Value), outer: outerOf(inline, line, lines, file.place(inline))}
	case named != nil:
		target = path.Join(path.Dir(file.name), named.Value)
		content, ok := d.view.Content(target)
		if !ok {
			return
		}
		placed = &span{file: target, text: provenance.NewText(string(content))}
	}
	if placed == nil || len(placed.text.Documents) == 0 {
		return
	}
	document := placed.text.Documents[0]
	if document.Kind == yaml.MappingNode && inline != nil {
		if name := fieldOf(fieldOrEmpty(document, "metadata"), "name"); name != nil && strings.Contains(text, "no matches for Id") {
			found.fault.Place = placed.place(name.Line, name.Column)
		}
	}
	if document.Kind != yaml.SequenceNode || strings.Contains(text, "must specify a target") {
		return
	}
	with := func(operations []*yaml.Node) (root *yaml.RNode, view *files.View) {
		list := *document
		list.Content = operations
		content, _ := yaml.NewRNode(&list).String()
		if len(operations) == 0 {
			content = "[]"
		}
		if target != "" {
			return file.root, d.view.With(target, []byte(content))
		}
		root = file.root.Copy()
		patch := fieldOf(root.Field(field).Value.Content()[index], "patch")
		patch.Value, patch.Style = content, yaml.DoubleQuotedStyle
		return root, d.view
	}
	all := document.Content
	for length := 1; length <= len(all); length++ {
		root, view := with(all[:length])
		probe := *d
		probe.view = view
		if probe.mends(file, root, text) {
			continue
		}
		operation := all[length-1]
		if at := fieldOf(operation, "path"); at != nil {
			found.fault.Place = placed.place(at.Line, at.Column)
			found.path, found.fault.Path = at.Value, at.Value
		}
		if op := fieldOf(operation, "op"); op != nil && strings.Contains(text, "Unexpected kind: ") {
			found.fault.Place = placed.place(op.Line, op.Column)
		}
		if left := blanked(placed.text.Lines, all, length-1); left != "" {
			found.remove = func() {
				if target != "" {
					d.view = d.view.With(target, []byte(left))
					return
				}
				root := file.root.Copy()
				fieldOf(root.Field(field).Value.Content()[index], "patch").Value = left
				d.keep(file, root)
			}
		}
		return
	}
}

// blanked is a list of operations with empty lines in the place of one, so that the others keep their lines; empty where
// none would be left, or several stand in one line.
func blanked(lines []string, operations []*yaml.Node, index int) string {
	end := len(lines)
	if index+1 < len(operations) {
		end = operations[index+1].Line - 1
	}
	start := operations[index].Line - 1
	if len(operations) == 1 || start >= end || index > 0 && operations[index-1].Line-1 >= start {
		return ""
	}
	left := append([]string{}, lines...)
	for at := start; at < end; at++ {
		left[at] = ""
	}
	text := strings.Join(left, "\n")
	if jsonPatch(text) == nil {
		return ""
	}
	return text
}

func fieldOrEmpty(node *yaml.Node, name string) *yaml.Node {
	if found := fieldOf(node, name); found != nil {
		return found
	}
	return &yaml.Node{Kind: yaml.MappingNode}
}

var registered = regexp.MustCompile(`may not add resource with an already registered id: (\w+)\.[^/]*/(\S+)\.[^.\s]+`)

// duplicate finds the two ways in which an object comes into a build twice.
func (d *diagnosis) duplicate(file *editedFile, field string, index int, text string, found *cause) {
	named := registered.FindStringSubmatch(text)
	if named == nil {
		return
	}
	entries := file.root.Field(field).Value.Content()
	second := d.way(file, entries[index], named[1], named[2], map[string]bool{})
	var first []link
	for at := 0; at < index && first == nil; at++ {
		first = d.way(file, entries[at], named[1], named[2], map[string]bool{})
	}
	if first == nil || second == nil {
		return
	}
	one, other := first[len(first)-1], second[len(second)-1]
	if one.target != other.target {
		found.fault.Place = other.object
		found.fault.Related = []provenance.Place{one.object}
		return
	}
	for _, step := range second {
		for _, earlier := range first {
			if step.target == earlier.target && step.spot != earlier.spot {
				found.fault.Place, found.fault.Related = step.at(), []provenance.Place{earlier.at()}
				return
			}
		}
	}
}

// link is an entry of a kustomization that leads to an object: through a folder, or the file in which it stands.
type link struct {
	target string
	spot   spot
	object provenance.Place
}

type spot struct {
	file         string
	line, column int
}

func (l link) at() provenance.Place {
	return provenance.Place{File: l.spot.file, Line: l.spot.line, Column: l.spot.column}
}

// way leads from an entry to the text that holds an object of this kind and name; nil where none does.
func (d *diagnosis) way(file *editedFile, entry *yaml.Node, kind, name string, seen map[string]bool) []link {
	target := path.Join(path.Dir(file.name), entry.Value)
	if entry.Kind != yaml.ScalarNode || seen[target] {
		return nil
	}
	seen[target] = true
	at := file.place(entry)
	step := link{target: target, spot: spot{at.File, at.Line, at.Column}}
	if content, ok := d.view.Content(target); ok {
		s := &span{file: target, text: provenance.NewText(string(content))}
		for _, document := range s.text.Documents {
			for _, object := range itemsOf(document) {
				named := fieldOf(fieldOrEmpty(object, "metadata"), "name")
				if of := fieldOf(object, "kind"); of != nil && of.Value == kind && named != nil && named.Value == name {
					step.object = s.place(named.Line, named.Column)
					return []link{step}
				}
			}
		}
		return nil
	}
	inner := d.open(target)
	if inner == nil {
		return nil
	}
	for _, field := range []string{"resources", "bases", "components"} {
		if inner.root.Field(field) == nil || inner.root.Field(field).Value.YNode().Kind != yaml.SequenceNode {
			continue
		}
		for _, next := range inner.root.Field(field).Value.Content() {
			if rest := d.way(inner, next, kind, name, seen); rest != nil {
				return append([]link{step}, rest...)
			}
		}
	}
	return nil
}
