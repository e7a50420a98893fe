package appset

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"dario.cat/mergo"
	"sigs.k8s.io/yaml"
)

// result is what one generator makes.
type result struct {
	// options are the generator's own fields.
	options map[string]any
	params  []parameters
}

type generate func(e *expander, options map[string]any) ([]parameters, error)

// generators by their field in the set, in the order in which Argo CD looks at them.
var kinds = []string{
	"list", "clusters", "git", "scmProvider", "clusterDecisionResource", "pullRequest", "matrix", "merge", "plugin",
}

func generatorOf(kind string) generate {
	switch kind {
	case "list":
		return (*expander).list
	case "clusters":
		return (*expander).clusters
	case "git":
		return (*expander).git
	case "matrix":
		return (*expander).matrix
	case "merge":
		return (*expander).merge
	}
	return func(*expander, map[string]any) ([]parameters, error) {
		return nil, &notHere{fmt.Sprintf("its %s generator depends on more than this repository", kind)}
	}
}

// transform runs a generator, filled in with the parameters of another one where there are any, and takes
// what its selector matches.
func (e *expander) transform(generator map[string]any, params parameters) ([]result, error) {
	matches, err := selectorOf(generator["selector"])
	if err != nil {
		return nil, err
	}
	var results []result
	var failure error
	for _, kind := range kinds {
		if mapAt(generator, kind) == nil {
			continue
		}
		options := mapAt(generator, kind)
		if len(params) > 0 {
			if options, err = e.render.generator(kind, options, params); err != nil {
				return nil, err
			}
		}
		made, err := generatorOf(kind)(e, options)
		if err != nil {
			if failure == nil {
				failure = err
			}
			continue
		}
		made = slices.DeleteFunc(made, func(params parameters) bool { return !matches(flattened(params)) })
		results = append(results, result{mapAt(generator, kind), made})
	}
	return results, failure
}

// inner runs a generator inside a matrix or merge.
func (e *expander) inner(generator any, params parameters) ([]parameters, error) {
	results, err := e.transform(mapOf(generator), params)
	if err != nil {
		return nil, err
	}
	switch len(results) {
	case 0:
		return nil, errors.New("child generator generated no parameters")
	case 1:
		return results[0].params, nil
	}
	return nil, errors.New("found more than one generator in matrix.Generators")
}

func (e *expander) list(options map[string]any) ([]parameters, error) {
	var made []parameters
	for _, item := range listAt(options, "elements") {
		element := mapOf(item)
		if !e.render.goTemplate {
			flat, err := flatElement(element)
			if err != nil {
				return nil, err
			}
			element = flat
		}
		made = append(made, element)
	}
	if text := textAt(options, "elementsYaml"); text != "" {
		var elements []parameters
		if err := yaml.Unmarshal([]byte(text), &elements); err != nil {
			return nil, fmt.Errorf("error unmarshling decoded ElementsYaml %w", err)
		}
		made = append(made, elements...)
	}
	return made, nil
}

// flatElement: without Go templates all is text.
func flatElement(element map[string]any) (parameters, error) {
	params := parameters{}
	enter := func(key string, value any) error {
		text, ok := value.(string)
		if !ok {
			return fmt.Errorf("the value of %s in a list element is no text, which takes goTemplate", key)
		}
		params[key] = text
		return nil
	}
	for key, value := range element {
		values, ok := value.(map[string]any)
		if key != "values" {
			if err := enter(key, value); err != nil {
				return nil, err
			}
			continue
		}
		if !ok {
			return nil, errors.New("error parsing values map")
		}
		for name, value := range values {
			if err := enter("values."+name, value); err != nil {
				return nil, err
			}
		}
	}
	return params, nil
}

// matrix combines each of the first generator's parameters with those that the second makes of them.
func (e *expander) matrix(options map[string]any) ([]parameters, error) {
	generators := listAt(options, "generators")
	if len(generators) != 2 {
		return nil, fmt.Errorf("its matrix has %d generators, Argo CD supports only two", len(generators))
	}
	first, err := e.inner(generators[0], nil)
	if err != nil {
		return nil, err
	}
	combined := []parameters{}
	for _, a := range first {
		second, err := e.inner(generators[1], a)
		if err != nil {
			return nil, err
		}
		for _, b := range second {
			both, err := e.combine(a, b)
			if err != nil {
				return nil, err
			}
			if combined = append(combined, both); len(combined) > maxApplications {
				return nil, errTooMany
			}
		}
	}
	return combined, nil
}

func (e *expander) combine(a, b parameters) (parameters, error) {
	both := parameters{}
	if e.render.goTemplate {
		if err := mergo.Merge(&both, b, mergo.WithOverride); err != nil {
			return nil, err
		}
		return both, mergo.Merge(&both, a, mergo.WithOverride)
	}
	for _, params := range []parameters{a, b} {
		for key, value := range params {
			text := fmt.Sprintf("%v", value)
			if known, ok := both[key]; ok && known != text {
				return nil, fmt.Errorf("found duplicate key %s with different value, a: %s ,b: %s", key, known, text)
			}
			both[key] = text
		}
	}
	return both, nil
}

// merge gives the first generator's parameters what the others say of the same keys.
func (e *expander) merge(options map[string]any) ([]parameters, error) {
	generators, keys := listAt(options, "generators"), textsAt(options, "mergeKeys")
	if len(generators) < 2 {
		return nil, errors.New("found less than two generators, Merge requires two or more")
	}
	if len(keys) == 0 {
		return nil, errors.New("no merge keys were specified, Merge requires at least one")
	}
	var order []string
	var merged map[string]parameters
	for index, generator := range generators {
		made, err := e.inner(generator, nil)
		if err != nil {
			return nil, err
		}
		names, byKey, err := keyed(keys, made)
		if err != nil {
			return nil, err
		}
		if index == 0 {
			order, merged = names, byKey
			continue
		}
		for name, params := range merged {
			other, ok := byKey[name]
			if !ok {
				continue
			}
			if !e.render.goTemplate {
				maps.Copy(params, other)
			} else if err := mergo.Merge(&params, other, mergo.WithOverride); err != nil {
				return nil, err
			}
			merged[name] = params
		}
	}
	all := []parameters{}
	for _, name := range order {
		all = append(all, merged[name])
	}
	return all, nil
}

// keyed finds parameters by the values of the merge keys.
func keyed(keys []string, made []parameters) (order []string, byKey map[string]parameters, err error) {
	byKey = map[string]parameters{}
	for _, params := range made {
		values := map[string]any{}
		for _, key := range keys {
			values[key] = params[key]
		}
		name, err := json.Marshal(values)
		if err != nil {
			return nil, nil, err
		}
		if _, known := byKey[string(name)]; known {
			return nil, nil, fmt.Errorf("the parameters from a generator were not unique by the given mergeKeys, Merge requires all param sets to be unique. Duplicate key was %s", name)
		}
		order = append(order, string(name))
		byKey[string(name)] = params
	}
	return order, byKey, nil
}
