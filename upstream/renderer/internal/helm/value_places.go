package helm

import (
	"strconv"

	chart "helm.sh/helm/v4/pkg/chart/v2"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/provenance"
)

// valuePlace finds the text that sets a value: in the last of the given values that has it, else in the
// chart's own, else in a subchart's.
func (s *valueSearch) valuePlace(l leaf) (provenance.Place, bool) {
	for index := len(s.request.Values) - 1; index >= 0; index-- {
		source := s.request.Values[index]
		file, root := source.File, (*yaml.Node)(nil)
		if file != "" {
			root = rootOf(s.text(file))
		} else {
			file = source.Place.File
			root = s.text(file).At(source.Place.Line, source.Place.Column, yaml.MappingNode)
		}
		if node := nodeAt(root, l.path); node != nil {
			return s.placeOf(file, node, l)
		}
		if file == "" || root == nil {
			if inner := nodeAt(rootOf(provenance.NewText(source.Text)), l.path); inner != nil {
				place := source.Place
				place.How = provenance.Transformed
				return place, true
			}
		}
	}
	return s.chartPlace(s.prepared.chart, l)
}

func (s *valueSearch) chartPlace(c *chart.Chart, l leaf) (provenance.Place, bool) {
	file := s.file(c.ChartFullPath() + "/values.yaml")
	if node := nodeAt(rootOf(s.text(file)), l.path); node != nil {
		return s.placeOf(file, node, l)
	}
	name, isName := l.path[0].(string)
	for _, dependency := range c.Dependencies() {
		if isName && len(l.path) > 1 && dependency.Name() == name {
			return s.chartPlace(dependency, leaf{path: l.path[1:], value: l.value, text: l.text})
		}
	}
	return provenance.Place{}, false
}

// placeOf is exact where the text there is the value.
func (s *valueSearch) placeOf(file string, node *yaml.Node, l leaf) (provenance.Place, bool) {
	if node.Kind != yaml.ScalarNode || !holds(node, l.value) {
		return provenance.Place{}, false
	}
	column := provenance.UTF16Column(s.text(file).Line(node.Line), node.Column)
	return provenance.Place{File: file, Line: node.Line, Column: column, How: provenance.Exact}, true
}

func holds(node *yaml.Node, value any) bool {
	switch v := value.(type) {
	case float64:
		written, err := strconv.ParseFloat(node.Value, 64)
		return err == nil && written == v
	default:
		return node.Value == valueText(value)
	}
}
