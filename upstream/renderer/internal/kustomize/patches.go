package kustomize

import (
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/provenance"
)

// patch is an entry of a kustomization's patches.
type patch struct {
	place provenance.Place
	// named is where it says what it is for.
	named provenance.Place
	// general is true for what an engine adds that names no object: it may be meant for other builds, too.
	general bool
	// field is the list in which it stands.
	field string
	// target is nil where the patch itself names its object.
	target *selector
	// text is the name in the numbering of the patch's own text.
	text string
	// owner is the kustomization.
	owner string
}

// findPatches notes the entries of a kustomization that patch objects.
func (f *kustomizationFile) findPatches(root *yaml.RNode) {
	// A component's patches are for what includes it.
	f.makesObjects = f.makesObjects || len(f.levels) == 1 && root.GetKind() == "Component"
	for _, field := range []string{"generators", "transformers", "helmCharts", "helmChartInflationGenerator"} {
		f.makesObjects = f.makesObjects || !root.Field(field).IsNilOrEmpty()
	}
	for _, field := range []string{"patches", "patchesJson6902", "patchesStrategicMerge"} {
		each(root, field, func(item *yaml.RNode) {
			found := patch{place: f.place(item.YNode()), field: field, owner: f.name}
			if item.YNode().Kind == yaml.ScalarNode {
				found.text = f.textName(item.YNode(), item.YNode())
				f.entries = append(f.entries, found)
				return
			}
			if target := item.Field("target"); target != nil {
				found.target = newSelector(target.Value)
				found.named = placeOfSelector(target.Value, f.place)
				found.general = item.YNode().Line <= 0 && scalarIn(target.Value, "name") == nil
			}
			found.text = f.textName(scalarIn(item, "path"), scalarIn(item, "patch"))
			if options := item.Field("options"); options != nil {
				allows := func(change string) bool {
					scalar := scalarIn(options.Value, change)
					return scalar != nil && scalar.Value == "true"
				}
				f.makesNames = f.makesNames || allows("allowNameChange")
				f.makesObjects = f.makesObjects || allows("allowKindChange")
			}
			f.entries = append(f.entries, found)
		})
	}
}

// textName is the name in the numbering of a file or, where the entry holds the text itself, of that.
func (f *kustomizationFile) textName(file, inline *yaml.Node) string {
	if inline != nil && (inline != file || strings.ContainsAny(inline.Value, "\n{")) {
		return f.innerName(inline)
	}
	if file == nil {
		return ""
	}
	return path.Join(path.Dir(f.name), file.Value)
}

// change is what one patch says about an object, by the pointers of the built object.
type change struct {
	patch
	span  *span
	nodes map[string]*yaml.Node
	// sure is false where labels decide whether the patch acts on the object.
	sure bool
}

// changesOf finds what patches say about an object, in the order in which they act.
func (t *tracer) changesOf(object identity, built *yaml.Node) []change {
	var found []change
	if t.entries == nil {
		t.entries = inOrder(t.marked.survey, t.marked.survey.entries, func(entry patch) string { return entry.owner })
	}
	for _, entry := range t.entries {
		s := t.marked.survey.numbers.byName[entry.text]
		if s == nil || entry.target != nil && !entry.target.selects(object) {
			continue
		}
		for _, document := range s.text.Documents {
			made := change{patch: entry, span: s, nodes: map[string]*yaml.Node{}}
			made.sure = entry.target == nil || !entry.target.byLabels
			switch {
			case document.Kind == yaml.SequenceNode && entry.target != nil:
				operationsOf(document, made.nodes)
			case document.Kind == yaml.MappingNode && (entry.target != nil || names(document, object)):
				align(built, document, "", made.nodes)
			default:
				continue
			}
			found = append(found, made)
		}
	}
	return found
}

// names tells whether a document names an object.
func names(document *yaml.Node, object identity) bool {
	own := identityOf(document)
	if own.kind != object.kind || own.group != object.group {
		return false
	}
	for index, name := range object.names {
		if name == own.names[0] && (own.namespaces[0] == "" || object.namespaces[index] == own.namespaces[0]) {
			return true
		}
	}
	return false
}

