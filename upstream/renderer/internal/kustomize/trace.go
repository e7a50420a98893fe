package kustomize

import (
	"bytes"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/provenance"
)

// trace tells where every field of a build comes from. The build is made again with numbered and marked
// texts, and once more without JSON 6902 patches where there are any. What these builds say of a field is
// taken only where they made the same value.
func trace(view *files.View, request Request, built resmap.ResMap, made *generated) []*provenance.Trace {
	t := &tracer{view: view, request: request, made: made, firstLine: linesToSpare(built)}
	t.marked = t.again(true, true)
	if t.marked == nil {
		t.marked = t.again(true, false)
	}
	if t.marked == nil {
		t.marked = t.again(false, false)
	}
	if t.marked != nil && t.marked.survey.jsonPatches > 0 {
		t.unpatched = t.rebuild(func(s *survey) { s.withoutJSON = true })
	}
	t.findRenamed(built)
	traces := make([]*provenance.Trace, built.Size())
	for index, resource := range built.Resources() {
		traces[index] = t.object(index, resource.YNode())
	}
	return traces
}

type tracer struct {
	view    *files.View
	request Request
	made    *generated
	// marked and unpatched are other builds of the same, or nil where they failed.
	marked, unpatched *rebuilt
	size              int
	firstLine         int
	// renamed leads from names in the marked build, without the marks, to the built ones: hashes differ.
	renamed map[string]string
	// generated are the names of built objects that a generator made, with the generators.
	generated map[string][]generator
}

// rebuilt is another build, with what was read for it.
type rebuilt struct {
	survey *survey
	nodes  []*yaml.Node
}

// linesToSpare is more than any object has lines, in any of the forms in which kustomize writes it.
func linesToSpare(built resmap.ResMap) int {
	longest := 0
	for _, resource := range built.Resources() {
		if text, err := resource.AsYAML(); err == nil {
			longest = max(longest, bytes.Count(text, []byte{'\n'}))
		}
	}
	return 2*longest + 1000
}

func (t *tracer) again(mark, names bool) *rebuilt {
	return t.rebuild(func(s *survey) {
		if mark {
			s.marks, s.markNames = newMarks(), names
		}
	})
}

func (t *tracer) rebuild(prepare func(*survey)) *rebuilt {
	survey := newSurvey(t.made, t.request.Origin, t.firstLine)
	prepare(survey)
	built, err := run(t.view.Rewriting(survey.rewrite), t.request)
	if err != nil {
		return nil
	}
	result := &rebuilt{survey: survey}
	for _, resource := range built.Resources() {
		result.nodes = append(result.nodes, resource.YNode())
	}
	return result
}

// node is the object of the same index, if it is the same one.
func (r *rebuilt) node(index, size int, built *yaml.Node) *yaml.Node {
	if r == nil || len(r.nodes) != size || !sameKind(r.nodes[index], built) {
		return nil
	}
	return r.nodes[index]
}

func sameKind(a, b *yaml.Node) bool {
	kind, other := fieldOf(a, "kind"), fieldOf(b, "kind")
	return kind != nil && other != nil && kind.Value == other.Value
}

// findRenamed notes the objects whose name ends with a hash of their content, which the marks change.
func (t *tracer) findRenamed(built resmap.ResMap) {
	t.size = built.Size()
	t.renamed, t.generated = map[string]string{}, map[string][]generator{}
	for index, resource := range built.Resources() {
		node := resource.YNode()
		marked := t.marked.node(index, t.size, node)
		if marked == nil {
			continue
		}
		kind, name := resource.GetKind(), resource.GetName()
		if strip := t.marked.survey.marks; strip != nil {
			plain, _ := strip.read(yaml.NewRNode(marked).GetName())
			t.renamed[plain] = name
		}
		if t.isGenerated(index, node) {
			if makers := t.marked.survey.generatorsOf(kind, name); len(makers) > 0 {
				t.generated[name] = makers
			}
		}
	}
}

