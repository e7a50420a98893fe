package kustomize

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/resource"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/yaml"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/objects"
	"driftline/renderer/internal/provenance"
)

type commonMetadata struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

// finisher does to each built object what Flux's kustomize-controller does before it applies it.
type finisher struct {
	view *files.View
	flux *Flux
	// labels is a text of all that is added to every object.
	labels    string
	written   *writtenSpec
	origin    provenance.Place
	variables *variables
	// traced is true where the places of fields are asked for.
	traced bool
	// changed is what became of the fields of each object.
	changed []*fieldChanges
}

func (r Request) finisher(view *files.View, made *generated) (*finisher, error) {
	variables, err := r.Flux.variables(made.written, r.Origin)
	if err != nil {
		return nil, err
	}
	labels, err := json.Marshal([]any{r.Flux.Name, r.Flux.Namespace, r.Flux.CommonMetadata})
	return &finisher{
		view: view, flux: r.Flux, labels: string(labels), written: made.written, origin: r.Origin,
		variables: variables, traced: r.Trace,
	}, err
}

// object substitutes the variables and adds the labels and annotations of the Kustomization.
func (f *finisher) object(built *resource.Resource, written *printedObject) (objects.Object, error) {
	made, text := objects.Object{Value: written.value}, written.text()
	result, err := f.variables.substitute(built, text)
	if err != nil {
		return made, err
	}
	unchanged := bytes.Equal(result.text, text)
	if err = written.invalid; !unchanged {
		made.Value, err = yaml.YAMLToJSON(result.text)
	}
	if err != nil {
		return made, f.variables.scrub(err)
	}
	made.Unresolved, made.Unset = result.unresolved, result.unset
	secret, from := f.variables.secrets(result.names)
	changes := &fieldChanges{}
	if f.traced || len(secret) > 0 {
		changes = changesOf(text, result)
	}
	f.changed = append(f.changed, changes)
	if len(secret) > 0 {
		made.Sensitive = slices.Sorted(maps.Keys(changes.secret))
		said := fmt.Sprintf("${%s} of %s, which is not shown", strings.Join(secret, "}, ${"), strings.Join(from, ", "))
		if changes.namesObject() {
			// Whoever is told the name is told the value.
			made.Value, made.Key, made.Sensitive = json.RawMessage("{}"), "", nil
			made.Unresolved = "an object has its name from " + said
			return made, nil
		}
		if changes.secretKey {
			made.Value, made.Key, made.Sensitive = onlyIdentity(made.Value), "", nil
			made.Unresolved = "the name of one of its fields is made from " + said
			return made, nil
		}
	}
	if !unchanged {
		made.Value, err = f.label(made.Value)
		return made, err
	}
	labelled := files.Get(f.view.Derived(), labelledKey{written.key, f.labels}, func() (*objects.Object, int) {
		value, err := f.label(written.value)
		if err != nil {
			return nil, 0
		}
		return &objects.Object{Value: value, Key: objects.KeyOf(value)}, len(value)
	})
	if labelled != nil {
		made.Value, made.Key = labelled.Value, labelled.Key
	}
	return made, nil
}

// labelledKey names an object with the labels and annotations of a Kustomization.
type labelledKey struct{ value, labels string }

// label sets the labels that name the Kustomization and then its common metadata, which wins: the order of
// kustomize-controller's reconcile and apply.
func (f *finisher) label(value json.RawMessage) (json.RawMessage, error) {
	layers := []commonMetadata{{Labels: f.owner()}}
	if f.flux.CommonMetadata != nil {
		layers = append(layers, *f.flux.CommonMetadata)
	}
	return label(value, layers)
}

func (f *finisher) owner() map[string]string {
	return map[string]string{
		"kustomize.toolkit.fluxcd.io/name":      f.flux.Name,
		"kustomize.toolkit.fluxcd.io/namespace": f.flux.Namespace,
	}
}

