package kustomize

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/objects"
	"driftline/renderer/internal/provenance"
)

// trace tells where every field of a build comes from. The same is built again with numbered and marked
// texts. What these builds say of a field is taken only where they made the same value. Also tells which
// patches change nothing.
func trace(view *files.View, request Request, built *built, made *generated) ([]*provenance.Trace, []objects.Unused) {
	t := &tracer{view: view, request: request, made: made, size: built.Size(), firstLine: built.linesToSpare()}
	t.folds = built.folds
	t.marked = t.rebuild(func(s *survey) { s.marks = newMarks() })
	if t.marked == nil || t.marked.survey.makesNames {
		t.named = t.rebuild(func(s *survey) { s.marks, s.markNames = newMarks(), true })
	}
	if t.marked == nil {
		t.marked = t.rebuild(func(*survey) {})
	}
	if t.marked != nil && t.marked.survey.jsonPatches > 0 {
		t.unpatched = t.rebuild(func(s *survey) { s.withoutJSON = true })
	}
	t.findNames(built)
	traces := make([]*provenance.Trace, built.Size())
	for index, resource := range built.Resources() {
		traces[index] = t.object(index, resource.YNode())
		reformatted(resource, traces[index])
	}
	t.followCopies(built, traces)
	return traces, t.unused(built)
}

// tracer knows the builds to compare with; each is nil where it failed or is not needed.
type tracer struct {
	view    *files.View
	request Request
	made    *generated
	// edits are kustomizations that are not as they stand in their files.
	edits map[string]*editedFile
	// marked has marks on all but names, named on these only; unpatched is without JSON 6902 patches, which
	// lose the lines of the objects they touch.
	marked, named, unpatched *rebuilt
	// size is how many objects were built.
	size, firstLine int
	// entries are the patches in the order in which they act, sorted when they are needed.
	entries []patch
	// identities of the built objects, where replacements or variables select them.
	identities []identity
	// folds is nil where the texts were built as they are.
	folds *folding
	// renamed leads from names in the build with marked names, without the marks, to the built ones: marks
	// change the hashes of contents.
	renamed map[string]string
	// generated are the names of built objects that a generator made, with the generators.
	generated map[string][]*generator
}

// linesToSpare is more than any object has lines, in any of the forms in which kustomize writes it.
func (b *built) linesToSpare() int {
	longest := 0
	for _, digest := range b.digests {
		longest = max(longest, digest.lines)
	}
	return 2*longest + 1000
}

// findNames notes the objects whose names end with a hash of their content.
func (t *tracer) findNames(built resmap.ResMap) {
	t.renamed, t.generated = map[string]string{}, map[string][]*generator{}
	for index, resource := range built.Resources() {
		node, name := resource.YNode(), resource.GetName()
		if named := t.named.node(index, t.size, node); named != nil {
			t.renamed[t.named.plain(yaml.NewRNode(named).GetName())] = name
		}
		if makers := t.makersOf(index, node); len(makers) > 0 {
			t.generated[name] = makers
		}
	}
}

// makersOf are the generators that made an object, and changed it, the outermost first.
func (t *tracer) makersOf(index int, built *yaml.Node) []*generator {
	if kind := yaml.NewRNode(built).GetKind(); kind != "ConfigMap" && kind != "Secret" {
		return nil
	}
	for _, other := range []*rebuilt{t.marked, t.unpatched, t.named} {
		if other == nil {
			continue
		}
		if makers := other.makersOf(other.node(index, t.size, built)); len(makers) > 0 {
			return makers
		}
	}
	return nil
}

// object traces one object.
func (t *tracer) object(index int, built *yaml.Node) *provenance.Trace {
	o := &objectTracer{tracer: t, built: built, fields: map[string]provenance.Place{}}
	marked := t.marked.node(index, t.size, built)
	o.marked, o.named = nodesOf(marked), nodesOf(t.named.node(index, t.size, built))
	if unpatched := t.unpatched.node(index, t.size, built); unpatched != nil {
		o.unpatched = map[string]*yaml.Node{}
		if marked == nil {
			marked = built
		}
		// Items that patches added carry marks: they are not taken for others of the same value.
		align(marked, unpatched, "", o.unpatched)
	}
	o.makers, o.secret = t.makersOf(index, built), yaml.NewRNode(built).GetKind() == "Secret"
	provenance.Walk(built, "", o.field)
	o.followCopyOperations()
	if t.copiesFields() {
		t.identities = append(t.identities, o.identity())
	}
	source, ok := o.fields[""]
	if !ok {
		source = provenance.Place{File: kustomizationOf(t.view, t.request.Path), Line: 1, Column: 1}
	}
	delete(o.fields, "")
	source.How, source.Via = "", nil
	return &provenance.Trace{Source: source, Fields: o.fields}
}

func nodesOf(root *yaml.Node) map[string]*yaml.Node {
	nodes := map[string]*yaml.Node{}
	if root != nil {
		provenance.Walk(root, "", func(pointer string, node *yaml.Node) { nodes[pointer] = node })
	}
	return nodes
}

// chain leads from the outermost kustomization to a file, each step naming the field that names the next.
// field is what acts in the file itself, if it is a kustomization.
func (t *tracer) chain(place provenance.Place, field string) []string {
	if t.marked == nil {
		return nil
	}
	var steps []string
	added := t.made != nil && t.made.written.adds(place.File)
	if field != "" && (isKustomization(place.File) || added) {
		steps = append(steps, place.Step(field))
	}
	seen := map[string]bool{}
	for name := place.File; !seen[name]; {
		seen[name] = true
		parent, ok := t.marked.survey.parents[name]
		if !ok && isKustomization(name) {
			parent, ok = t.marked.survey.parents[folderOf(name)]
		}
		if !ok {
			break
		}
		steps = append(steps, parent.place.Step(parent.field))
		name = parent.place.File
	}
	slices.Reverse(steps)
	return steps
}

func folderOf(name string) string {
	if slash := strings.LastIndexByte(name, '/'); slash >= 0 {
		return name[:slash]
	}
	return "."
}
