package kustomize

import (
	"encoding/json"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/objects"
	"driftline/renderer/internal/provenance"
)

// PostRenderer is the `kustomize` of one entry of a HelmRelease's spec.postRenderers.
type PostRenderer struct {
	Patches []json.RawMessage `json:"patches"`
	Images  []fluxImage       `json:"images"`
}

// The folder stands in no repository: what is traced to PostRendered comes from the given text.
const (
	postRenderFolder = ".driftline-release"
	PostRendered     = postRenderFolder + "/helm-output.yaml"
)

// Release says where a HelmRelease stands, as Request and Flux do of a Kustomization.
type Release struct {
	Origin provenance.Place
	Places map[string]provenance.Place
}

// PostRender patches manifests as helm-controller does with a post-renderer (its internal/postrender,
// Kustomize.Run). index is the post-renderer's in the HelmRelease.
func PostRender(view *files.View, manifests []byte, index int, renderer PostRenderer, release Release, trace bool) ([]objects.Object, error) {
	view = view.Aside(map[string][]byte{
		PostRendered:                             manifests,
		postRenderFolder + "/kustomization.yaml": []byte("resources: [helm-output.yaml]\n"),
	})
	rendered, err := build(view, Request{
		Path: postRenderFolder,
		Flux: &Flux{
			Patches: renderer.Patches, Images: renderer.Images, Places: release.Places,
			base: []any{"spec", "postRenderers", index, "kustomize"},
		},
		Origin: release.Origin,
		Trace:  trace,
	}, false)
	return rendered.Objects, err
}

// Metadata are labels and annotations that are set on every object.
type Metadata = commonMetadata

// Label sets labels and annotations on an object, or on the items of a list; the later win.
func Label(value json.RawMessage, layers ...Metadata) (json.RawMessage, error) {
	return label(value, layers)
}

// AddLabels are the places of what Label sets; each is where it is said.
func (r Release) AddLabels(view *files.View, value json.RawMessage, traced *provenance.Trace, common *Metadata, owner map[string]string) {
	written := readWritten(view, r.Origin, []any{"spec"}, r.Places)
	labelPlaces(written, r.Origin, value, traced, common)
	for _, prefix := range appliedPointers(value) {
		for key, value := range owner {
			addPlace(traced, prefix+"/metadata/labels", key, written.identity(r.Origin, lastPart(key), value))
		}
	}
}