// isGenerated tells whether an object stands in no file.
func (t *tracer) isGenerated(index int, built *yaml.Node) bool {
	kind := yaml.NewRNode(built).GetKind()
	if kind != "ConfigMap" && kind != "Secret" {
		return false
	}
	for _, other := range []*rebuilt{t.marked, t.unpatched} {
		if node := other.node(index, t.size, built); node != nil {
			if _, _, ok := other.survey.numbers.locate(node); ok {
				return false
			}
		}
	}
	return true
}

// object traces one object.
func (t *tracer) object(index int, built *yaml.Node) *provenance.Trace {
	o := &objectTracer{tracer: t, fields: map[string]provenance.Place{}}
	if marked := t.marked.node(index, t.size, built); marked != nil {
		o.marked = map[string]*yaml.Node{}
		provenance.Walk(marked, "", func(pointer string, node *yaml.Node) { o.marked[pointer] = node })
	}
	if unpatched := t.unpatched.node(index, t.size, built); unpatched != nil {
		o.unpatched = map[string]*yaml.Node{}
		align(built, unpatched, "", o.unpatched)
	}
	if t.isGenerated(index, built) {
		object := yaml.NewRNode(built)
		o.makers, o.secret = t.generated[object.GetName()], object.GetKind() == "Secret"
	}
	provenance.Walk(built, "", o.field)
	source, ok := o.fields[""]
	if !ok {
		source = o.fallback()
	}
	delete(o.fields, "")
	source.How, source.Via = "", nil
	return &provenance.Trace{Source: source, Fields: o.fields}
}

type objectTracer struct {
	*tracer
	marked, unpatched map[string]*yaml.Node
	makers            []generator
	secret            bool
	fields            map[string]provenance.Place
}

// field finds the place of one node of the built object, in the order of certainty.
func (o *objectTracer) field(pointer string, built *yaml.Node) {
	for _, find := range []func(string, *yaml.Node) (provenance.Place, bool){
		o.byMark, o.byLine, o.byUnpatched, o.byGenerator, o.byName, o.nearest,
	} {
		if place, ok := find(pointer, built); ok {
			o.fields[pointer] = place
			return
		}
	}
}

// byMark: the field carries marks and is the built value without them.
func (o *objectTracer) byMark(pointer string, built *yaml.Node) (provenance.Place, bool) {
	node := o.marked[pointer]
	if node == nil || node.Kind != yaml.ScalarNode || o.tracer.marked.survey.marks == nil {
		return provenance.Place{}, false
	}
	plain, found := o.tracer.marked.survey.marks.read(node.Value)
	if len(found) == 0 || plain != built.Value && o.renamed[plain] != built.Value {
		return provenance.Place{}, false
	}
	// Of an image's new name and tag the tag stands last.
	last := found[len(found)-1]
	place := last.place
	place.How = provenance.Transformed
	if last.whole && len(found) == 1 && last.value == built.Value {
		place.How = provenance.Exact
	}
	place.Via = o.chain(place.File, last.field, place)
	for _, other := range found[:len(found)-1] {
		place.Via = append(place.Via, other.place.Step(other.field))
	}
	if own, _, ok := o.tracer.marked.survey.numbers.locate(node); ok {
		place.Via = append(place.Via, own.String())
	}
	return place, true
}

// byLine: the node still has its line, and the text there holds the value.
func (o *objectTracer) byLine(pointer string, built *yaml.Node) (provenance.Place, bool) {
	return o.exactly(o.tracer.marked, o.marked[pointer], built)
}

// byUnpatched: the same in the build without JSON patches, for objects that these touch elsewhere.
func (o *objectTracer) byUnpatched(pointer string, built *yaml.Node) (provenance.Place, bool) {
	return o.exactly(o.tracer.unpatched, o.unpatched[pointer], built)
}

