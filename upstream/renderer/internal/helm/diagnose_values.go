package helm

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/objects"
	"driftline/renderer/internal/provenance"
)

// values are all that the schemas of the chart and its subcharts refuse, each where it is set. Nothing where the schemas
// themselves are refused: Helm's text says that.
func (d *diagnosis) values(failed error) []objects.Fault {
	values, _ := d.preparedChart.values["Values"].(map[string]any)
	if values == nil {
		values = mapOf(d.preparedChart.values["Values"])
	}
	return d.schemas(d.preparedChart.chart, values, nil, failed)
}

func (d *diagnosis) schemas(c *chart.Chart, values map[string]any, above []any, failed error) []objects.Fault {
	var faults []objects.Fault
	if c.Schema != nil {
		var refused *jsonschema.ValidationError
		switch err := validate(values, c.Schema); {
		case errors.As(err, &refused):
			for _, leaf := range leaves(refused) {
				faults = append(faults, d.refusal(leaf, c.Schema, above)...)
			}
		case err != nil:
			place := provenance.Place{File: d.preparedChart.locations[path.Join(c.ChartFullPath(), "values.schema.json")], Line: 1, Column: 1}
			faults = append(faults, objects.Fault{
				Message: err.Error(), Place: place, Field: inSchema, Whole: true,
				Unavailable: strings.Contains(err.Error(), "http") || strings.Contains(err.Error(), "file:///"),
			})
		}
	}
	for _, dependency := range c.Dependencies() {
		if inner := mapOf(values[dependency.Name()]); inner != nil {
			faults = append(faults, d.schemas(dependency, inner, append(above[:len(above):len(above)], dependency.Name()), failed)...)
		}
	}
	return faults
}

// validate reads a schema as Helm does (helm.sh/helm/v4/pkg/chart/common/util, ValidateAgainstSingleSchema), but keeps
// the places of what it refuses.
func validate(values map[string]any, schema []byte) error {
	read, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return err
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(jsonschema.SchemeURLLoader{"file": jsonschema.FileLoader{}, "http": elsewhere{}, "https": elsewhere{}, "urn": anything{}})
	if err := compiler.AddResource("file:///values.schema.json", read); err != nil {
		return err
	}
	compiled, err := compiler.Compile("file:///values.schema.json")
	if err != nil {
		return err
	}
	return compiled.Validate(values)
}

type elsewhere struct{}

func (elsewhere) Load(url string) (any, error) { return http.Get(url) }

// anything stands for what no resolver knows, as in Helm.
type anything struct{}

func (anything) Load(string) (any, error) { return true, nil }

// leaves are what is refused in the end; of what must fit one of several schemas, that.
func leaves(refused *jsonschema.ValidationError) []*jsonschema.ValidationError {
	switch refused.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf, *kind.Not:
		return []*jsonschema.ValidationError{refused}
	}
	if len(refused.Causes) == 0 {
		return []*jsonschema.ValidationError{refused}
	}
	var found []*jsonschema.ValidationError
	for _, cause := range refused.Causes {
		found = append(found, leaves(cause)...)
	}
	return found
}

var english = message.NewPrinter(language.English)

// refusal is what is refused of one value: of a map, each name that it may not have.
func (d *diagnosis) refusal(leaf *jsonschema.ValidationError, schema []byte, above []any) []objects.Fault {
	at := append([]any{}, above...)
	for _, step := range leaf.InstanceLocation {
		if index, err := strconv.Atoi(step); err == nil {
			at = append(at, index)
		} else {
			at = append(at, step)
		}
	}
	fault := func(path []any, text string) objects.Fault {
		return objects.Fault{Message: text, Field: inSchema, Path: strings.TrimPrefix(pointerTo(path), "/"), Place: d.setAt(path)}
	}
	if names, ok := leaf.ErrorKind.(*kind.AdditionalProperties); ok {
		var faults []objects.Fault
		for _, name := range names.Properties {
			refused := fault(append(at[:len(at):len(at)], name), "additional property")
			refused.Known = propertiesAt(schema, leaf.SchemaURL)
			faults = append(faults, refused)
		}
		return faults
	}
	return []objects.Fault{fault(at, leaf.ErrorKind.LocalizedString(english))}
}

