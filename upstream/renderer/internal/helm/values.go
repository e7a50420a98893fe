package helm

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/provenance"
)

// maxRenders bounds the renders that look for values. Numbers are replaced by small ones: templates count up
// to them.
const (
	maxRenders  = 24
	firstNumber = 1001
	lastNumber  = 2999
	markFormat  = "zq7v%04xv7qz"
)

var markPattern = regexp.MustCompile(`zq7v([0-9a-f]{4,})v7qz`)

// leaf is one value that templates can read.
type leaf struct {
	path  []any
	value any
	text  string
}

// findValues proves which values reach which fields: values are changed, and a field that carries the change,
// and is the plain one without it, comes from there.
func (t *tracer) findValues(printed []*printedObject, calls *calls) {
	search := &valueSearch{tracer: t, calls: calls, printed: printed}
	search.collect()
	var marked, switches []leaf
	numbers := firstNumber
	for _, candidate := range search.candidates() {
		switch candidate.value.(type) {
		case string:
			marked = append(marked, candidate)
		case bool:
			switches = append(switches, candidate)
		case float64, int64, int:
			if numbers++; numbers <= lastNumber {
				marked = append(marked, candidate)
			}
		}
	}
	search.try(marked)
	for _, candidate := range switches {
		search.flip(candidate)
	}
}

type valueSearch struct {
	*tracer
	calls   *calls
	printed []*printedObject
	renders int
	// all the fields' texts, to see what can occur in one.
	haystack string
	equal    map[string]bool
}

func (s *valueSearch) collect() {
	var all strings.Builder
	s.equal = map[string]bool{}
	for _, object := range s.printed {
		for _, node := range object.nodes {
			if node.Kind == yaml.ScalarNode {
				all.WriteString(node.Value)
				all.WriteByte(0)
				s.equal[node.Value] = true
			}
		}
	}
	s.haystack = all.String()
}

// candidates are the values whose text occurs in a field.
func (s *valueSearch) candidates() []leaf {
	var found []leaf
	walkValues(mapOf(s.prepared.values["Values"]), nil, func(path []any, value any) {
		candidate := leaf{path: path, value: value, text: valueText(value)}
		if _, isText := value.(string); isText && len(candidate.text) > 1 {
			if strings.Contains(s.haystack, strings.TrimSpace(candidate.text)) {
				found = append(found, candidate)
			}
		} else if s.equal[candidate.text] && candidate.text != "" {
			found = append(found, candidate)
		}
	})
	sort.Slice(found, func(i, j int) bool { return pathText(found[i].path) < pathText(found[j].path) })
	return found
}

// try changes all the values at once; where the chart refuses that, half of them at a time.
func (s *valueSearch) try(leaves []leaf) {
	if len(leaves) == 0 || s.renders >= maxRenders {
		return
	}
	changes := make([]change, len(leaves))
	for index, candidate := range leaves {
		changes[index] = change{candidate.path, fmt.Sprintf("%s"+markFormat, candidate.text, index)}
		if _, isText := candidate.value.(string); !isText {
			changes[index].value = float64(firstNumber + index)
		}
	}
	others, err := s.render(changes)
	if err != nil {
		if len(leaves) > 1 {
			s.try(leaves[:len(leaves)/2])
			s.try(leaves[len(leaves)/2:])
		}
		return
	}
	numbers := map[string]leaf{}
	for index, candidate := range leaves {
		if number, ok := changes[index].value.(float64); ok {
			numbers[strconv.Itoa(int(number))] = candidate
		}
	}
	s.compare(others, func(changed string) (string, []leaf) {
		if candidate, ok := numbers[changed]; ok {
			return candidate.text, []leaf{candidate}
		}
		var found []leaf
		plain := markPattern.ReplaceAllStringFunc(changed, func(text string) string {
			index, _ := strconv.ParseInt(markPattern.FindStringSubmatch(text)[1], 16, 32)
			if int(index) < len(leaves) {
				found = append(found, leaves[index])
			}
			return ""
		})
		return plain, found
	})
}

// flip turns a switch over: a field that has its value before and after comes from it, if the template's
// line names it.
func (s *valueSearch) flip(candidate leaf) {
	key := "." + fmt.Sprint(candidate.path[len(candidate.path)-1])
	named := func(object *printedObject, pointer string) bool {
		return strings.Contains(strings.Join(object.actions[pointer], "\n"), key)
	}
	wanted := false
	for _, object := range s.printed {
		for pointer, node := range object.nodes {
			wanted = wanted || node.Value == candidate.text && named(object, pointer)
		}
	}
	if !wanted || s.renders >= maxRenders {
		return
	}
	flipped := candidate.text != "true"
	others, err := s.render([]change{{candidate.path, flipped}})
	if err != nil {
		return
	}
	s.compare(others, func(changed string) (string, []leaf) {
		if changed == strconv.FormatBool(flipped) {
			return candidate.text, []leaf{candidate}
		}
		return changed, nil
	})
}

type change struct {
	path  []any
	value any
}

// render makes the release again with other values; the documents by template.
func (s *valueSearch) render(changes []change) (map[string][]document, error) {
	s.renders++
	values, err := merge(s.view, s.request.Values)
	if err != nil {
		return nil, err
	}
	effective := mapOf(s.prepared.values["Values"])
	for _, change := range changes {
		values, _ = changed(values, effective, change.path, change.value).(map[string]any)
	}
	root, err := load(s.view, s.request.Path)
	if err != nil {
		return nil, err
	}
	prepared, err := prepareChart(root, values, s.request, true)
	if err != nil {
		return nil, err
	}
	made, _, err := prepared.renderWith(s.calls.again())
	if err != nil {
		return nil, err
	}
	return byTemplate(made.documents()), nil
}

func byTemplate(documents []document) map[string][]document {
	all := map[string][]document{}
	for _, document := range documents {
		all[document.template] = append(all[document.template], document)
	}
	return all
}

// compare notes the values that fields of the other render show. read takes the changes out of a text.
func (s *valueSearch) compare(others map[string][]document, read func(string) (string, []leaf)) {
	seen := map[string]int{}
	for _, object := range s.printed {
		template := object.document.template
		index := seen[template]
		seen[template]++
		if index >= len(others[template]) || others[template][index].text == object.document.text {
			continue
		}
		text := provenance.NewText(others[template][index].text)
		if len(text.Documents) == 0 {
			continue
		}
		provenance.Walk(text.Documents[0], "", func(pointer string, node *yaml.Node) {
			built := object.nodes[pointer]
			if node.Kind != yaml.ScalarNode || built == nil || built.Kind != yaml.ScalarNode || node.Value == built.Value {
				return
			}
			if plain, found := read(node.Value); plain == built.Value && len(found) > 0 {
				s.note(object, pointer, found, built.Value)
			}
		})
	}
}

// note gives a field the place of the value that stands last in it; the others and the template's line are
// its chain.
func (s *valueSearch) note(object *printedObject, pointer string, found []leaf, value string) {
	last := found[len(found)-1]
	place, ok := s.valuePlace(last)
	if !ok {
		return
	}
	if len(found) > 1 || last.text != value {
		place.How = provenance.Transformed
	}
	for _, other := range found[:len(found)-1] {
		if otherPlace, ok := s.valuePlace(other); ok {
			place.Via = append(place.Via, otherPlace.Step(pathText(other.path)))
		}
	}
	if template, ok := object.trace.Fields[pointer]; ok {
		place.Via = append(place.Via, template.Via...)
		place.Via = append(place.Via, template.String())
	}
	object.trace.Fields[pointer] = place
}