func (o *objectTracer) exactly(other *rebuilt, node, built *yaml.Node) (provenance.Place, bool) {
	if node == nil || node.Kind != built.Kind || node.Value != built.Value {
		return provenance.Place{}, false
	}
	place, source, ok := other.survey.numbers.locate(node)
	if !ok || source.Value != built.Value {
		return provenance.Place{}, false
	}
	place.Via = o.chain(place.File, "", place)
	return o.substituted(place, built), true
}

// byGenerator: the object is made by a configMapGenerator or secretGenerator.
func (o *objectTracer) byGenerator(pointer string, built *yaml.Node) (provenance.Place, bool) {
	if len(o.makers) == 0 {
		return provenance.Place{}, false
	}
	steps := strings.Split(pointer, "/")
	if data := len(steps) == 3 && (steps[1] == "data" || steps[1] == "binaryData"); data {
		key := strings.NewReplacer("~1", "/", "~0", "~").Replace(steps[2])
		for _, maker := range o.makers {
			if place, ok := maker.locate(o.view, key, decoded(pointer, built.Value, o.secret)); ok {
				place.Via = o.chain(maker.owner.name, maker.field, maker.place)
				return o.substituted(place, built), true
			}
		}
	}
	maker := o.makers[len(o.makers)-1]
	place := maker.place
	place.How = provenance.Transformed
	place.Via = o.chain(place.File, maker.field, place)
	return place, true
}

// byName: the value is the name of a generated object, which ends with a hash.
func (o *objectTracer) byName(pointer string, built *yaml.Node) (provenance.Place, bool) {
	makers := o.generated[built.Value]
	if built.Kind != yaml.ScalarNode || len(makers) == 0 {
		return provenance.Place{}, false
	}
	maker := makers[len(makers)-1]
	place := maker.place
	place.How = provenance.Transformed
	place.Via = o.chain(place.File, maker.field, place)
	if node := o.marked[pointer]; node != nil {
		if own, _, ok := o.tracer.marked.survey.numbers.locate(node); ok {
			place.Via = append(place.Via, own.String())
		}
	}
	return place, true
}

// nearest: the line that the node had, though something changed it; never more than unknown.
func (o *objectTracer) nearest(pointer string, built *yaml.Node) (provenance.Place, bool) {
	for _, other := range []struct {
		build *rebuilt
		node  *yaml.Node
	}{{o.tracer.marked, o.marked[pointer]}, {o.tracer.unpatched, o.unpatched[pointer]}} {
		if other.node == nil {
			continue
		}
		if place, _, ok := other.build.survey.numbers.locate(other.node); ok {
			place.How = provenance.Unknown
			place.Via = o.chain(place.File, "", place)
			return place, true
		}
	}
	return provenance.Place{}, false
}

// substituted: a text with a variable of Flux is not yet the value that is applied.
func (o *objectTracer) substituted(place provenance.Place, built *yaml.Node) provenance.Place {
	flux := o.request.Flux
	if flux != nil && flux.PostBuild != nil && built.Kind == yaml.ScalarNode && strings.Contains(built.Value, "${") {
		place.How = provenance.Transformed
		place.Via = append(slices.Clone(place.Via), o.request.Origin.Step("postBuild"))
	}
	return place
}

func (o *objectTracer) fallback() provenance.Place {
	if o.tracer.marked != nil && len(o.makers) > 0 {
		return o.makers[len(o.makers)-1].place
	}
	return provenance.Place{File: kustomizationOf(o.view, o.request.Path), Line: 1, Column: 1}
}

// chain leads from the outermost kustomization to a file, each step naming the field that names the next.
// field is what acts in the file itself; empty where it is named only.
func (t *tracer) chain(file, field string, place provenance.Place) []string {
	var steps []string
	if t.marked == nil {
		return nil
	}
	if field != "" && isKustomization(file) {
		steps = append(steps, place.Step(field))
	}
	seen := map[string]bool{}
	for name := file; !seen[name]; {
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
