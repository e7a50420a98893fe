package helm

import (
	"fmt"
	"slices"

	"helm.sh/helm/v4/pkg/chart/common"
)

type originKind int

const (
	// written is text of a template, printed as it stands.
	written originKind = iota
	// action is an expression of a template.
	action
	// value is one of the chart's values, or a field of its Chart.yaml.
	value
	// file is a file of the chart, read by a template.
	file
	// computed is what a function made of values.
	computed
)

// origin is what prints: a text or an expression of a template, or a value.
type origin struct {
	kind originKind
	// file is the template (by the name that Helm gives it), or the chart's file.
	file string
	// offset in the file; in the value's text for the rest of a value.
	offset int
	// text is what stands there; of a value, what templates print. cut is set where it is not all of it.
	text string
	cut  bool
	// path and value of a value; of a field of Chart.yaml where file is set.
	path  []any
	value any
	// pipe is an expression, and definition the name of what it stands in (empty: in the template itself).
	pipe, definition string
	// from are the origins of what was computed; of an expression inside of a value, that value.
	from []int
}

// ledger numbers the origins of one render.
type ledger struct{ origins []origin }

// maxSources bounds the values that are remembered for one computed text.
const maxSources = 12

func (l *ledger) number(o origin) int {
	if len(l.origins) >= maxOrigins {
		return maxOrigins - 1
	}
	l.origins = append(l.origins, o)
	return len(l.origins) - 1
}

// carry is a value that is no text, or an empty one, on its way through a template.
type carry struct {
	origin int
	value  any
}

// carrier is true for templates where its value is: it has one item, or room for one.
type carrier []carry

// String is what templates print.
func (c carrier) String() string {
	held, ok := c.held()
	if !ok {
		return ""
	}
	return enclosed(held.origin, fmt.Sprint(held.value))
}

func (c carrier) held() (carry, bool) {
	if cap(c) == 0 {
		return carry{}, false
	}
	return c[:1][0], true
}

// carrying is a scalar with its origin on it.
func carrying(number int, scalar any) any {
	truth := true
	switch v := scalar.(type) {
	case string:
		if v != "" {
			return enclosed(number, v)
		}
		truth = false
	case bool:
		truth = v
	case float64:
		truth = v != 0
	case int64:
		truth = v != 0
	case int:
		truth = v != 0
	default:
		return scalar
	}
	held := carrier{{number, scalar}}
	if !truth {
		return held[:0]
	}
	return held
}

// marked is a copy of values in which every scalar carries its path.
func (l *ledger) marked(v any, path []any) any {
	switch v := v.(type) {
	case map[string]any:
		return l.markedMap(v, path)
	case common.Values:
		return common.Values(l.markedMap(v, path))
	case []any:
		copied := make([]any, len(v))
		for index, item := range v {
			copied[index] = l.marked(item, append(path[:len(path):len(path)], index))
		}
		return copied
	case nil:
		return nil
	}
	return carrying(l.number(origin{kind: value, text: fmt.Sprint(v), path: path, value: v}), v)
}

func (l *ledger) markedMap(v map[string]any, path []any) map[string]any {
	copied := make(map[string]any, len(v))
	for key, item := range v {
		copied[key] = l.marked(item, append(path[:len(path):len(path)], key))
	}
	return copied
}

// bare is a value without marks on it, not looking into lists and maps.
func bare(v any) any {
	switch v := v.(type) {
	case string:
		return unmarked(v)
	case carrier:
		held, _ := v.held()
		return held.value
	}
	return v
}

// plain is a value without marks; found tells whether there were any.
func plain(v any) (clean any, found bool) {
	switch v := v.(type) {
	case string:
		return unmarked(v), hasMarks(v)
	case carrier:
		held, _ := v.held()
		return held.value, true
	case map[string]any:
		return plainMap(v)
	case common.Values:
		clean, found := plainMap(v)
		return common.Values(clean), found
	case []any:
		return plainList(v)
	case []string:
		copied := make([]string, len(v))
		for index, item := range v {
			copied[index] = unmarked(item)
			found = found || hasMarks(item)
		}
		return copied, found
	}
	return v, false
}

func plainMap(v map[string]any) (map[string]any, bool) {
	if v == nil {
		return v, false
	}
	found := false
	copied := make(map[string]any, len(v))
	for key, item := range v {
		clean, marked := plain(item)
		copied[key] = clean
		found = found || marked
	}
	return copied, found
}

func plainList(v []any) ([]any, bool) {
	if v == nil {
		return v, false
	}
	found := false
	copied := make([]any, len(v))
	for index, item := range v {
		clean, marked := plain(item)
		copied[index] = clean
		found = found || marked
	}
	return copied, found
}

// sources are the values that something was made of.
func (l *ledger) sources(v any, found []int) []int {
	if len(found) >= maxSources {
		return found
	}
	switch v := v.(type) {
	case string:
		if hasMarks(v) {
			for _, s := range l.read(v).segments {
				found = l.source(s.frame.origin, found)
			}
		}
	case carrier:
		if held, ok := v.held(); ok {
			found = l.source(held.origin, found)
		}
	case map[string]any:
		for _, key := range sortedKeys(v) {
			found = l.sources(v[key], found)
		}
	case common.Values:
		return l.sources(map[string]any(v), found)
	case []any:
		for _, item := range v {
			found = l.sources(item, found)
		}
	case []string:
		for _, item := range v {
			found = l.sources(item, found)
		}
	}
	return found
}

func (l *ledger) source(number int, found []int) []int {
	switch from := l.origins[number]; from.kind {
	case value, file:
		if !slices.Contains(found, number) && len(found) < maxSources {
			found = append(found, number)
		}
	case computed:
		for _, other := range from.from {
			found = l.source(other, found)
		}
	}
	return found
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
