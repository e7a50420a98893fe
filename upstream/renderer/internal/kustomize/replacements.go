package kustomize

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/resmap"
	kyamlutils "sigs.k8s.io/kustomize/kyaml/utils"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/provenance"
)

// replacement copies the value of one object's field to fields of others.
type replacement struct {
	// place is where it is written, and step the field that acts there.
	place provenance.Place
	step  string
	// from selects the object whose field at path is copied; words are as written, not regular expressions.
	from map[string]string
	path string
	// parts is true where only a part of the source is copied.
	parts bool
	// owner is the kustomization.
	owner   string
	targets []replacementTarget
}

type replacementTarget struct {
	// place is where it says what it selects.
	place    provenance.Place
	selected *selector
	rejected []*selector
	paths    []string
	// parts is true where only a part of the field is set.
	parts bool
}

// kustomizeVar is an entry of vars: what stands for `$(name)`.
type kustomizeVar struct {
	name string
	replacement
}

// findReplacements notes the replacements of a kustomization, also those in files of their own, and its vars.
func (f *kustomizationFile) findReplacements(root *yaml.RNode) {
	each(root, "replacements", func(item *yaml.RNode) {
		file := scalarIn(item, "path")
		if file == nil {
			f.addReplacement(item, f.place)
			return
		}
		name := path.Join(path.Dir(f.name), file.Value)
		for _, document := range textOf(f.view, name).Documents {
			entries := []*yaml.Node{document}
			if document.Kind == yaml.SequenceNode {
				entries = document.Content
			}
			for _, entry := range entries {
				f.addReplacement(yaml.NewRNode(entry), func(node *yaml.Node) provenance.Place {
					return provenance.Place{File: name, Line: node.Line, Column: node.Column}
				})
			}
		}
	})
	each(root, "vars", func(item *yaml.RNode) {
		name, object := scalarIn(item, "name"), item.Field("objref")
		if name == nil || object == nil {
			return
		}
		found := kustomizeVar{name.Value, replacement{place: f.place(item.YNode()), step: "vars", path: "metadata.name"}}
		found.from = words(object.Value)
		if field := item.Field("fieldref"); field != nil {
			if scalar := scalarIn(field.Value, "fieldpath"); scalar != nil {
				found.path = scalar.Value
			} else if scalar := scalarIn(field.Value, "fieldPath"); scalar != nil {
				found.path = scalar.Value
			}
		}
		f.variables = append(f.variables, found)
	})
}

func (f *kustomizationFile) addReplacement(item *yaml.RNode, place func(*yaml.Node) provenance.Place) {
	if item.YNode().Kind != yaml.MappingNode || item.Field("source") == nil {
		return
	}
	source := item.Field("source").Value
	found := replacement{place: place(item.YNode()), step: "replacements", from: words(source), path: "metadata.name", owner: f.name}
	found.parts = hasDelimiter(source)
	if scalar := scalarIn(source, "fieldPath"); scalar != nil && scalar.Value != "" {
		found.path = scalar.Value
	}
	each(item, "targets", func(target *yaml.RNode) {
		selected := target.Field("select")
		if selected == nil {
			return
		}
		made := replacementTarget{selected: newSelector(selected.Value), parts: hasDelimiter(target), place: placeOfSelector(selected.Value, place)}
		each(target, "reject", func(rejected *yaml.RNode) { made.rejected = append(made.rejected, newSelector(rejected)) })
		each(target, "fieldPaths", func(path *yaml.RNode) { made.paths = append(made.paths, path.YNode().Value) })
		if len(made.paths) == 0 {
			made.paths = []string{"metadata.name"}
		}
		if made.selected != nil {
			found.targets = append(found.targets, made)
		}
	})
	f.replacements = append(f.replacements, found)
}

func hasDelimiter(node *yaml.RNode) bool {
	options := node.Field("options")
	return options != nil && scalarIn(options.Value, "delimiter") != nil
}

// words are the scalars of a map.
func words(node *yaml.RNode) map[string]string {
	found := map[string]string{}
	if node.YNode().Kind == yaml.MappingNode {
		content := node.YNode().Content
		for index := 0; index+1 < len(content); index += 2 {
			found[content[index].Value] = content[index+1].Value
		}
	}
	return found
}

// isFrom tells whether an object is the one that is copied from.
func (r *replacement) isFrom(object identity) bool {
	want := r.from
	group, version := want["group"], want["version"]
	if api := want["apiVersion"]; api != "" {
		group, version = "", api
		if before, after, ok := strings.Cut(api, "/"); ok {
			group, version = before, after
		}
	}
	return (want["kind"] == "" || want["kind"] == object.kind) && (group == "" || group == object.group) &&
		(version == "" || version == object.version) && (want["name"] == "" || slices.Contains(object.names, want["name"])) &&
		(want["namespace"] == "" || slices.Contains(object.namespaces, want["namespace"]))
}

// copies follows what replacements and variables copied, after all other places are known.
type copies struct {
	*tracer
	built  resmap.ResMap
	traces []*provenance.Trace
}

// copiesFields tells whether a kustomization has replacements or variables.
func (t *tracer) copiesFields() bool {
	return t.marked != nil && len(t.marked.survey.replacements)+len(t.marked.survey.variables) > 0
}

// identity is what the object is selected by, with the names it had before.
func (o *objectTracer) identity() identity {
	object := identityOf(o.built)
	if root := o.text().root; root != nil {
		object = object.also(root)
	}
	for _, maker := range o.makers {
		object.names, object.namespaces = append(object.names, maker.name), append(object.namespaces, "")
	}
	return object
}

