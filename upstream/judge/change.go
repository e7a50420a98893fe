package main

import (
	"encoding/base64"
	"maps"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/schema"
)

// change is one field that an apply would change.
type change struct {
	Path string `json:"path"`
	// changed: declared, and different. missing: the apply adds it. stale: not declared, and the apply removes it
	// or gives it another value. order: the same members in another order.
	Kind string `json:"kind"`
	// What the manifest declares, what lives, and what a stale field becomes when it does not vanish.
	Desired any `json:"desired,omitempty"`
	Live    any `json:"live,omitempty"`
	Becomes any `json:"becomes,omitempty"`
	// Neither declared nor applied before by this owner: it follows from another change.
	Consequence bool `json:"consequence,omitempty"`
}

// compare lists what differs between the live object before and after the apply.
func (q *question) compare(k kind, live *unstructured.Unstructured, before, after map[string]any) []change {
	before, after = withoutServerFields(before), withoutServerFields(after)
	if equalJSON(before, after) {
		return nil
	}
	c := &comparison{}
	root := place{
		before:  present(before),
		after:   present(after),
		desired: present(withSecretData(q.Desired.Object)),
		claim:   q.claim(live),
	}
	if _, custom := k.(*customKind); !custom || !q.isClientSide() {
		if m, err := k.typeModel(); err == nil {
			c.schema, root.typeRef = m.schema, m.typeRef
		}
	}
	c.visit(root)
	return c.changes
}

// claim is what the owner applied before, as far as it is known.
func (q *question) claim(live *unstructured.Unstructured) claim {
	switch q.Mode {
	case "csa3":
		if q.Previous == nil {
			return valueClaim{}
		}
		return valueClaim{present(withSecretData(q.Previous.Object))}
	case "csa":
		text, err := appliedByKubectl(live)
		object := &unstructured.Unstructured{}
		if text == nil || err != nil || object.UnmarshalJSON(text) != nil {
			return valueClaim{}
		}
		return valueClaim{present(withSecretData(object.Object))}
	}
	fields := &fieldpath.Set{}
	for _, entry := range live.GetManagedFields() {
		if entry.Manager == q.Manager && entry.Operation == "Apply" && entry.Subresource == "" {
			fields = fields.Union(fieldSet(entry))
		}
	}
	return setClaim{fields: fields}
}

// withoutServerFields leaves out what the server writes itself, and kubectl's note about its last apply.
func withoutServerFields(object map[string]any) map[string]any {
	metadata, ok := object["metadata"].(map[string]any)
	if !ok {
		return object
	}
	object, metadata = maps.Clone(object), maps.Clone(metadata)
	for _, name := range []string{"managedFields", "generation", "resourceVersion", "creationTimestamp", "uid", "selfLink"} {
		delete(metadata, name)
	}
	if annotations, ok := metadata["annotations"].(map[string]any); ok {
		annotations = maps.Clone(annotations)
		delete(annotations, lastApplied)
		delete(annotations, "deprecated.daemonset.template.generation")
		metadata["annotations"] = annotations
		if len(annotations) == 0 {
			delete(metadata, "annotations")
		}
	}
	object["metadata"] = metadata
	return object
}

// withSecretData writes a Secret's stringData as the data it becomes; other kinds stay as they are.
func withSecretData(object map[string]any) map[string]any {
	texts, ok := object["stringData"].(map[string]any)
	if !ok || object["kind"] != "Secret" {
		return object
	}
	data := map[string]any{}
	if declared, ok := object["data"].(map[string]any); ok {
		maps.Copy(data, declared)
	}
	for name, value := range texts {
		if text, ok := value.(string); ok {
			data[name] = base64.StdEncoding.EncodeToString([]byte(text))
		}
	}
	object = maps.Clone(object)
	object["data"] = data
	return object
}

// comparison walks two values side by side, as deep as they are of one shape.
type comparison struct {
	schema  *schema.Schema // nil: every list is one value
	changes []change
}

// place is one field on both sides, in the manifest, and in what was applied before.
type place struct {
	path                   fieldpath.Path
	typeRef                schema.TypeRef
	before, after, desired maybe
	claim                  claim
}

// maybe is a value that may be absent; null is a value.
type maybe struct {
	value  any
	exists bool
}

func present(value any) maybe { return maybe{value, true} }

func (m maybe) field(name string) maybe {
	fields, _ := m.value.(map[string]any)
	value, ok := fields[name]
	return maybe{value, ok}
}

func (c *comparison) visit(p place) {
	if p.before.exists == p.after.exists && equalJSON(p.before.value, p.after.value) {
		return
	}
	atom, _ := c.resolve(p.typeRef)
	switch before := p.before.value.(type) {
	case map[string]any:
		after, ok := p.after.value.(map[string]any)
		if ok || !p.after.exists && isEmptyMap(p.desired.value) {
			c.visitFields(p, atom.Map, before, after)
			return
		}
	case []any:
		if after, ok := p.after.value.([]any); ok && c.visitMembers(p, atom.List, before, after) {
			return
		}
	}
	c.report(p)
}

func (c *comparison) resolve(ref schema.TypeRef) (schema.Atom, bool) {
	if c.schema == nil {
		return schema.Atom{}, false
	}
	return c.schema.Resolve(ref)
}

// visitFields goes into maps of any kind: also where a map is one value to the server, its keys tell more.
func (c *comparison) visitFields(p place, t *schema.Map, before, after map[string]any) {
	if t != nil && t.ElementRelationship == schema.Atomic && p.desired.exists {
		p.claim = valueClaim{p.before} // the manifest stands for the whole map
	}
	union := maps.Clone(before)
	maps.Copy(union, after)
	for _, name := range sortedKeys(union) {
		element := fieldpath.PathElement{FieldName: &name}
		c.visit(place{
			path:    append(p.path[:len(p.path):len(p.path)], element),
			typeRef: fieldType(t, name),
			before:  p.before.field(name),
			after:   p.after.field(name),
			desired: p.desired.field(name),
			claim:   p.claim.child(element, nil),
		})
	}
}

func isEmptyMap(value any) bool {
	fields, ok := value.(map[string]any)
	return ok && len(fields) == 0
}

func fieldType(t *schema.Map, name string) schema.TypeRef {
	if t == nil {
		return schema.TypeRef{}
	}
	if field, ok := t.FindField(name); ok {
		return field.Type
	}
	return t.ElementType
}

func (c *comparison) report(p place) {
	declared := p.desired.exists
	found := change{Path: pathText(p.path), Desired: p.desired.value, Live: p.before.value}
	switch {
	case !p.before.exists:
		found.Kind = "missing"
		found.Consequence = !declared
		if !declared {
			found.Becomes = p.after.value
		}
	case p.after.exists && p.desired.value != nil:
		found.Kind = "changed"
	default:
		found.Kind = "stale"
		found.Becomes = p.after.value
		found.Consequence = !declared && !p.claim.ours()
	}
	c.changes = append(c.changes, found)
}
