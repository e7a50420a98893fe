package kustomize

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/objects"
)

// unused lists what changes nothing, where all that the build is made of is known.
func (t *tracer) unused(built *built) []objects.Unused {
	if t.marked == nil || t.marked.survey.makesObjects {
		return nil
	}
	return slices.Concat(t.unusedPatches(built), t.unusedTargets(built), t.unusedImages(built))
}

// unusedPatches lists the patches whose target selects nothing in the build, which kustomize passes over in
// silence. What may be selected is left out: an object may have had another name when the patch looked for it.
func (t *tracer) unusedPatches(built *built) []objects.Unused {
	var unused []objects.Unused
	var candidates []identity
	for _, entry := range t.marked.survey.entries {
		if entry.target == nil || entry.general {
			continue
		}
		if candidates == nil {
			candidates = t.candidates(built)
		}
		if slices.ContainsFunc(candidates, func(object identity) bool {
			return entry.target.maySelect(object, t.marked.survey.makesNames)
		}) {
			continue
		}
		unused = append(unused, objects.Unused{
			Kind: "patch", Name: entry.target.title(), File: entry.named.File, Line: entry.named.Line, Column: entry.named.Column,
		})
	}
	return unused
}

// unusedTargets are those of replacements that select nothing, which kustomize passes over in silence as well.
func (t *tracer) unusedTargets(built *built) []objects.Unused {
	var unused []objects.Unused
	var candidates []identity
	for _, replacement := range t.marked.survey.replacements {
		for _, target := range replacement.targets {
			if candidates == nil {
				candidates = t.candidates(built)
			}
			if len(target.selected.words) == 0 || slices.ContainsFunc(candidates, func(object identity) bool {
				return target.selected.maySelect(object, t.marked.survey.makesNames)
			}) {
				continue
			}
			unused = append(unused, objects.Unused{
				Kind: "target", Name: target.selected.title(), File: target.place.File, Line: target.place.Line, Column: target.place.Column,
			})
		}
	}
	return unused
}

// candidates are all objects that stand in a text of the build, are generated, or are in its result.
func (t *tracer) candidates(built *built) []identity {
	var found []identity
	for _, s := range t.marked.survey.numbers.spans {
		if t.marked.survey.patchFiles[s.name] {
			continue
		}
		for _, document := range s.text.Documents {
			for _, object := range itemsOf(document) {
				if object.Kind == yaml.MappingNode {
					found = append(found, identityOf(object))
				}
			}
		}
	}
	for _, made := range t.marked.survey.generators {
		found = append(found, identity{version: "v1", kind: made.kind, names: []string{made.name}})
	}
	for _, resource := range built.Resources() {
		found = append(found, identityOf(resource.YNode()))
	}
	return found
}

// maySelect tells whether an object, by the name it has now, may be or have been selected.
func (s *selector) maySelect(object identity, renamed bool) bool {
	for field, value := range map[string]string{"group": object.group, "version": object.version, "kind": object.kind} {
		if pattern := s.fields[field]; pattern != nil && !pattern.MatchString(value) {
			return false
		}
	}
	pattern := s.fields["name"]
	if pattern == nil || anyMatch(pattern, object.names) {
		return true
	}
	if !renamed {
		return false
	}
	return strings.ContainsAny(s.words["name"], `*+?()[]{}|\^$`) || strings.Contains(s.words["name"], object.names[0])
}

// title says what a patch is for.
func (s *selector) title() string {
	var parts []string
	for _, field := range []string{"kind", "name", "namespace", "group", "version"} {
		if word := s.words[field]; word != "" {
			parts = append(parts, word)
		}
	}
	return strings.Join(parts, " ")
}
