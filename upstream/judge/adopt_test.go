package main

import (
	"strings"
	"testing"
)

// takenOver asks what Flux makes of a live object with the given managed fields.
func takenOver(t *testing.T, types *typeSet, live, desired string) verdict {
	t.Helper()
	q := question{Mode: "flux", Manager: "kustomize-controller", Live: objectOf(t, live), Desired: objectOf(t, desired), WantPredicted: true}
	return q.judge(types, newestMinor)
}

const (
	kubectlsSize = "{manager: kubectl-client-side-apply, operation: Update, apiVersion: example.com/v1beta1, fieldsType: FieldsV1, fieldsV1: {'f:spec': {'.': {}, 'f:size': {}}}}"
	gizmoOfSize1 = "{apiVersion: example.com/v1beta2, kind: Gizmo, metadata: {name: a, managedFields: [" + kubectlsSize + "]}, spec: {size: 1}}"
	bareGizmo    = "{apiVersion: example.com/v1beta2, kind: Gizmo, metadata: {name: a}}"
)

// The patch is an update: it fills in the defaults of the manifest's version, which the controller then owns as an
// updater, so that what held only kubectl's fields does not vanish with them.
func TestTakingOverIsAnUpdate(t *testing.T) {
	oneSet := strings.ReplaceAll(gizmoType, "only: {type: string, default: x}, ", "")
	v := takenOver(t, withTypes(t, oneSet), gizmoOfSize1, bareGizmo)
	if got := jsonText(v.Predicted["spec"]); got != `{"colour":"red","mode":"Auto"}` {
		t.Errorf("got %s", jsonText(v))
	}
}

// A default that the version of an entry does not know makes the server forget who owns what, as in any update.
func TestTakingOverMayForgetOwners(t *testing.T) {
	v := takenOver(t, withTypes(t, gizmoType), gizmoOfSize1, bareGizmo)
	if got := jsonText(v.Predicted["spec"]); got != `{"colour":"red","mode":"Auto","size":1}` {
		t.Errorf("got %s", jsonText(v))
	}
}

// Others' fields stay theirs, and then there is no update before the apply.
func TestNothingToTakeOverIsNoUpdate(t *testing.T) {
	const live = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, managedFields: [{manager: x, operation: Update, apiVersion: v1, fieldsType: FieldsV1, fieldsV1: {'f:data': {'f:a': {}}}}]}, data: {a: b}}"
	v := takenOver(t, &typeSet{}, live, "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {c: d}}")
	if got := jsonText(v.Predicted["data"]); got != `{"a":"b","c":"d"}` {
		t.Errorf("got %s", jsonText(v))
	}
}

// Flux gives up where its first dry-run is refused, which is before it takes anything over.
func TestTakingOverNeedsAnAcceptedDryRun(t *testing.T) {
	const mode = "{manager: kubectl, operation: Apply, apiVersion: example.com/v1beta1, fieldsType: FieldsV1, fieldsV1: {'f:spec': {'f:size': {}}}}"
	v := takenOver(t, withTypes(t, gizmoType),
		"{apiVersion: example.com/v1beta2, kind: Gizmo, metadata: {name: a, managedFields: ["+mode+"]}, spec: {size: 1, mode: X}}",
		"{apiVersion: example.com/v1beta2, kind: Gizmo, metadata: {name: a}, spec: {size: text}}")
	if v.Refused == nil {
		t.Errorf("got %s", jsonText(v))
	}
}

// What the manifest would mend, the update before it may still be refused for.
func TestTakingOverMayBeRefused(t *testing.T) {
	ruled := strings.ReplaceAll(gizmoType, "colour: {type: string}}", `colour: {type: string}}, x-kubernetes-validations: [{rule: "!has(self.mode) || self.size < 1"}]`)
	v := takenOver(t, withTypes(t, ruled), gizmoOfSize1, "{apiVersion: example.com/v1beta2, kind: Gizmo, metadata: {name: a}, spec: {size: 0}}")
	if v.Refused == nil || v.Refused.Code != 422 || v.Refused.Recreate {
		t.Errorf("got %s", jsonText(v))
	}
}

// Notes that the controller removes are no drift.
func TestTakingOverRemovesNotes(t *testing.T) {
	const live = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, annotations: {fluxcd.io/sync-checksum: x}, labels: {fluxcd.io/sync-gc-mark: x}}, data: {a: b}}"
	v := takenOver(t, &typeSet{}, live, "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: b}}")
	metadata, _ := v.Predicted["metadata"].(map[string]any)
	if !v.Equal || metadata["annotations"] != nil || metadata["labels"] != nil {
		t.Errorf("got %s", jsonText(v))
	}
}