func label(value json.RawMessage, layers []commonMetadata) (json.RawMessage, error) {
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil || object == nil {
		return value, nil // no object: it is told apart later
	}
	for _, item := range itemsIn(object) {
		metadata, _ := item["metadata"].(map[string]any)
		if metadata == nil {
			metadata = map[string]any{}
		}
		for _, layer := range layers {
			setAll(metadata, "labels", layer.Labels)
			setAll(metadata, "annotations", layer.Annotations)
		}
		item["metadata"] = metadata
	}
	return json.Marshal(object)
}

func setAll(metadata map[string]any, field string, values map[string]string) {
	if len(values) == 0 {
		return
	}
	all, _ := metadata[field].(map[string]any)
	if all == nil {
		all = map[string]any{}
	}
	for key, value := range values {
		all[key] = value
	}
	metadata[field] = all
}

// itemsIn are the objects that are applied: those of a list, or the object itself.
func itemsIn(object map[string]any) []map[string]any {
	kind, _ := object["kind"].(string)
	list, ok := object["items"].([]any)
	if !strings.HasSuffix(kind, "List") || !ok {
		return []map[string]any{object}
	}
	var items []map[string]any
	for _, item := range list {
		if one, ok := item.(map[string]any); ok {
			items = append(items, one)
		}
	}
	return items
}

// trace goes on with the places of a built object's fields: what was substituted, and what was added.
func (f *finisher) trace(index int, value json.RawMessage, traced *provenance.Trace) {
	f.changed[index].apply(traced)
	for _, prefix := range appliedPointers(value) {
		for key, value := range f.owner() {
			addPlace(traced, prefix+"/metadata/labels", key, f.written.identity(f.origin, lastPart(key), value))
		}
	}
	labelPlaces(f.written, f.origin, value, traced, f.flux.CommonMetadata)
}

// labelPlaces are the places of the labels and annotations of spec.commonMetadata.
func labelPlaces(written *writtenSpec, origin provenance.Place, value json.RawMessage, traced *provenance.Trace, common *commonMetadata) {
	if common == nil {
		return
	}
	for _, prefix := range appliedPointers(value) {
		for key := range common.Labels {
			addPlace(traced, prefix+"/metadata/labels", key, written.place(origin, "commonMetadata", "labels", key))
		}
		for key := range common.Annotations {
			addPlace(traced, prefix+"/metadata/annotations", key, written.place(origin, "commonMetadata", "annotations", key))
		}
	}
}

func lastPart(key string) string { return key[strings.LastIndexByte(key, '/')+1:] }

// appliedPointers are where the objects that are applied stand in a value: at its root or, of a list, below it.
func appliedPointers(value json.RawMessage) []string {
	var list struct {
		Kind  string            `json:"kind"`
		Items []json.RawMessage `json:"items"`
	}
	if json.Unmarshal(value, &list) != nil || !strings.HasSuffix(list.Kind, "List") || list.Items == nil {
		return []string{""}
	}
	pointers := make([]string, len(list.Items))
	for index := range list.Items {
		pointers[index] = provenance.Item("/items", index)
	}
	return pointers
}

func addPlace(traced *provenance.Trace, parent, key string, place provenance.Place) {
	place.How = provenance.Transformed
	traced.Fields[provenance.Field(parent, key)] = place
	if _, known := traced.Fields[parent]; !known {
		// The map was made for it.
		traced.Fields[parent] = place
	}
}

// fieldChanges are what a substitution did to an object's fields.
type fieldChanges struct {
	// renamed leads from the pointers of the built object to those of the applied one, where they differ.
	renamed map[string]string
	// steps are the chains' links for fields whose text held variables, by the built object's pointer.
	steps map[string][]string
	// secret are the applied object's pointers that values of a Secret reach.
	secret map[string]bool
	// secretKey is true where one is part of a field's name.
	secretKey bool
}

// onlyIdentity is an object without anything but what identifies it.
func onlyIdentity(value json.RawMessage) json.RawMessage {
	var object struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Metadata   struct {
			Name      string `json:"name"`
			Namespace string `json:"namespace,omitempty"`
		} `json:"metadata"`
	}
	_ = json.Unmarshal(value, &object)
	identity, _ := json.Marshal(object)
	return identity
}

// namesObject tells whether a secret value is part of what identifies the object.
func (c *fieldChanges) namesObject() bool {
	for _, pointer := range []string{"/apiVersion", "/kind", "/metadata/name", "/metadata/namespace", "/metadata", ""} {
		if c.secret[pointer] {
			return true
		}
	}
	return false
}

