package kustomize

import (
	"regexp"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/objects"
	"driftline/renderer/internal/provenance"
)

// imageEntry is an entry of a kustomization's images.
type imageEntry struct {
	name  string
	place provenance.Place
	// made are the name, with tag or digest, that it gives.
	made string
}

func (f *kustomizationFile) findImages(root *yaml.RNode) {
	for _, field := range []string{"images", "imageTags"} {
		each(root, field, func(item *yaml.RNode) {
			name := scalarIn(item, "name")
			if name == nil || name.Value == "" {
				return
			}
			entry := imageEntry{name: name.Value, place: f.place(name)}
			if made := scalarIn(item, "newName"); made != nil {
				entry.made = made.Value
			}
			f.images = append(f.images, entry)
		})
	}
}

// unusedImages are the entries whose image stands nowhere: in no text that was read, in no object of the result, and
// is no other entry's new name. Kustomize passes over them in silence.
func (t *tracer) unusedImages(built *built) []objects.Unused {
	var texts map[string]bool
	var unused []objects.Unused
	for _, entry := range t.marked.survey.images {
		// As kustomize matches it (api/image, IsImageMatched).
		pattern, err := regexp.Compile(`^` + entry.name + `(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$`)
		if err != nil {
			continue
		}
		if texts == nil {
			texts = t.scalars(built)
		}
		isUsed := false
		for text := range texts {
			if isUsed = pattern.MatchString(text); isUsed {
				break
			}
		}
		if !isUsed {
			unused = append(unused, objects.Unused{
				Kind: "image", Name: entry.name, File: entry.place.File, Line: entry.place.Line, Column: entry.place.Column,
			})
		}
	}
	return unused
}

// scalars are all texts that may be an image: in what was read, in the result, and what images are called anew.
func (t *tracer) scalars(built *built) map[string]bool {
	found := map[string]bool{}
	enter := func(_ string, node *yaml.Node) {
		if node.Kind == yaml.ScalarNode && len(node.Value) < 500 {
			found[node.Value] = true
		}
	}
	for _, s := range t.marked.survey.numbers.spans {
		for _, document := range s.text.Documents {
			provenance.Walk(document, "", enter)
		}
	}
	for _, resource := range built.Resources() {
		provenance.Walk(resource.YNode(), "", enter)
	}
	for _, entry := range t.marked.survey.images {
		found[entry.made] = true
	}
	return found
}
