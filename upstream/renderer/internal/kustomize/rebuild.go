package kustomize

import (
	"regexp"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// rebuilt is another build of the same, with what was read for it.
type rebuilt struct {
	survey *survey
	nodes  []*yaml.Node
}

// rebuild builds with rewritten texts; nil where that fails.
func (t *tracer) rebuild(prepare func(*survey)) *rebuilt {
	survey := newSurvey(t.view, t.made, t.request.Origin, t.firstLine)
	survey.edits = t.edits
	if t.folds != nil {
		survey.folds = newFolding(t.view)
	}
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

// node is the same object in this build, or nil: the one of the same index, for most, else the only one of
// its kind and name. Marks in names and left-out patches can change the order.
func (r *rebuilt) node(index, size int, built *yaml.Node) *yaml.Node {
	if r == nil {
		return nil
	}
	if index < len(r.nodes) && r.same(r.nodes[index], built, true) {
		return r.nodes[index]
	}
	for _, inNamespace := range []bool{true, false} {
		var found []*yaml.Node
		for _, node := range r.nodes {
			if r.same(node, built, inNamespace) {
				found = append(found, node)
			}
		}
		if len(found) == 1 {
			return found[0]
		}
		if len(found) > 1 {
			return nil
		}
	}
	// A JSON patch may have given it another name.
	if index < len(r.nodes) && len(r.nodes) == size && yaml.NewRNode(r.nodes[index]).GetKind() == yaml.NewRNode(built).GetKind() {
		return r.nodes[index]
	}
	return nil
}

func (r *rebuilt) same(node, built *yaml.Node, inNamespace bool) bool {
	a, b := yaml.NewRNode(node), yaml.NewRNode(built)
	return a.GetKind() == b.GetKind() && withoutHash(r.plain(a.GetName())) == withoutHash(b.GetName()) &&
		(!inNamespace || r.plain(a.GetNamespace()) == b.GetNamespace())
}

// plain is a text of the build without marks.
func (r *rebuilt) plain(text string) string {
	if r.survey.marks == nil {
		return text
	}
	plain, _ := r.survey.marks.read(text)
	return plain
}

// withoutHash cuts what may be the hash of a generated object's content, which marks change.
func withoutHash(name string) string { return hashSuffix.ReplaceAllString(name, "") }

// hashSuffix has the letters that kustomize writes hashes with.
var hashSuffix = regexp.MustCompile(`-[2456789bcdfghkmt]{10}$`)
