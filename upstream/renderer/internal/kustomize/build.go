// Package kustomize builds kustomizations with kustomize's own library.
package kustomize

import (
	"fmt"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
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
	// Origin is where the Flux Kustomization stands.
	Origin provenance.Place `json:"origin"`
	// Trace asks where each field comes from.
	Trace bool `json:"trace"`
}

// Build answers as `kustomize build` prints it, or with the error text it prints.
func Build(view *files.View, request Request) (objects.Rendered, error) {
	var made *generated
	if request.Flux != nil {
		var err error
		if view, made, err = request.Flux.generate(view, request.Path, request.Origin); err != nil {
			return objects.Rendered{}, err
		}
	}
	built, err := run(view, request)
	if err != nil {
		return objects.Rendered{}, err
	}
	rendered, err := render(built, request.Flux)
	if err == nil && request.Trace {
		for index, traced := range trace(view, request, built, made) {
			rendered.Objects[index].Provenance = traced
		}
	}
	return rendered, err
}

func run(view *files.View, request Request) (resmap.ResMap, error) {
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionUnspecified
	if request.Flux != nil {
		options.LoadRestrictions = types.LoadRestrictionsNone
	}
	built, err := krusty.MakeKustomizer(options).Run(view, view.Abs(request.Path))
	if err != nil {
		return nil, err
	}
	return built, nil
}

// render writes the text and reads each object of it as kubectl would.
func render(built resmap.ResMap, flux *Flux) (objects.Rendered, error) {
	var rendered objects.Rendered
	for index, resource := range built.Resources() {
		text, err := resource.AsYAML()
		if err != nil {
			return objects.Rendered{}, err
		}
		if index > 0 {
			rendered.Text = append(rendered.Text, "---\n"...)
		}
		rendered.Text = append(rendered.Text, text...)
		object := objects.Object{}
		if flux != nil {
			text, object.Unresolved, err = flux.substitute(resource, text)
		}
		if err == nil {
			object.Value, err = yaml.YAMLToJSON(text)
		}
		if err != nil {
			return objects.Rendered{}, fmt.Errorf("%s: %w", resource.CurId(), err)
		}
		rendered.Objects = append(rendered.Objects, object)
	}
	return rendered, nil
}
