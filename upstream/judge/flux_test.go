package main

import (
	"slices"
	"testing"
)

func TestFluxTakesOver(t *testing.T) {
	const entries = `metadata: {name: a, annotations: {fluxcd.io/sync-checksum: x, kept: x}, labels: {fluxcd.io/sync-gc-mark: x}, managedFields: [
		{manager: kustomize-controller, operation: Apply, apiVersion: v1, fieldsType: FieldsV1, fieldsV1: {'f:a': {}}},
		{manager: kustomize-controller-old, operation: Update, apiVersion: v1beta1, fieldsType: FieldsV1, fieldsV1: {'f:b': {}}},
		{manager: kubectl-edit, operation: Update, apiVersion: v1, fieldsType: FieldsV1, fieldsV1: {'f:c': {}}},
		{manager: kubectl, operation: Apply, apiVersion: v1, fieldsType: FieldsV1, fieldsV1: {'f:d': {}}},
		{manager: before-first-apply, operation: Update, apiVersion: v1, fieldsType: FieldsV1, fieldsV1: {'f:e': {}}},
		{manager: before-first-apply, operation: Apply, apiVersion: v1, fieldsType: FieldsV1, fieldsV1: {'f:f': {}}},
		{manager: kubectl, operation: Update, subresource: scale, apiVersion: v1, fieldsType: FieldsV1, fieldsV1: {'f:g': {}}}]}`
	live := objectOf(t, "{apiVersion: v1, kind: ConfigMap, "+entries+"}")
	cleanUp(live, "kustomize-controller")
	var got []string
	for _, entry := range live.GetManagedFields() {
		got = append(got, entry.Manager+" "+string(entry.Operation)+" "+entry.APIVersion+" "+string(entry.FieldsV1.Raw))
	}
	want := []string{
		`before-first-apply Apply v1 {"f:f":{}}`,
		`kubectl Update v1 {"f:g":{}}`,
		`kustomize-controller Apply v1 {"f:a":{},"f:b":{},"f:c":{},"f:d":{},"f:e":{}}`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
	if len(live.GetAnnotations()) != 1 || len(live.GetLabels()) != 0 {
		t.Errorf("got %v %v", live.GetAnnotations(), live.GetLabels())
	}
}

func TestFluxRenamesTheFirst(t *testing.T) {
	live := objectOf(t, `{apiVersion: v1, kind: ConfigMap, metadata: {name: a, managedFields: [
		{manager: x, operation: Update, apiVersion: v1, fieldsType: FieldsV1, fieldsV1: {'f:a': {}}},
		{manager: kubectl-client-side-apply, operation: Update, apiVersion: v1beta1, fieldsType: FieldsV1, fieldsV1: {'f:b': {}}},
		{manager: kubectl-edit, operation: Update, apiVersion: v1, fieldsType: FieldsV1, fieldsV1: {'f:c': {}}}]}}`)
	cleanUp(live, "kustomize-controller")
	last := live.GetManagedFields()[1]
	if got := last.Manager + " " + last.APIVersion + " " + string(last.FieldsV1.Raw); got != `kustomize-controller v1beta1 {"f:b":{},"f:c":{}}` {
		t.Errorf("got %s", got)
	}
}
