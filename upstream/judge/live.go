package main

import (
	"cmp"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// prepareLive fills in what a server's object always has and a snapshot may lack. The values do not matter.
func prepareLive(q *question, namespaced bool) *unstructured.Unstructured {
	live := q.Live.DeepCopy()
	if namespaced {
		namespace := cmp.Or(live.GetNamespace(), q.Desired.GetNamespace(), metav1.NamespaceDefault)
		live.SetNamespace(namespace)
		q.Desired.SetNamespace(cmp.Or(q.Desired.GetNamespace(), namespace))
		q.placePrevious(namespace)
	}
	addFieldsType(live)
	if q.Mode == "flux" && !keepsForeignManagers(q.Desired) && !keepsForeignManagers(live) {
		adopt(live, q.Manager)
	}
	if live.GetUID() == "" {
		live.SetUID(uidOf(live))
	}
	if created := live.GetCreationTimestamp(); created.IsZero() {
		live.SetCreationTimestamp(metav1.Unix(1_700_000_000, 0))
	}
	live.SetResourceVersion("1")
	return live
}

// uidOf a Job stands in the labels of its pods; the server compares them.
func uidOf(live *unstructured.Unstructured) types.UID {
	labels, _, _ := unstructured.NestedStringMap(live.Object, "spec", "selector", "matchLabels")
	for _, name := range []string{"batch.kubernetes.io/controller-uid", "controller-uid"} {
		if uid := labels[name]; uid != "" {
			return types.UID(uid)
		}
	}
	return "00000000-0000-0000-0000-000000000000"
}

// addFieldsType: there is one type only, so that people leave it out.
func addFieldsType(live *unstructured.Unstructured) {
	entries, _, _ := unstructured.NestedSlice(live.Object, "metadata", "managedFields")
	for _, entry := range entries {
		if fields, ok := entry.(map[string]any); ok && fields["fieldsType"] == nil {
			fields["fieldsType"] = "FieldsV1"
		}
	}
	if len(entries) > 0 {
		_ = unstructured.SetNestedSlice(live.Object, entries, "metadata", "managedFields")
	}
}

// keepsForeignManagers: Flux takes nothing over where a label or annotation asks it to merge.
func keepsForeignManagers(object *unstructured.Unstructured) bool {
	const name = "kustomize.toolkit.fluxcd.io/ssa"
	return strings.EqualFold(object.GetAnnotations()[name], "merge") || strings.EqualFold(object.GetLabels()[name], "merge")
}

// adopt makes the fields of kubectl and of the time before server-side apply the manager's own, as Flux's
// kustomize-controller does before it applies.
func adopt(live *unstructured.Unstructured, manager string) {
	var kept []metav1.ManagedFieldsEntry
	var own *metav1.ManagedFieldsEntry
	fields := &fieldpath.Set{}
	for _, entry := range live.GetManagedFields() {
		mine := entry.Manager == manager && entry.Operation == metav1.ManagedFieldsOperationApply && entry.Subresource == ""
		if !mine && !adoptable(entry, manager) {
			kept = append(kept, entry)
			continue
		}
		fields = fields.Union(fieldSet(entry))
		if mine || own == nil {
			own = entry.DeepCopy()
		}
	}
	if own == nil {
		return
	}
	text, err := fields.ToJSON()
	if err != nil {
		return
	}
	own.Manager, own.Operation = manager, metav1.ManagedFieldsOperationApply
	own.FieldsV1 = &metav1.FieldsV1{Raw: text}
	annotations := live.GetAnnotations()
	delete(annotations, lastApplied)
	live.SetAnnotations(annotations)
	live.SetManagedFields(append(kept, *own))
}

func adoptable(entry metav1.ManagedFieldsEntry, manager string) bool {
	if entry.Subresource != "" {
		return false
	}
	updated := entry.Operation == metav1.ManagedFieldsOperationUpdate
	return strings.HasPrefix(entry.Manager, "kubectl") || updated && (entry.Manager == "before-first-apply" || entry.Manager == manager)
}

func fieldSet(entry metav1.ManagedFieldsEntry) *fieldpath.Set {
	set := &fieldpath.Set{}
	if entry.FieldsV1 == nil || set.FromJSON(strings.NewReader(string(entry.FieldsV1.Raw))) != nil {
		return &fieldpath.Set{}
	}
	return set
}
