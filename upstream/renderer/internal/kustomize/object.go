package kustomize

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/provenance"
)

// objectTracer finds the places of one object's fields.
type objectTracer struct {
	*tracer
	built *yaml.Node
	// The object's nodes in the other builds, by pointer.
	marked, named, unpatched map[string]*yaml.Node
	// written are the nodes of the text in which the object stands, found when they are needed.
	written *writtenObject
	// changed is what patches say about the object, found when it is needed.
	changed      []change
	changesKnown bool
	makers       []*generator
	secret       bool
	fields       map[string]provenance.Place
}

// field finds the place of one node of the built object, in the order of certainty.
func (o *objectTracer) field(pointer string, built *yaml.Node) {
	if taken := o.folds.fold(built); taken != nil {
		o.unfold(pointer, built, taken)
		return
	}
	for _, find := range []func(string, *yaml.Node) (provenance.Place, bool){
		o.byMark, o.byLine, o.byGenerator, o.byText, o.byName, o.byPatch, o.nearest,
	} {
		if place, ok := find(pointer, built); ok {
			if built.Kind == yaml.ScalarNode && place.How != provenance.Unknown {
				place.Via = append(slices.Clip(place.Via), o.overwritten(pointer, place)...)
			}
			o.fields[pointer] = place
			return
		}
	}
}

// byMark: the field carries marks and is the built value without them.
func (o *objectTracer) byMark(pointer string, built *yaml.Node) (provenance.Place, bool) {
	for _, other := range []struct {
		build *rebuilt
		node  *yaml.Node
	}{{o.tracer.marked, o.marked[pointer]}, {o.tracer.named, o.named[pointer]}} {
		if other.node == nil || other.node.Kind != yaml.ScalarNode || other.build.survey.marks == nil {
			continue
		}
		plain, found := other.build.survey.marks.read(other.node.Value)
		if len(found) > 0 && (plain == built.Value || o.renamed[plain] == built.Value || found[0].whole && sameNumber(plain, built)) {
			return o.marksPlace(found, pointer, built), true
		}
	}
	return provenance.Place{}, false
}

// marksPlace is the place of what stands last in the value (an image's tag stands behind its name); the
// others, and the line of the field itself, are in its chain.
func (o *objectTracer) marksPlace(found []mark, pointer string, built *yaml.Node) provenance.Place {
	last := found[len(found)-1]
	place := last.place
	place.How = provenance.Transformed
	if last.whole && len(found) == 1 && (last.value == built.Value || sameNumber(last.value, built)) {
		place.How = provenance.Exact
	}
	place.Via = o.chain(place, last.field)
	for _, other := range found[:len(found)-1] {
		// A new name and a tag can stand in one text.
		if step := other.place.Step(other.field); !slices.Contains(place.Via, step) {
			place.Via = append(place.Via, step)
		}
	}
	if own, ok := o.own(pointer); ok {
		place.Via = append(place.Via, own.String())
	} else if node := nodeAt(o.text().root, pointer); node != nil && node.Kind == yaml.ScalarNode && len(o.changes()) == 0 {
		place.Via = append(place.Via, o.text().span.place(node.Line, node.Column).String())
	}
	return place
}

// own is where the field itself stands, whatever changed it since.
func (o *objectTracer) own(pointer string) (provenance.Place, bool) {
	for _, other := range o.lines(pointer) {
		if place, _, ok := other.build.survey.numbers.locate(other.node); ok {
			return place, true
		}
	}
	return provenance.Place{}, false
}

type lineNode struct {
	build *rebuilt
	node  *yaml.Node
}

// lines are the nodes of a field that can have kept their lines.
func (o *objectTracer) lines(pointer string) []lineNode {
	var all []lineNode
	for _, other := range []lineNode{{o.tracer.marked, o.marked[pointer]}, {o.tracer.unpatched, o.unpatched[pointer]}} {
		if other.build != nil && other.node != nil {
			all = append(all, other)
		}
	}
	return all
}

// byLine: the node still has its line, and the text there holds the value.
func (o *objectTracer) byLine(pointer string, built *yaml.Node) (provenance.Place, bool) {
	for _, other := range o.lines(pointer) {
		same := sameValue(other.node, built)
		if !same && !reflowed(other.node, built) || other.build == o.tracer.unpatched && o.isChanged(pointer, true) {
			continue
		}
		if place, source, ok := other.build.survey.numbers.locate(other.node); ok && source.Value == other.node.Value {
			if !same {
				place.How = provenance.Transformed
			}
			place.Via = o.chain(place, "")
			return place, true
		}
	}
	return provenance.Place{}, false
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
				place.Via = o.chain(maker.place, maker.list)
				return place, true
			}
		}
	}
	for _, maker := range o.makers {
		if place, ok := maker.field(pointer, built.Value); ok {
			place.Via = o.chain(maker.place, maker.list)
			return place, true
		}
	}
	place := o.makerPlace(o.makers)
	if !madeByGenerators[pointer] {
		place.How = provenance.Unknown
	}
	return place, true
}

// madeByGenerators are fields that a generator sets though its entry does not say so.
var madeByGenerators = map[string]bool{
	"": true, "/metadata/name": true, "/kind": true, "/apiVersion": true, "/type": true,
}

// makerPlace is the entry that makes an object, not those that change it.
func (o *objectTracer) makerPlace(makers []*generator) provenance.Place {
	maker := makers[len(makers)-1]
	place := maker.place
	place.How = provenance.Transformed
	place.Via = o.chain(place, maker.list)
	return place
}

// byName: the value is the name of a generated object, which ends with a hash.
func (o *objectTracer) byName(pointer string, built *yaml.Node) (provenance.Place, bool) {
	makers := o.generated[built.Value]
	if built.Kind != yaml.ScalarNode || len(makers) == 0 || !hashSuffix.MatchString(built.Value) {
		return provenance.Place{}, false
	}
	place := o.makerPlace(makers)
	if own, ok := o.own(pointer); ok {
		place.Via = append(place.Via, own.String())
	}
	return place, true
}

// byText: the node was made anew, but the text of the object holds the same value at the same place.
func (o *objectTracer) byText(pointer string, built *yaml.Node) (provenance.Place, bool) {
	node := o.text().node(pointer)
	if o.unpatched != nil && o.unpatched[pointer] == nil {
		// Which item of a list it was is not known.
		node = nil
	}
	if node == nil || !sameValue(node, built) || o.isChanged(pointer, false) {
		return provenance.Place{}, false
	}
	place := o.written.span.place(node.Line, node.Column)
	place.How = provenance.Exact
	if !o.written.span.exact() {
		place.How = provenance.Transformed
	}
	place.Via = o.chain(place, "")
	return place, true
}

// nearest: the line that the node had, though something changed it; never more than unknown.
func (o *objectTracer) nearest(pointer string, _ *yaml.Node) (provenance.Place, bool) {
	place, ok := o.own(pointer)
	if !ok {
		return provenance.Place{}, false
	}
	place.How = provenance.Unknown
	place.Via = o.chain(place, "")
	return place, true
}

// substitutes tells whether Flux replaces variables after the build.
func (r Request) substitutes() bool { return r.Flux != nil && r.Flux.PostBuild != nil }