// followCopies gives the fields that replacements and variables set the place of what was copied. Where that
// is not known to be the value, the place is no longer claimed.
func (t *tracer) followCopies(built resmap.ResMap, traces []*provenance.Trace) {
	if !t.copiesFields() {
		return
	}
	c := &copies{tracer: t, built: built, traces: traces}
	for _, from := range inOrder(t.marked.survey, t.marked.survey.replacements, func(from replacement) string { return from.owner }) {
		c.follow(from)
	}
	c.expand(t.marked.survey.variables)
}

// source is the field that a replacement copies, and its place; not ok where it is not known.
func (c *copies) source(from *replacement) (value string, place provenance.Place, ok bool) {
	for index, object := range c.identities {
		if !from.isFrom(object) {
			continue
		}
		for pointer, node := range fieldsAt(c.built.Resources()[index].YNode(), from.path) {
			place, known := c.traces[index].Fields[pointer]
			return node.Value, place, node.Kind == yaml.ScalarNode && known && place.How != provenance.Unknown
		}
	}
	return "", place, false
}

func (c *copies) follow(from replacement) {
	value, place, known := c.source(&from)
	for index, object := range c.identities {
		for _, target := range from.targets {
			if target.selects(object) {
				for _, at := range target.paths {
					c.copy(index, at, copied{value, place, known, from.parts || target.parts}, &from)
				}
			}
		}
	}
}

func (t replacementTarget) selects(object identity) bool {
	return t.selected.selects(object) && !slices.ContainsFunc(t.rejected, func(rejected *selector) bool {
		return rejected != nil && !rejected.byLabels && rejected.selects(object)
	})
}

// copy gives the fields at a path the place of the source, if its value, or a part of it, is in them.
func (c *copies) copy(index int, at string, source copied, from *replacement) {
	for pointer, node := range fieldsAt(c.built.Resources()[index].YNode(), at) {
		own, found := c.traces[index].Fields[pointer]
		if node.Kind != yaml.ScalarNode {
			continue
		}
		if step := from.place.Step(from.step); found && own.String() == source.place.String() {
			if !slices.Contains(own.Via, step) {
				own.Via = append(slices.Clone(own.Via), step)
				c.traces[index].Fields[pointer] = own
			}
			continue
		}
		place := own
		switch {
		case source.known && source.makes(node.Value):
			place = source.place
			place.Via = append(slices.Clone(place.Via), from.place.Step(from.step))
			if found {
				place.Via = append(place.Via, own.String())
			}
			place.How = provenance.Transformed
			if !strings.Contains(node.Value, source.value) {
				place.How = provenance.Unknown
			}
		case found && own.How == provenance.Exact && !source.known:
			place.How = provenance.Unknown
		default:
			continue
		}
		c.traces[index].Fields[pointer] = place
	}
}

// copied is the value of a source and its place, known or not.
type copied struct {
	value string
	place provenance.Place
	known bool
	// parts is true where parts of texts are copied.
	parts bool
}

// makes tells whether a value is the copied one, or may have a part of it.
func (c copied) makes(value string) bool {
	if !c.parts || c.value == "" {
		return value == c.value
	}
	return strings.Contains(value, c.value) || strings.Contains(c.value, value)
}

var variableText = regexp.MustCompile(`\$\(([-._A-Za-z0-9]+)\)`)

// expand leads fields whose text has variables to what they stand for.
func (c *copies) expand(variables []kustomizeVar) {
	for index := range c.identities {
		for pointer, place := range c.traces[index].Fields {
			if place.How != provenance.Unknown || place.File == "" {
				continue
			}
			written := textOf(c.view, place.File).Line(place.Line)
			for _, used := range variableText.FindAllStringSubmatch(written, -1) {
				c.stand(index, pointer, place, used[1], variables)
			}
		}
	}
}

func (c *copies) stand(index int, pointer string, own provenance.Place, name string, variables []kustomizeVar) {
	for _, found := range variables {
		if found.name != name {
			continue
		}
		value, place, known := c.source(&found.replacement)
		node := nodeAt(c.built.Resources()[index].YNode(), pointer)
		if known && value != "" && node != nil && strings.Contains(node.Value, value) {
			place.How = provenance.Transformed
			place.Via = append(slices.Clone(place.Via), found.place.Step("vars"), own.String())
			c.traces[index].Fields[pointer] = place
		}
	}
}

// fieldsAt are the nodes at a path as replacements write it: `spec.containers.[name=app].image`, `*` for all.
func fieldsAt(root *yaml.Node, at string) map[string]*yaml.Node {
	found := map[string]*yaml.Node{"": root}
	for _, step := range kyamlutils.SmarterPathSplitter(at, ".") {
		next := map[string]*yaml.Node{}
		for pointer, node := range found {
			descend(node, pointer, step, next)
		}
		found = next
	}
	return found
}

func descend(node *yaml.Node, pointer, step string, found map[string]*yaml.Node) {
	switch node.Kind {
	case yaml.MappingNode:
		for index := 0; index+1 < len(node.Content); index += 2 {
			if key := node.Content[index].Value; step == "*" || step == key {
				found[provenance.Field(pointer, key)] = node.Content[index+1]
			}
		}
	case yaml.SequenceNode:
		key, value, byField := strings.Cut(strings.Trim(step, "[]"), "=")
		for index, item := range node.Content {
			field := item
			if key != "" && byField && item.Kind == yaml.MappingNode {
				field = fieldOf(item, key)
			}
			selected := byField && field != nil && field.Value == value
			if step == "*" || selected || indexOf(step, len(node.Content)) == index {
				found[provenance.Item(pointer, index)] = item
			}
		}
	}
}

// nodeAt is the node at a pointer; nil where it ends before.
func nodeAt(node *yaml.Node, pointer string) *yaml.Node {
	for _, step := range provenance.Steps(pointer) {
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
