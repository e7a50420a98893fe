// Package postrender does to a chart's output what Flux's helm-controller does before it applies it.
package postrender

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/kustomize"
	"driftline/renderer/internal/objects"
	"driftline/renderer/internal/provenance"
)

// Release is what a HelmRelease adds to its chart's output; the fields are those of its spec.
type Release struct {
	Name          string `json:"name"`
	Namespace     string `json:"namespace"`
	PostRenderers []struct {
		Kustomize *kustomize.PostRenderer `json:"kustomize"`
	} `json:"postRenderers"`
	// PostRenderStrategy is `combined` (or empty), `separate` or `nohooks`.
	PostRenderStrategy string              `json:"postRenderStrategy"`
	CommonMetadata     *kustomize.Metadata `json:"commonMetadata"`
	// Places are where values stand that are not written in the HelmRelease's own file.
	Places map[string]provenance.Place `json:"places"`
	// Origin is where the HelmRelease stands.
	Origin provenance.Place `json:"origin"`
}

// Apply is helm-controller's chain (its internal/postrender, BuildPostRenderers): the post-renderers in
// order, the common metadata, and the labels that name the release, which win. What it changes gets the place
// of what says so; all other fields keep those that Helm's render gave them.
func Apply(view *files.View, release *Release, rendered objects.Rendered, trace bool) (objects.Rendered, error) {
	made := objects.Rendered{Print: rendered.Print}
	for _, group := range release.groups(rendered.Objects) {
		all, err := group.objects, error(nil)
		if group.rendered {
			if all, err = release.apply(view, all, trace); err != nil {
				return objects.Rendered{}, fmt.Errorf("error while running post render on files: %w", err)
			}
		}
		made.Objects = append(made.Objects, all...)
	}
	return made, nil
}

// group are objects that are rendered together, or left as they are.
type group struct {
	objects  []objects.Object
	rendered bool
}

// groups are those of Helm's post-render strategies (helm.sh/helm/v4/pkg/action, renderResources); the
// definitions of a crds folder are labelled only.
func (r *Release) groups(all []objects.Object) []group {
	var definitions, manifests, hooks []objects.Object
	for _, object := range all {
		switch {
		case object.Definition:
			definitions = append(definitions, r.labelled(object))
		case object.Hook && r.PostRenderStrategy != "" && r.PostRenderStrategy != "combined":
			hooks = append(hooks, object)
		default:
			manifests = append(manifests, object)
		}
	}
	return []group{{definitions, false}, {manifests, true}, {hooks, r.PostRenderStrategy == "separate"}}
}

func (r *Release) apply(view *files.View, all []objects.Object, trace bool) ([]objects.Object, error) {
	plain := true
	for index, renderer := range r.PostRenderers {
		if renderer.Kustomize == nil {
			continue
		}
		plain = false
		var err error
		if all, err = r.run(view, all, index, *renderer.Kustomize, trace); err != nil {
			return nil, err
		}
	}
	if plain {
		// Without patches too kustomize reads and writes them: its YAML is not Helm's.
		var err error
		if all, err = r.run(view, all, 0, kustomize.PostRenderer{}, trace); err != nil {
			return nil, err
		}
	}
	for index := range all {
		if err := r.label(view, &all[index]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (r *Release) release() kustomize.Release {
	return kustomize.Release{Origin: r.Origin, Places: r.Places}
}

func (r *Release) owner() map[string]string {
	return map[string]string{
		"helm.toolkit.fluxcd.io/name":      r.Name,
		"helm.toolkit.fluxcd.io/namespace": r.Namespace,
	}
}

func (r *Release) label(view *files.View, object *objects.Object) error {
	layers := []kustomize.Metadata{{Labels: r.owner()}}
	if r.CommonMetadata != nil {
		layers = append([]kustomize.Metadata{*r.CommonMetadata}, layers...)
	}
	value, err := kustomize.Label(object.Value, layers...)
	if err != nil {
		return err
	}
	object.Value, object.Key = value, ""
	if object.Provenance != nil {
		r.release().AddLabels(view, value, object.Provenance, r.CommonMetadata, r.owner())
	}
	return nil
}

func (r *Release) labelled(object objects.Object) objects.Object {
	if value, err := kustomize.Label(object.Value, kustomize.Metadata{Labels: r.owner()}); err == nil {
		object.Value, object.Key = value, ""
	}
	return object
}

// run is one post-renderer.
func (r *Release) run(view *files.View, all []objects.Object, index int, renderer kustomize.PostRenderer, trace bool) ([]objects.Object, error) {
	if len(all) == 0 {
		return nil, nil
	}
	changes := len(renderer.Patches) > 0 || len(renderer.Images) > 0
	text := manifestsOf(all)
	made, err := kustomize.PostRender(view, text, index, renderer, r.release(), trace && changes)
	if err != nil {
		return nil, err
	}
	input := newInput(text, all)
	for at := range made {
		from := input.objectOf(at, made[at])
		if from < 0 {
			continue
		}
		made[at].Source, made[at].Volatile, made[at].Hook = all[from].Source, all[from].Volatile, all[from].Hook
		if made[at].Provenance != nil {
			made[at].Provenance = input.translate(made[at].Provenance, from)
		} else {
			made[at].Provenance = all[from].Provenance
		}
	}
	return made, nil
}

func manifestsOf(all []objects.Object) []byte {
	var text bytes.Buffer
	for _, object := range all {
		text.WriteString("---\n")
		if object.Text != "" {
			text.WriteString(strings.TrimSuffix(strings.TrimPrefix(object.Text, "---\n"), "\n"))
		} else {
			text.Write(object.Value) // JSON is YAML
		}
		text.WriteString("\n")
	}
	return text.Bytes()
}

// identity is what tells objects apart; the namespace of one may be that of the release.
func identity(value json.RawMessage) string {
	var object struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Metadata   struct {
			Name      string `json:"name"`
			Namespace string `json:"namespace"`
		} `json:"metadata"`
	}
	if json.Unmarshal(value, &object) != nil {
		return ""
	}
	return strings.Join([]string{object.APIVersion, object.Kind, object.Metadata.Namespace, object.Metadata.Name}, " ")
}