// operationsOf notes the values that JSON 6902 operations put somewhere.
func operationsOf(patch *yaml.Node, found map[string]*yaml.Node) {
	for _, operation := range patch.Content {
		if operation.Kind != yaml.MappingNode {
			continue
		}
		op, at, value := fieldOf(operation, "op"), fieldOf(operation, "path"), fieldOf(operation, "value")
		if op == nil || at == nil || op.Value == "test" || op.Value == "remove" {
			continue
		}
		if value == nil {
			found[at.Value] = operation
			continue
		}
		provenance.Walk(value, at.Value, func(pointer string, node *yaml.Node) { found[pointer] = node })
	}
}

// isChanged tells whether a patch that may act on the object says something at a pointer, or about the whole
// that it is part of; of JSON 6902 patches only where the others are known to be in what is looked at.
func (o *objectTracer) isChanged(pointer string, byJSON bool) bool {
	for _, made := range o.changes() {
		operations := made.span.text.FirstKind() == yaml.SequenceNode
		if byJSON && !operations {
			continue
		}
		if node := made.nodes[pointer]; node != nil && node.Kind == yaml.ScalarNode && (operations || !identifying[pointer]) {
			return true
		}
		for above := pointer; operations && above != ""; above = above[:strings.LastIndexByte(above, '/')] {
			if made.nodes[above] != nil {
				return true
			}
		}
	}
	return false
}

// byPatch: only one patch says something of the field, and it says the value.
func (o *objectTracer) byPatch(pointer string, built *yaml.Node) (provenance.Place, bool) {
	var place provenance.Place
	count := 0
	for _, made := range o.changes() {
		node := made.nodes[pointer]
		if node == nil || node.Kind != yaml.ScalarNode {
			continue
		}
		if count++; made.sure && sameValue(node, built) {
			place = made.span.place(node.Line, node.Column)
			place.How = provenance.Transformed
			if made.span.exact() {
				place.How = provenance.Exact
			}
			place.Via = o.chain(place, made.field)
		}
	}
	return place, count == 1 && place.How != "" && built.Kind == yaml.ScalarNode
}

// identifying are the fields of a strategic-merge patch that say which object it is for: they change nothing.
var identifying = map[string]bool{"/apiVersion": true, "/kind": true, "/metadata/name": true, "/metadata/namespace": true}

func (o *objectTracer) changes() []change {
	if !o.changesKnown && o.tracer.marked != nil && len(o.tracer.marked.survey.entries) > 0 {
		object := identityOf(o.built)
		if root := o.text().root; root != nil {
			object = object.also(root)
		}
		o.changed, o.changesKnown = o.changesOf(object, o.built), true
	}
	return o.changed
}

// overwritten are the places where the field has a value, too, that something later replaced: patches, and the
// text in which the object stands. The value that a transformer went on from takes part in what it made of it; all
// others are gone, and say so.
func (o *objectTracer) overwritten(pointer string, place provenance.Place) []string {
	if len(o.changes()) == 0 {
		return nil
	}
	var steps []string
	named := func(other provenance.Place) bool {
		return slices.ContainsFunc(place.Via, func(step string) bool {
			return step == other.String() || strings.HasPrefix(step, other.String()+" ")
		})
	}
	add := func(other provenance.Place, step string) {
		if other.String() != place.String() && !named(other) {
			steps = append(steps, step)
		}
	}
	// A link without a word is the field's own line: what the transformer went on from.
	input := place.How == provenance.Transformed && !slices.ContainsFunc(place.Via, func(step string) bool {
		return !strings.Contains(step, " ")
	})
	for _, made := range slices.Backward(o.changes()) {
		if node := made.nodes[pointer]; made.sure && node != nil && node.Kind == yaml.ScalarNode {
			other := made.span.place(node.Line, node.Column)
			if input && other.String() != place.String() {
				add(other, other.Step(made.field))
				input = false
			} else {
				add(other, other.Step(provenance.Overwritten))
			}
		}
	}
	if node := o.text().node(pointer); node != nil && node.Kind == yaml.ScalarNode {
		other := o.text().span.place(node.Line, node.Column)
		if input {
			add(other, other.String())
		} else {
			add(other, other.Step(provenance.Overwritten))
		}
	}
	return steps
}
