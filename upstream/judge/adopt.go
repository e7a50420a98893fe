package main

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// Flux applies an object whose fields it takes over from others by three requests (`Apply` in
// github.com/fluxcd/pkg/ssa, manager_apply.go): a dry-run of the manifest, which must be accepted; a JSON patch of
// metadata only; and the apply. The patch is an update like any other: the server reads the object in the version
// of the manifest, so that its defaults are filled in, and drops what managers own of fields that are gone.

// afterTakeOver answers for an object that is taken over before the apply; false where nothing is to be.
func (q *question) afterTakeOver(k kind, live *unstructured.Unstructured, old runtime.Object, before map[string]any) (verdict, bool) {
	if q.Mode != "flux" || keepsForeignManagers(q.Desired) || keepsForeignManagers(live) {
		return verdict{}, false
	}
	content := &unstructured.Unstructured{Object: runtime.DeepCopyJSON(before)}
	if !cleanUp(content, q.Manager) {
		return verdict{}, false
	}
	if v := q.outcome(k, q.merge(k, live, old), live, old, before); v.Unchecked != "" || v.Refused != nil {
		return v, true
	}
	taken, err := patchedAs(k, q.Manager, content, old)
	if reason, ok := uncheckedReason(err); ok {
		return verdict{Unchecked: reason}, true
	}
	if err != nil {
		return verdict{Refused: refusalOf(err, q.Desired.Object)}, true
	}
	patched, err := k.encode(taken)
	if err != nil {
		return verdict{Unchecked: err.Error()}, true
	}
	// Notes that Flux removes are no drift; all else that the patch changes is.
	shown := &unstructured.Unstructured{Object: runtime.DeepCopyJSON(before)}
	removeNotes(shown)
	live = &unstructured.Unstructured{Object: patched}
	return q.outcome(k, q.merge(k, live, taken), live, taken, shown.Object), true
}

// patchedAs is what is stored, and read again, after a patch of the live object by a manager: `content` is what the
// patch makes of it.
func patchedAs(k kind, manager string, content *unstructured.Unstructured, old runtime.Object) (runtime.Object, error) {
	object, err := k.decode(content.Object)
	if err != nil {
		return nil, err
	}
	fields, err := k.fieldManager()
	if err != nil {
		return nil, err
	}
	object = fields.UpdateNoErrors(old.DeepCopyObject(), object, manager)
	if err := update(k, object, old); err != nil {
		return nil, err
	}
	return k.stored(object)
}
