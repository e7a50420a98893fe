package main

import (
	"cmp"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
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
