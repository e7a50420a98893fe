package main

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// podSpecs tells where kinds hold the spec of a Pod.
var podSpecs = map[string]string{
	"Pod":                   ".spec",
	"PodTemplate":           ".template.spec",
	"ReplicationController": ".spec.template.spec",
	"DaemonSet.apps":        ".spec.template.spec",
	"Deployment.apps":       ".spec.template.spec",
	"ReplicaSet.apps":       ".spec.template.spec",
	"StatefulSet.apps":      ".spec.template.spec",
	"Job.batch":             ".spec.template.spec",
	"CronJob.batch":         ".spec.jobTemplate.spec.template.spec",
}

// places are the rule's paths in a kind, in steps; none where the rule is about other kinds.
func (r *changedRule) places(kind schema.GroupKind) [][]string {
	prefix, held := "", false
	if len(r.kinds) == 0 {
		prefix, held = podSpecs[kind.String()]
	}
	for _, name := range r.kinds {
		held = held || name == kind.String()
	}
	if !held {
		return nil
	}
	if len(r.paths) == 0 {
		return [][]string{nil}
	}
	var places [][]string
	for _, path := range r.paths {
		places = append(places, stepsOf(prefix+path))
	}
	return places
}

// decides tells whether the rule had a say in an accepted apply.
func (r *changedRule) decides(q *question, v verdict, places [][]string) bool {
	for _, place := range places {
		switch r.when {
		case isPresent:
			if r.holds(q.Desired.Object, place) || r.holds(q.Live.Object, place) {
				return true
			}
		case isChanged, isJudged:
			for _, c := range v.Changes {
				if v.Refused == nil && r.isTouched(c, place) {
					return true
				}
			}
		}
	}
	return false
}

// refuses tells whether it was the rule that refused a field.
func (r *changedRule) refuses(code int, f finding, places [][]string) bool {
	if r.when != isRefused && r.when != isJudged || code != http.StatusUnprocessableEntity || !strings.Contains(f.Message, r.says) {
		return false
	}
	for _, place := range places {
		if isBelow(place, stepsOf(f.Path)) {
			return true
		}
	}
	return false
}

func (r *changedRule) isTouched(c change, place []string) bool {
	steps := stepsOf(c.Path)
	if isBelow(place, steps) {
		return r.value == nil || r.value(c.Desired)
	}
	for _, rest := range restsOf(place, steps) {
		if r.holds(c.Desired, rest) || r.value == nil && (r.holds(c.Live, rest) || r.holds(c.Becomes, rest)) {
			return true
		}
	}
	return false
}

func isNumber(wanted int64) func(any) bool {
	return func(value any) bool { return equalJSON(value, wanted) }
}

func isText(text string) func(any) bool {
	return func(value any) bool { return value == text }
}

func isNot(text string) func(any) bool {
	return func(value any) bool { return value != text }
}

// has tells values that are or hold a text which matches.
func has(pattern string) func(any) bool {
	wanted := regexp.MustCompile(pattern)
	var search func(any) bool
	search = func(value any) bool {
		switch value := value.(type) {
		case string:
			return wanted.MatchString(value)
		case map[string]any:
			return slices.ContainsFunc(slices.Collect(maps.Values(value)), search)
		case []any:
			return slices.ContainsFunc(value, search)
		}
		return false
	}
	return search
}

// stepsOf splits a path into names and, for members of lists however they are told apart, "[]".
func stepsOf(path string) []string {
	var steps []string
	for path != "" {
		if path[0] == '.' {
			end := strings.IndexAny(path[1:], ".[") + 1
			if end == 0 {
				end = len(path)
			}
			steps, path = append(steps, path[1:end]), path[end:]
			continue
		}
		end := bracketEnd(path)
		step := path[1:end]
		path = strings.TrimPrefix(path[end:], "]")
		if strings.HasPrefix(step, `"`) {
			steps = append(steps, strings.Trim(step, `"`))
		} else {
			steps = append(steps, "[]")
		}
	}
	return steps
}

// bracketEnd is where the bracket at the beginning closes; texts in it may hold brackets.
func bracketEnd(path string) int {
	quoted := false
	for i := 1; i < len(path); i++ {
		switch {
		case path[i] == '\\':
			i++
		case path[i] == '"':
			quoted = !quoted
		case path[i] == ']' && !quoted:
			return i
		}
	}
	return len(path)
}

// isBelow tells whether a path is the place or below it; "**" in a place stands for any steps.
func isBelow(place, path []string) bool {
	switch {
	case len(place) == 0:
		return true
	case place[0] == "**":
		return isBelow(place[1:], path) || len(path) > 0 && isBelow(place, path[1:])
	}
	return len(path) > 0 && place[0] == path[0] && isBelow(place[1:], path[1:])
}

// restsOf is what leads from a path down to the place.
func restsOf(place, path []string) [][]string {
	switch {
	case len(path) == 0:
		return [][]string{place}
	case len(place) == 0:
		return nil
	case place[0] == "**":
		return append(restsOf(place[1:], path), restsOf(place, path[1:])...)
	case place[0] == path[0]:
		return restsOf(place[1:], path[1:])
	}
	return nil
}

// holds tells whether there is a value at the place that the rule is about.
func (r *changedRule) holds(value any, place []string) bool {
	if len(place) == 0 {
		return value != nil && (r.value == nil || r.value(value))
	}
	anywhere := place[0] == "**"
	if anywhere && r.holds(value, place[1:]) {
		return true
	}
	rest := place[1:]
	if anywhere {
		rest = place
	}
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			if (anywhere || name == place[0]) && r.holds(inner, rest) {
				return true
			}
		}
	case []any:
		for _, inner := range value {
			if (anywhere || place[0] == "[]") && r.holds(inner, rest) {
				return true
			}
		}
	}
	return false
}
