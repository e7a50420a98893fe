package main

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// What Flux's kustomize-controller takes away before it applies (`applyOpts.Cleanup` in its controller, done by
// `cleanupMetadata` in github.com/fluxcd/pkg/ssa).
var (
	fluxRemovesAnnotations = []string{lastApplied, "kustomize.toolkit.fluxcd.io/checksum", "fluxcd.io/sync-checksum"}
	fluxRemovesLabels      = []string{"fluxcd.io/sync-gc-mark"}
)

// keepsForeignManagers: Flux takes nothing over where a label or annotation asks it to merge.
func keepsForeignManagers(object *unstructured.Unstructured) bool {
	const name = "kustomize.toolkit.fluxcd.io/ssa"
	return strings.EqualFold(object.GetAnnotations()[name], "merge") || strings.EqualFold(object.GetLabels()[name], "merge")
}

// cleanUp makes the fields of kubectl and of the time before server-side apply the manager's own, and removes
// the notes that other tools and older Flux left. It says whether there was anything of that.
func cleanUp(live *unstructured.Unstructured, manager string) bool {
	changed := removeNotes(live)
	entries, adopts := adopted(live.GetManagedFields(), manager)
	if adopts {
		live.SetManagedFields(entries)
	}
	return changed || adopts
}

func removeNotes(live *unstructured.Unstructured) bool {
	annotations, labels := live.GetAnnotations(), live.GetLabels()
	count := len(annotations) + len(labels)
	if annotations != nil {
		live.SetAnnotations(without(annotations, fluxRemovesAnnotations))
	}
	if labels != nil {
		live.SetLabels(without(labels, fluxRemovesLabels))
	}
	return len(annotations)+len(labels) < count
}

func without(texts map[string]string, names []string) map[string]string {
	for _, name := range names {
		delete(texts, name)
	}
	if len(texts) == 0 {
		return nil
	}
	return texts
}

// adopted puts the fields of all that Flux takes over into one entry: the manager's last Apply entry, or else the
// first of those taken over, which keeps its version.
func adopted(entries []metav1.ManagedFieldsEntry, manager string) ([]metav1.ManagedFieldsEntry, bool) {
	own := -1
	for i, entry := range entries {
		if entry.Manager == manager && entry.Operation == metav1.ManagedFieldsOperationApply {
			own = i
		}
	}
	var kept, taken []metav1.ManagedFieldsEntry
	for i, entry := range entries {
		switch {
		case i == own:
		case isTakenOver(entry, manager):
			taken = append(taken, entry)
		default:
			kept = append(kept, entry)
		}
	}
	if len(taken) == 0 {
		return entries, false
	}
	merged := taken[0]
	if own >= 0 {
		merged = entries[own]
	}
	merged.Manager, merged.Operation = manager, metav1.ManagedFieldsOperationApply
	fields := fieldSet(merged)
	for _, entry := range taken {
		fields = fields.Union(fieldSet(entry))
	}
	if text, err := fields.ToJSON(); err == nil {
		merged.FieldsV1 = &metav1.FieldsV1{Raw: text}
	}
	return append(kept, merged), true
}

// isTakenOver: names are compared by their beginning.
func isTakenOver(entry metav1.ManagedFieldsEntry, manager string) bool {
	if entry.Subresource != "" {
		return false
	}
	begins := func(name string) bool { return strings.HasPrefix(entry.Manager, name) }
	switch entry.Operation {
	case metav1.ManagedFieldsOperationApply:
		return begins("kubectl")
	case metav1.ManagedFieldsOperationUpdate:
		return begins("kubectl") || begins("before-first-apply") || begins(manager)
	}
	return false
}

func fieldSet(entry metav1.ManagedFieldsEntry) *fieldpath.Set {
	set := &fieldpath.Set{}
	if entry.FieldsV1 == nil || set.FromJSON(strings.NewReader(string(entry.FieldsV1.Raw))) != nil {
		return &fieldpath.Set{}
	}
	return set
}