// changesOf walks an object's text and what the substitution made of it side by side: their nodes have the
// same order.
func changesOf(text []byte, result substituted) *fieldChanges {
	changes := &fieldChanges{renamed: map[string]string{}, steps: map[string][]string{}, secret: map[string]bool{}}
	if result.variables == nil || len(result.names) == 0 && !bytes.Contains(result.text, []byte("${")) {
		return changes
	}
	built, err := kyaml.Parse(string(text))
	applied, err2 := kyaml.Parse(string(result.text))
	if err != nil || err2 != nil || kyaml.IsMissingOrNull(applied) {
		changes.secret[""] = true
		return changes
	}
	w := &sideBySide{variables: result.variables, changes: changes}
	w.walk(built.YNode(), applied.YNode(), "", "")
	return changes
}

type sideBySide struct {
	variables *variables
	changes   *fieldChanges
}

func (w *sideBySide) walk(built, applied *kyaml.Node, pointer, now string) {
	if pointer != now {
		w.changes.renamed[pointer] = now
	}
	switch {
	case built.Kind == kyaml.AliasNode:
		w.walk(built.Alias, applied, pointer, now)
	case built.Kind == kyaml.ScalarNode:
		w.text(built.Value, pointer, now)
	case built.Kind != applied.Kind || len(built.Content) != len(applied.Content):
		// The text of a variable made other fields: they are told apart no further.
		w.below(built, pointer, now)
	case built.Kind == kyaml.MappingNode:
		for index := 0; index+1 < len(built.Content); index += 2 {
			field := provenance.Field(pointer, built.Content[index].Value)
			fieldNow := provenance.Field(now, applied.Content[index].Value)
			secrets := len(w.changes.secret)
			w.text(built.Content[index].Value, field, fieldNow)
			w.changes.secretKey = w.changes.secretKey || len(w.changes.secret) > secrets
			w.walk(built.Content[index+1], applied.Content[index+1], field, fieldNow)
		}
	default:
		for index := range built.Content {
			w.walk(built.Content[index], applied.Content[index], provenance.Item(pointer, index), provenance.Item(now, index))
		}
	}
}

// below takes all texts below a node for the texts of the node itself.
func (w *sideBySide) below(built *kyaml.Node, pointer, now string) {
	for _, child := range built.Content {
		if child.Kind == kyaml.ScalarNode {
			w.text(child.Value, pointer, now)
		}
		w.below(child, pointer, now)
	}
}

func (w *sideBySide) text(text, pointer, now string) {
	if !strings.Contains(text, "$") {
		return
	}
	replaced, used, err := w.variables.eval(text)
	if err != nil {
		// It goes on in another field: nothing is certain.
		w.changes.secret[""] = true
		return
	}
	if replaced == text && len(used) == 0 {
		return
	}
	if _, known := w.changes.steps[pointer]; !known {
		w.changes.steps[pointer] = []string{}
	}
	for _, name := range slices.Sorted(maps.Keys(used)) {
		set := w.variables.byName[name]
		if set == nil {
			continue
		}
		if set.step != "" && !slices.Contains(w.changes.steps[pointer], set.step) {
			w.changes.steps[pointer] = append(w.changes.steps[pointer], set.step)
		}
		if set.secret {
			w.changes.secret[now] = true
		}
	}
}

// apply gives the fields of a trace their applied names; a substituted one keeps its place, and its chain
// tells who sets the variables.
func (c *fieldChanges) apply(traced *provenance.Trace) {
	if len(c.steps) == 0 {
		return
	}
	fields := make(map[string]provenance.Place, len(traced.Fields))
	for pointer, place := range traced.Fields {
		if steps, ok := c.steps[pointer]; ok {
			if place.How == provenance.Exact {
				place.How = provenance.Transformed
			}
			place.Via = append(slices.Clone(place.Via), steps...)
		}
		if now, ok := c.renamed[pointer]; ok {
			pointer = now
		}
		fields[pointer] = place
	}
	traced.Fields = fields
}
