package main

import (
	"slices"

	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/schema"
	"sigs.k8s.io/structured-merge-diff/v6/value"
)

// members are the items of a keyed list or a set, under the names they have in paths.
type members struct {
	names []string
	items map[string]maybe
	steps map[string]fieldpath.PathElement
}

// identify returns how an item of the list is named; false for lists that are one value.
type identify func(item any) (fieldpath.PathElement, bool)

func (c *comparison) identifier(t *schema.List) (identify, bool) {
	if t == nil || t.ElementRelationship != schema.Associative {
		return nil, false
	}
	if len(t.Keys) == 0 {
		return func(item any) (fieldpath.PathElement, bool) {
			v := value.NewValueInterface(item)
			return fieldpath.PathElement{Value: &v}, item != nil
		}, true
	}
	element, _ := c.resolve(t.ElementType)
	return func(item any) (fieldpath.PathElement, bool) { return keyOf(item, t.Keys, element.Map) }, true
}

// keyOf names an item by its keys; one that is left out has its default (protocol: TCP).
func keyOf(item any, keys []string, t *schema.Map) (fieldpath.PathElement, bool) {
	fields, ok := item.(map[string]any)
	if !ok {
		return fieldpath.PathElement{}, false
	}
	var named value.FieldList
	for _, key := range keys {
		v, ok := fields[key]
		if !ok && t != nil {
			field, known := t.FindField(key)
			v, ok = field.Default, known && field.Default != nil
		}
		if ok {
			named = append(named, value.Field{Name: key, Value: value.NewValueInterface(v)})
		}
	}
	named.Sort()
	return fieldpath.PathElement{Key: &named}, len(named) > 0
}

// membersOf is false where an item has no name, or two have the same.
func membersOf(list []any, name identify) (members, bool) {
	m := members{items: map[string]maybe{}, steps: map[string]fieldpath.PathElement{}}
	for _, item := range list {
		step, ok := name(item)
		text := elementText(step)
		if _, twice := m.items[text]; !ok || twice {
			return m, false
		}
		m.names = append(m.names, text)
		m.items[text], m.steps[text] = present(item), step
	}
	return m, true
}

// visitMembers compares a keyed list or a set member by member; false when it is to be taken as one value.
func (c *comparison) visitMembers(p place, t *schema.List, before, after []any) bool {
	name, ok := c.identifier(t)
	if !ok {
		return false
	}
	was, ok := membersOf(before, name)
	if !ok {
		return false
	}
	is, ok := membersOf(after, name)
	if !ok {
		return false
	}
	list, _ := p.desired.value.([]any)
	declared, _ := membersOf(list, name)
	for _, text := range unionOf(was.names, is.names) {
		step, ok := was.steps[text]
		if !ok {
			step = is.steps[text]
		}
		c.visit(place{
			path:    append(p.path[:len(p.path):len(p.path)], step),
			typeRef: t.ElementType,
			before:  was.items[text],
			after:   is.items[text],
			desired: declared.items[text],
			claim:   p.claim.child(step, name),
		})
	}
	c.compareOrder(p, was, is)
	return true
}

func (c *comparison) compareOrder(p place, was, is members) {
	before, after := shared(was, is), shared(is, was)
	if slices.Equal(before, after) {
		return
	}
	c.changes = append(c.changes, change{
		Path:        pathText(p.path),
		Kind:        "order",
		Desired:     was.labels(after),
		Live:        was.labels(before),
		Consequence: !p.desired.exists,
	})
}

// shared lists the members of one that the other has too, in the order of the first.
func shared(one, other members) []string {
	var names []string
	for _, name := range one.names {
		if other.items[name].exists {
			names = append(names, name)
		}
	}
	return names
}

func unionOf(first, second []string) []string {
	names := slices.Clone(first)
	for _, name := range second {
		if !slices.Contains(first, name) {
			names = append(names, name)
		}
	}
	return names
}

// labels shows members for people: the value of the key, of all keys where there are several.
func (m members) labels(names []string) []any {
	var labels []any
	for _, name := range names {
		step := m.steps[name]
		switch {
		case step.Value != nil:
			labels = append(labels, (*step.Value).Unstructured())
		case len(*step.Key) == 1:
			labels = append(labels, (*step.Key)[0].Value.Unstructured())
		default:
			keys := map[string]any{}
			for _, key := range *step.Key {
				keys[key.Name] = key.Value.Unstructured()
			}
			labels = append(labels, keys)
		}
	}
	return labels
}
