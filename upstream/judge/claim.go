package main

import (
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// claim says whether the owner applied a field before. `name` identifies members where the step is one.
type claim interface {
	child(step fieldpath.PathElement, name identify) claim
	ours() bool
}

// setClaim reads managed fields: a value without fields below it is claimed with all it holds.
type setClaim struct {
	fields *fieldpath.Set
	member bool
}

func (c setClaim) child(step fieldpath.PathElement, name identify) claim {
	if c.member && c.fields.Empty() {
		return c
	}
	return setClaim{c.fields.WithPrefix(step), c.fields.Members.Has(step)}
}

func (c setClaim) ours() bool { return c.member || !c.fields.Empty() }

// valueClaim reads a manifest that was applied before.
type valueClaim struct{ maybe }

func (c valueClaim) child(step fieldpath.PathElement, name identify) claim {
	if step.FieldName != nil {
		return valueClaim{c.field(*step.FieldName)}
	}
	list, _ := c.value.([]any)
	for _, item := range list {
		if other, ok := name(item); ok && other.Equals(step) {
			return valueClaim{present(item)}
		}
	}
	return valueClaim{}
}

func (c valueClaim) ours() bool { return c.exists }
