package appset

import (
	"fmt"
	"slices"
)

// selectorOf reads a label selector, whose values may be any text (a cluster's address). None matches all.
func selectorOf(value any) (func(labels map[string]string) bool, error) {
	selector := mapOf(value)
	labels := stringsAt(selector, "matchLabels")
	type requirement = func(labels map[string]string) bool
	var requirements []requirement
	for key, wanted := range labels {
		requirements = append(requirements, func(labels map[string]string) bool {
			has, ok := labels[key]
			return ok && has == wanted
		})
	}
	for _, item := range listAt(selector, "matchExpressions") {
		expression := mapOf(item)
		key, values := textAt(expression, "key"), textsAt(expression, "values")
		operator := textAt(expression, "operator")
		if !slices.Contains([]string{"In", "NotIn", "Exists", "DoesNotExist"}, operator) {
			return nil, fmt.Errorf("%q is not a valid pod selector operator", operator)
		}
		requirements = append(requirements, func(labels map[string]string) bool {
			has, ok := labels[key]
			switch operator {
			case "In":
				return ok && slices.Contains(values, has)
			case "NotIn":
				return !ok || !slices.Contains(values, has)
			case "Exists":
				return ok
			}
			return !ok
		})
	}
	return func(labels map[string]string) bool {
		return !slices.ContainsFunc(requirements, func(holds requirement) bool { return !holds(labels) })
	}, nil
}
