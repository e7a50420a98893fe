// Package appset makes the Applications of an ApplicationSet, as Argo CD's applicationset-controller does
// (argo-cd v3.5.7, applicationset/controllers/template and applicationset/generators).
package appset

import (
	"errors"
	"fmt"
	"maps"

	"driftline/renderer/internal/files"
)

// Request asks for the Applications of one set.
type Request struct {
	// Set is the ApplicationSet.
	Set map[string]any `json:"set"`
	// Here says which sources are the tree: by address, a space and the revision.
	Here map[string]bool `json:"here"`
	// Clusters are those that Argo CD knows by Secrets; NoClusters is why they are not known.
	Clusters   []Cluster `json:"clusters"`
	NoClusters string    `json:"noClusters"`
}

// Answer holds what could be made, and why the rest could not.
type Answer struct {
	Applications []Application `json:"applications"`
	Unresolved   []string      `json:"unresolved"`
	// Asks are sources of which `Here` says nothing: the answer is complete when there are none.
	Asks []Source `json:"asks"`
}

// Application is one that the set makes.
type Application struct {
	Value map[string]any `json:"value"`
	// Generator is the index of the generator in the set's spec.
	Generator int `json:"generator"`
}

// Source is a revision of a git repository.
type Source struct {
	URL      string `json:"url"`
	Revision string `json:"revision"`
}

// parameters is what a generator makes for one Application.
type parameters = map[string]any

// maxApplications is more than any fleet has; a small file could ask for millions.
const maxApplications = 10_000

var errTooMany = fmt.Errorf("it makes more than %d Applications", maxApplications)

// notHere is the error of a generator that needs more than the repository.
type notHere struct{ reason string }

func (e *notHere) Error() string { return e.reason }

type expander struct {
	view    *files.View
	request Request
	spec    map[string]any
	render  renderer
	asks    []Source
}

// Expand runs the generators and fills the template. A generator that depends on more than the repository is
// unresolved, the others count; what Argo CD itself could not make leaves the whole set without Applications.
func Expand(view *files.View, request Request) Answer {
	answer := Answer{Applications: []Application{}, Unresolved: []string{}, Asks: []Source{}}
	spec := mapAt(request.Set, "spec")
	e := &expander{view: view, request: request, spec: spec}
	e.render = renderer{goTemplate: spec["goTemplate"] == true, options: textsAt(spec, "goTemplateOptions")}
	var failure error
	for index, generator := range listAt(spec, "generators") {
		made, err := e.applications(mapOf(generator), index)
		var elsewhere *notHere
		if errors.As(err, &elsewhere) {
			answer.Unresolved = append(answer.Unresolved, err.Error())
		} else if err != nil && failure == nil {
			failure = err
		}
		answer.Applications = append(answer.Applications, made...)
		if len(answer.Applications) > maxApplications {
			failure = errTooMany
			break
		}
	}
	if failure != nil {
		answer.Applications = []Application{}
		answer.Unresolved = append(answer.Unresolved, failure.Error())
	}
	if e.asks != nil {
		answer.Asks = e.asks
	}
	return answer
}

// applications are those of one of the set's generators.
func (e *expander) applications(generator map[string]any, index int) ([]Application, error) {
	results, err := e.transform(generator, nil)
	var made []Application
	for _, result := range results {
		template := fillTemplate(mapAt(result.options, "template"), mapAt(e.spec, "template"))
		for _, params := range result.params {
			value, err := e.application(template, params)
			if err != nil {
				return nil, err
			}
			made = append(made, Application{value, index})
		}
	}
	return made, err
}

// application fills the template for one set of parameters.
func (e *expander) application(template map[string]any, params parameters) (map[string]any, error) {
	made := map[string]any{"metadata": metadataOf(template), "spec": mapAt(template, "spec")}
	if len(params) > 0 {
		filled, err := e.render.deep(made, params)
		if err != nil {
			return nil, err
		}
		made = filled.(map[string]any)
		keep := mapAt(e.spec, "syncPolicy")["preserveResourcesOnDeletion"] == true
		if metadata := mapAt(made, "metadata"); !keep && len(listAt(metadata, "finalizers")) == 0 {
			metadata["finalizers"] = []any{"resources-finalizer.argocd.argoproj.io"}
		}
	}
	if patch, ok := e.spec["templatePatch"].(string); ok {
		text, err := e.render.text(patch, params)
		if err != nil {
			return nil, fmt.Errorf("its templatePatch: %w", err)
		}
		if made, err = applyPatch(made, text); err != nil {
			return nil, fmt.Errorf("its templatePatch: %w", err)
		}
	}
	made["apiVersion"], made["kind"] = "argoproj.io/v1alpha1", "Application"
	metadata := mapAt(made, "metadata")
	if namespace := textAt(mapAt(e.request.Set, "metadata"), "namespace"); namespace != "" {
		metadata["namespace"] = namespace
	} else {
		delete(metadata, "namespace")
	}
	return made, nil
}

// metadataOf is what a template may say of the Applications' metadata.
func metadataOf(template map[string]any) map[string]any {
	written, metadata := mapAt(template, "metadata"), map[string]any{}
	for _, field := range []string{"name", "labels", "annotations", "finalizers"} {
		if value := written[field]; value != nil {
			metadata[field] = value
		}
	}
	return metadata
}

// fillTemplate gives a generator's own template what only the set's says. Values written as an object are taken whole.
func fillTemplate(own, base map[string]any) map[string]any {
	merged := maps.Clone(own)
	if merged == nil {
		merged = map[string]any{}
	}
	for key, value := range base {
		inner, isMap := merged[key].(map[string]any)
		outer, both := value.(map[string]any)
		switch {
		case isEmpty(merged[key]):
			merged[key] = value
		case isMap && both && key != "valuesObject":
			merged[key] = fillTemplate(inner, outer)
		}
	}
	return merged
}

func isEmpty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case bool:
		return !v
	case float64:
		return v == 0
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}
