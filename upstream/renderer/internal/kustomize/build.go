// Package kustomize builds kustomizations with kustomize's own library.
package kustomize

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/yaml"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/objects"
	"driftline/renderer/internal/provenance"
)

// Request asks for the build of one folder.
type Request struct {
	Path string `json:"path"`
	// Flux is set for the build of a Flux Kustomization's path.
	Flux *Flux `json:"flux,omitempty"`
	// Argo is set for the build of an Argo CD Application's path with options of its own.
	Argo *Argo `json:"argo,omitempty"`
	// Origin is where the Flux Kustomization or the Application stands.
	Origin provenance.Place `json:"origin"`
	// Trace asks where each field comes from.
	Trace bool `json:"trace"`
}

// Build answers as `kustomize build` prints it, or with the error text it prints.
func Build(view *files.View, request Request) (objects.Rendered, error) {
	return build(view, request, request.Flux != nil)
}

// build also does what Flux does to the built objects, if that is wanted.
func build(view *files.View, request Request, finished bool) (objects.Rendered, error) {
	view, edited, err := request.edit(view)
	if err != nil {
		return objects.Rendered{}, err
	}
	made, err := request.make(view)
	if err != nil && request.Trace {
		faults, unused := diagnose(view, request, edited, err)
		return objects.Rendered{Unused: unused}, &objects.Failure{Err: err, Faults: faults}
	}
	if err != nil {
		return objects.Rendered{}, err
	}
	var finish *finisher
	if finished {
		if finish, err = request.finisher(view, edited); err != nil {
			return objects.Rendered{}, err
		}
	}
	rendered, err := made.print(view, finish)
	if err != nil && made.folds != nil {
		// An error text must be that of the texts as they are.
		if made, err = request.makeWhole(view); err == nil {
			rendered, err = made.print(view, finish)
		}
	}
	if err == nil && request.Trace {
		traces, unused := trace(view, request, made, edited)
		rendered.Unused = unused
		for index, traced := range traces {
			if finish != nil {
				finish.trace(index, rendered.Objects[index].Value, traced)
			}
			rendered.Objects[index].Provenance = traced
		}
	}
	return rendered, err
}

// edit lays the kustomization over the view that the engine makes of the folder's own.
func (r Request) edit(view *files.View) (*files.View, *generated, error) {
	switch {
	case r.Flux != nil:
		return r.Flux.generate(view, r.Path, r.Origin)
	case r.Argo != nil:
		return r.Argo.generate(view, r.Path)
	}
	return view, nil, nil
}

// built is what kustomize made: folded where folds is not nil.
type built struct {
	resmap.ResMap
	digests []*digest
	folds   *folding
}

// make builds with folded texts where that is safe, else with the texts as they are.
func (r Request) make(view *files.View) (*built, error) {
	folds := newFolding(view)
	made, err := run(view.Rewriting(folds.rewrite), r)
	if len(folds.folds) == 0 {
		if err != nil {
			return nil, err
		}
		return digested(made, nil), nil
	}
	if err == nil && !folds.unsafe {
		result := digested(made, folds)
		if !slices.ContainsFunc(result.digests, func(d *digest) bool { return d.broken }) {
			return result, nil
		}
	}
	return r.makeWhole(view)
}

func (r Request) makeWhole(view *files.View) (*built, error) {
	made, err := run(view, r)
	if err != nil {
		return nil, err
	}
	return digested(made, nil), nil
}

func digested(made resmap.ResMap, folds *folding) *built {
	result := &built{ResMap: made, folds: folds}
	for _, resource := range made.Resources() {
		result.digests = append(result.digests, digestOf(resource.YNode(), folds))
	}
	return result
}

// ownSchema is what kyaml's types are called unless a kustomization brings others.
var ownSchema = openapi.GetSchemaVersion()

// run builds as a process of its own would: types that a kustomization's openapi field names stand beside no
// others there, and kyaml keeps them for all later builds of the process.
func run(view *files.View, request Request) (resmap.ResMap, error) {
	built, err := runHere(view, request)
	if openapi.GetSchemaVersion() != ownSchema {
		openapi.ResetOpenAPI()
		defer openapi.ResetOpenAPI()
		return runHere(view, request)
	}
	return built, err
}

func runHere(view *files.View, request Request) (resmap.ResMap, error) {
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionUnspecified
	if request.Flux != nil || request.Argo != nil && request.Argo.AnyFile {
		options.LoadRestrictions = types.LoadRestrictionsNone
	}
	built, err := krusty.MakeKustomizer(options).Run(view, view.Abs(request.Path))
	if err != nil {
		return nil, err
	}
	return built, nil
}

// print writes the text and reads each object of it as kubectl would; what an engine adds is done to it then.
func (b *built) print(view *files.View, finish *finisher) (objects.Rendered, error) {
	var all []*printedObject
	rendered := objects.Rendered{Print: func() []byte { return textOfAll(all) }}
	if finish != nil {
		finish.changed = nil
	}
	for index, resource := range b.Resources() {
		written, err := b.printed(view, index)
		if err != nil {
			value, _ := resource.Map()
			return objects.Rendered{}, fmt.Errorf("%#v: %w", value, err) // as resmap.AsYaml says it
		}
		all = append(all, written)
		object, err := objects.Object{Value: written.value, Key: written.key}, written.invalid
		if finish != nil {
			object, err = finish.object(resource, written)
		}
		if err != nil {
			return objects.Rendered{}, fmt.Errorf("%s: %w", resource.CurId(), err)
		}
		rendered.Objects = append(rendered.Objects, object)
	}
	return rendered, nil
}

func textOfAll(all []*printedObject) []byte {
	var texts [][]byte
	for _, object := range all {
		texts = append(texts, object.text())
	}
	return bytes.Join(texts, []byte("---\n"))
}

// printedObject is an object as it is printed, and as it is read from there.
type printedObject struct {
	json, printed, value []byte
	key                  string
	// invalid says why the text cannot be read.
	invalid error
}

type printedKey [sha256.Size]byte

// printed writes an object; what was written before is known by its digest.
func (b *built) printed(view *files.View, index int) (*printedObject, error) {
	made := files.Get(view.Derived(), printedKey(b.digests[index].sum()), func() (*printedObject, int) {
		folded, err := b.Resources()[index].MarshalJSON()
		if err != nil {
			return &printedObject{invalid: err}, 64
		}
		object := newPrinted(b.folds.unfold(folded))
		return object, 2*len(object.json) + len(object.printed)
	})
	if made.value == nil && made.printed == nil {
		return nil, made.invalid
	}
	return made, nil
}

// newPrinted reads an object from its text only where that may be another value than its JSON: what few texts
// need is otherwise made when it is asked for.
func newPrinted(json []byte) *printedObject {
	object := &printedObject{json: json, value: json}
	if differsInYAML.Match(json) {
		object.value = nil
		if object.printed, object.invalid = yaml.JSONToYAML(json); object.invalid == nil {
			object.value, object.invalid = yaml.YAMLToJSON(object.printed)
		}
	}
	object.key = objects.KeyOf(object.value)
	return object
}

// differsInYAML are a key that means something else there, and characters that YAML does not allow.
var differsInYAML = regexp.MustCompile(`"<<"|\x7f|[\x{80}-\x{9f}]|[\x{fffe}\x{ffff}]`)

func (p *printedObject) text() []byte {
	if p.printed == nil {
		p.printed, _ = yaml.JSONToYAML(p.json)
	}
	return p.printed
}
