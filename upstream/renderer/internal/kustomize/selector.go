package kustomize

import (
	"regexp"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/provenance"
)

// selector is what selects objects: kustomize's words, which are regular expressions for a whole text.
type selector struct {
	fields map[string]*regexp.Regexp
	// byLabels is true where labels or annotations decide, too.
	byLabels bool
	// words are those of the fields as they are written.
	words map[string]string
}

func newSelector(target *yaml.RNode) *selector {
	found := &selector{fields: map[string]*regexp.Regexp{}, words: map[string]string{}}
	for _, field := range []string{"group", "version", "kind", "name", "namespace"} {
		if scalar := scalarIn(target, field); scalar != nil && scalar.Value != "" {
			pattern, err := regexp.Compile("^(?:" + scalar.Value + ")$")
			if err != nil {
				return nil
			}
			found.fields[field], found.words[field] = pattern, scalar.Value
		}
	}
	for _, field := range []string{"labelSelector", "annotationSelector"} {
		scalar := scalarIn(target, field)
		found.byLabels = found.byLabels || scalar != nil && scalar.Value != ""
	}
	return found
}

// placeOfSelector is where a selector names what it selects, as near as it does.
func placeOfSelector(node *yaml.RNode, place func(*yaml.Node) provenance.Place) provenance.Place {
	for _, field := range []string{"name", "kind", "namespace", "group", "version"} {
		if scalar := scalarIn(node, field); scalar != nil {
			return place(scalar)
		}
	}
	return place(node.YNode())
}

// identity is what an object is selected by; it may have had several names and namespaces.
type identity struct {
	group, version, kind string
	names, namespaces    []string
}

func identityOf(object *yaml.Node) identity {
	node := yaml.NewRNode(object)
	group, version, ok := strings.Cut(node.GetApiVersion(), "/")
	if !ok {
		group, version = "", group
	}
	return identity{
		group: group, version: version, kind: node.GetKind(),
		names: []string{node.GetName()}, namespaces: []string{node.GetNamespace()},
	}
}

// also adds the names that the object has elsewhere.
func (i identity) also(object *yaml.Node) identity {
	node := yaml.NewRNode(object)
	i.names = append(i.names, node.GetName())
	i.namespaces = append(i.namespaces, node.GetNamespace())
	return i
}

// selects tells whether an object is selected, as far as names decide.
func (s *selector) selects(object identity) bool {
	for field, values := range map[string][]string{
		"group": {object.group}, "version": {object.version}, "kind": {object.kind},
		"name": object.names, "namespace": object.namespaces,
	} {
		if pattern := s.fields[field]; pattern != nil && !anyMatch(pattern, values) {
			return false
		}
	}
	return true
}

func anyMatch(pattern *regexp.Regexp, values []string) bool {
	for _, value := range values {
		if pattern.MatchString(value) {
			return true
		}
	}
	return false
}
