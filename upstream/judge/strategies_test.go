package main

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Every kind with Go types is either stored, and has a strategy, or is known not to be.
func TestStrategiesAreComplete(t *testing.T) {
	for gvk := range scheme.AllKnownTypes() {
		if gvk.Version == runtime.APIVersionInternal || isPlumbing(gvk) || isGone(gvk) {
			continue
		}
		stored, reason := strategies[gvk.GroupKind()] != nil, neverStored[gvk.GroupKind()]
		if stored == (reason != "") {
			t.Errorf("%v: strategy: %v, reason not to have one: %q", gvk, stored, reason)
		}
	}
	for kind := range neverStored {
		if len(scheme.VersionsForGroupKind(kind)) == 0 {
			t.Errorf("%v is no kind of Kubernetes", kind)
		}
	}
}

// isGone: the group extensions, whose kinds moved to others.
func isGone(gvk schema.GroupVersionKind) bool {
	object, err := scheme.New(gvk)
	return err == nil && gvk.Group == "extensions" && removed(object) > 0
}

// isPlumbing: lists, and what every group registers for its requests.
func isPlumbing(gvk schema.GroupVersionKind) bool {
	object, err := scheme.New(gvk)
	if err != nil || strings.HasSuffix(gvk.Kind, "List") {
		return true
	}
	_, isObject := object.(metav1.ObjectMetaAccessor)
	return !isObject
}

func TestKindsThatAreNotStored(t *testing.T) {
	for text, want := range map[string]string{
		"{apiVersion: policy/v1, kind: Eviction, metadata: {name: a}}":                "Eviction is the request that removes a Pod, not an object that is kept",
		"{apiVersion: batch/v2, kind: Job, metadata: {name: a}}":                      `no matches for kind "Job" in version "batch/v2"; it is served as batch/v1`,
		"{apiVersion: metrics.k8s.io/v1beta1, kind: PodMetrics, metadata: {name: a}}": "metrics.k8s.io/v1beta1 PodMetrics is not known here: it is not built into Kubernetes, and no CustomResourceDefinition was found for it",
	} {
		q := question{Mode: "ssa", Live: objectOf(t, text), Desired: objectOf(t, text)}
		expect(t, q.ask(t, &typeSet{}), []string{"unchecked " + want})
	}
}

func TestAdminAccessIsNotKnown(t *testing.T) {
	const claim = "{apiVersion: resource.k8s.io/v1, kind: ResourceClaim, metadata: {name: a}, spec: {devices: {requests: [{name: r, exactly: {deviceClassName: c, adminAccess: true}}]}}}"
	found := validateText(claim, &typeSet{}, newestMinor)
	if len(found) != 1 || found[0].Step != "unchecked" || !strings.Contains(found[0].Message, "label of the namespace") {
		t.Errorf("got %+v", found)
	}
}