// propertiesAt are the names of the properties that a part of a schema has.
func propertiesAt(schema []byte, url string) []string {
	var read any
	_, pointer, _ := strings.Cut(url, "#")
	if json.Unmarshal(schema, &read) != nil {
		return nil
	}
	for _, step := range provenance.Steps(pointer) {
		read = mapOf(read)[step]
	}
	return slices.Sorted(maps.Keys(mapOf(mapOf(read)["properties"])))
}

// setAt is where the value at a path is set: in the given values from last to first, then in the charts' own. The
// nearest parent that is set stands for what is not.
func (d *diagnosis) setAt(path []any) provenance.Place {
	for ; len(path) > 0; path = path[:len(path)-1] {
		for index := len(d.tracer.request.Values) - 1; index >= 0; index-- {
			if place, ok := d.inValues(d.tracer.request.Values[index], path); ok {
				return place
			}
		}
		if place, ok := d.inOwn(d.preparedChart.chart, path); ok {
			return place
		}
	}
	if values := d.tracer.request.Values; len(values) > 0 {
		last := values[len(values)-1]
		if last.File != "" {
			return provenance.Place{File: last.File, Line: 1, Column: 1}
		}
		return last.Place
	}
	return d.placeIn(d.preparedChart.chart.ChartFullPath()+"/values.yaml", 0)
}

func (d *diagnosis) inValues(source Values, path []any) (provenance.Place, bool) {
	switch {
	case source.As != "":
		made, err := source.set(d.tracer.view, map[string]any{})
		if _, ok := valueOf(made, path); err != nil || !ok {
			return provenance.Place{}, false
		}
		return source.Place, true
	case source.File != "":
		return d.inNodes(source.File, d.documents(source.File), path)
	}
	if place, ok := source.Places[pointerTo(path)]; ok {
		return place, true
	}
	content, ok := d.tracer.view.Content(source.Place.File)
	if !ok {
		return provenance.Place{}, false
	}
	node := provenance.NewText(string(content)).At(source.Place.Line, source.Place.Column, yaml.MappingNode)
	if node != nil {
		return d.inNodes(source.Place.File, []*yaml.Node{node}, path)
	}
	var read map[string]any
	if yaml.Unmarshal([]byte(source.Text), &read) != nil {
		return provenance.Place{}, false
	}
	_, ok = valueOf(read, path)
	return source.Place, ok
}

// inOwn looks into a chart's values.yaml, and into those of the subchart that the path names.
func (d *diagnosis) inOwn(c *chart.Chart, path []any) (provenance.Place, bool) {
	name := c.ChartFullPath() + "/values.yaml"
	if content, ok := d.contents[name]; ok {
		if place, ok := d.inNodes(d.preparedChart.locations[name], parseAll(content), path); ok {
			return place, true
		}
	}
	for _, dependency := range c.Dependencies() {
		if first, _ := path[0].(string); first == dependency.Name() && len(path) > 1 {
			return d.inOwn(dependency, path[1:])
		}
	}
	return provenance.Place{}, false
}

// inNodes is a scalar itself, or the name of what has parts.
func (d *diagnosis) inNodes(file string, documents []*yaml.Node, path []any) (provenance.Place, bool) {
	for index := len(documents) - 1; index >= 0; index-- {
		node := nodeAt(documents[index], path)
		if node == nil {
			continue
		}
		if key, ok := path[len(path)-1].(string); ok && node.Kind != yaml.ScalarNode {
			if _, named := provenance.Entry(nodeAt(documents[index], path[:len(path)-1]), key); named != nil {
				node = named
			}
		}
		return provenance.Place{
			File: file, Line: node.Line, Column: provenance.UTF16Column(d.lineIn(file, node.Line), node.Column),
		}, true
	}
	return provenance.Place{}, false
}
