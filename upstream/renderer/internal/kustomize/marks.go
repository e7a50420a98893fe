package kustomize

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/provenance"
)

// marks are put on what a kustomization says, so that the result shows which of it reached which field: the
// field that carries a mark, and is the built value without it, comes from there.
type marks struct {
	all []mark
	// byNumber finds the marks of numbers, which cannot carry letters.
	byNumber map[string]int
}

type mark struct {
	place provenance.Place
	// field names what acts there, such as `images`.
	field string
	// value is what stands there.
	value string
	// whole is true where the text is itself the value of a field, as in a JSON patch.
	whole bool
}

// Letters and digits only: marks stand in names, tags and labels.
const (
	markFormat  = "zq7m%04xm7qz"
	firstNumber = 1_700_000_000
)

var markPattern = regexp.MustCompile(`zq7m([0-9a-f]{4,})m7qz`)

func newMarks() *marks { return &marks{byNumber: map[string]int{}} }

// text marks a scalar, which becomes text.
func (m *marks) text(scalar *yaml.Node, made mark) {
	if scalar.Kind != yaml.ScalarNode || scalar.Tag == yaml.NodeTagNull {
		return
	}
	made.value = scalar.Value
	scalar.Value += fmt.Sprintf(markFormat, len(m.all))
	scalar.Tag, scalar.Style = yaml.NodeTagString, yaml.DoubleQuotedStyle
	m.all = append(m.all, made)
}

// number replaces a number by one that stands nowhere else.
func (m *marks) number(scalar *yaml.Node, made mark) {
	if _, err := strconv.Atoi(scalar.Value); err != nil {
		return
	}
	made.value = scalar.Value
	scalar.Value = strconv.Itoa(firstNumber + len(m.all))
	m.byNumber[scalar.Value] = len(m.all)
	m.all = append(m.all, made)
}

// read takes the marks out of a value.
func (m *marks) read(value string) (plain string, found []mark) {
	if number, err := strconv.ParseFloat(value, 64); err == nil && number >= firstNumber && strings.Contains(value, "e") {
		// JSON 6902 patches make floating-point numbers of large ones.
		value = strconv.FormatInt(int64(number), 10)
	}
	if index, ok := m.byNumber[value]; ok {
		return m.all[index].value, []mark{m.all[index]}
	}
	plain = markPattern.ReplaceAllStringFunc(value, func(text string) string {
		index, err := strconv.ParseInt(markPattern.FindStringSubmatch(text)[1], 16, 32)
		if err == nil && int(index) < len(m.all) {
			found = append(found, m.all[index])
		}
		return ""
	})
	return plain, found
}
