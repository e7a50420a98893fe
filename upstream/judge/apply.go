package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/kubernetes/pkg/apis/core"
)

// question asks what the next apply of a manifest would make of a live object.
type question struct {
	// ssa: server-side apply. flux: the same, after taking kubectl's fields over. csa: client-side apply, by the
	// last-applied annotation. csa3: Helm's client-side apply, by the object in the previous release.
	Mode    string `json:"mode"`
	Manager string `json:"manager"`
	// Whether conflicts with other managers are forced; true when absent. ssa and flux only.
	Force    *bool                      `json:"force"`
	Live     *unstructured.Unstructured `json:"live"`
	Desired  *unstructured.Unstructured `json:"desired"`
	Previous *unstructured.Unstructured `json:"previous"`
	// What the answer shall hold besides the changes.
	WantPredicted bool `json:"wantPredicted"`
	WantPatch     bool `json:"wantPatch"`
}

// verdict is the answer: nothing would change, these fields would, or the server refuses.
type verdict struct {
	Equal   bool     `json:"equal"`
	Changes []change `json:"changes"`
	Refused *refusal `json:"refused,omitempty"`
	// Why this program cannot say.
	Unchecked string `json:"unchecked,omitempty"`
	// Why a server of the target version may answer otherwise; what is said is then a guess.
	Suspect string `json:"suspect,omitempty"`
	// wantPredicted: the object as it would be stored, without managedFields, and with the uid, resourceVersion and
	// creationTimestamp of `live`. Absent when the apply is refused. In mode flux, kubectl's note is gone from it.
	Predicted map[string]any `json:"predicted,omitempty"`
	// wantPatch, csa and csa3 only: the request that the client would send, also when the server refuses it.
	Patch *clientPatch `json:"patch,omitempty"`
}

func judgeText(text []byte, types *typeSet, minor int) verdict {
	var q question
	if err := q.UnmarshalJSON(text); err != nil {
		return verdict{Unchecked: "the question cannot be read: " + err.Error(), Changes: []change{}}
	}
	return q.judge(types, minor)
}

// judge answers for a server of a minor version, which must be the one that is emulated.
func (q *question) judge(types *typeSet, minor int) (v verdict) {
	defer func() {
		if cause := recover(); cause != nil {
			v = verdict{Unchecked: panicMessage(cause), Changes: []change{}}
		}
	}()
	v = q.answer(types, minor)
	if v.Changes == nil {
		v.Changes = []change{}
	}
	if v.Refused != nil && q.Desired != nil && q.Live != nil {
		secrets := append(secretValues(q.Desired.Object), secretValues(q.Live.Object)...)
		v.Refused.Message = redactText(v.Refused.Message, secrets)
		for i := range v.Refused.Findings {
			v.Refused.Findings[i].Message = redactText(v.Refused.Findings[i].Message, secrets)
		}
	}
	return v
}

func (q *question) answer(types *typeSet, minor int) verdict {
	if q.Live == nil || q.Desired == nil {
		return verdict{Unchecked: "the question lacks the live or the desired object"}
	}
	if !slices.Contains([]string{"ssa", "flux", "csa", "csa3"}, q.Mode) {
		return verdict{Unchecked: fmt.Sprintf("there is no apply mode %q", q.Mode)}
	}
	k, err := kindFor(q.Desired.GroupVersionKind(), types)
	if err != nil {
		return verdict{Unchecked: err.Error()}
	}
	if _, builtIn := k.(*builtinKind); builtIn {
		if served := servedFinding(k.groupVersionKind(), minor); served != nil && served.Severity == "error" {
			return verdict{Unchecked: served.Message}
		}
	}
	live := prepareLive(q, k.strategy().NamespaceScoped())
	old, err := k.read(live.Object)
	if reason, ok := uncheckedReason(err); ok {
		return verdict{Unchecked: reason}
	}
	if err != nil {
		return verdict{Unchecked: "the live object cannot be read: " + err.Error()}
	}
	before, err := k.encode(old)
	if err != nil {
		return verdict{Unchecked: err.Error()}
	}
	v, taken := q.afterTakeOver(k, live, old, before)
	if !taken {
		merged := q.merge(k, live, old)
		v = q.outcome(k, merged, live, old, before)
		if q.WantPatch {
			v.Patch = merged.patch
		}
	}
	if custom, ok := k.(*customKind); ok && v.Refused != nil && isBrokenRule(v.Refused.Message) {
		return verdict{Unchecked: custom.parent.brokenRule().reason}
	}
	if v.Unchecked == "" {
		v.Suspect = q.doubts(k, v, minor)
	}
	return v
}

// outcome runs what the server does with a merged object, and compares.
func (q *question) outcome(k kind, m merge, live *unstructured.Unstructured, old runtime.Object, before map[string]any) verdict {
	if reason, ok := uncheckedReason(m.err); ok {
		return verdict{Unchecked: reason}
	}
	if m.err != nil {
		return verdict{Refused: refusalOf(m.err, q.Desired.Object)}
	}
	refused := m.conflict
	if err := update(k, m.object, old); err != nil && refused == nil {
		refused = refusalOf(err, q.Desired.Object)
		refused.Recreate = q.acceptedAsNew(k)
	}
	after, err := readStored(k, m.object)
	if reason, ok := uncheckedReason(err); ok {
		return verdict{Unchecked: reason}
	}
	if err != nil {
		return verdict{Refused: cmp.Or(refused, refusalOf(err, q.Desired.Object))}
	}
	changes := q.compare(k, live, before, after)
	if len(changes) == 0 && (refused == nil || refused.Recreate) {
		return verdict{Equal: true, Predicted: q.predicted(after)} // a valid manifest, and what lives is what it says
	}
	if refused != nil {
		return verdict{Changes: changes, Refused: refused}
	}
	return verdict{Changes: changes, Predicted: q.predicted(after)}
}

// predicted is the stored object with what the server gave the live one, not with what stood in for it here.
func (q *question) predicted(stored map[string]any) map[string]any {
	metadata, ok := stored["metadata"].(map[string]any)
	if !q.WantPredicted || !ok {
		return nil
	}
	stored, metadata = maps.Clone(stored), maps.Clone(metadata)
	delete(metadata, "managedFields")
	lived, _ := q.Live.Object["metadata"].(map[string]any)
	for _, name := range []string{"uid", "resourceVersion", "creationTimestamp", "selfLink"} {
		delete(metadata, name)
		if value, ok := lived[name]; ok {
			metadata[name] = value
		}
	}
	stored["metadata"] = metadata
	return stored
}

func readStored(k kind, object runtime.Object) (map[string]any, error) {
	stored, err := k.stored(object)
	if err != nil {
		return nil, err
	}
	return k.encode(stored)
}

// merge is the object that the request leads to.
type merge struct {
	object runtime.Object
	// Other managers own fields: reported beside what forcing the apply would give.
	conflict *refusal
	patch    *clientPatch
	err      error
}

func (q *question) merge(k kind, live *unstructured.Unstructured, old runtime.Object) merge {
	if q.isClientSide() {
		object, patch, err := clientSideApply(k, q, live, old)
		return merge{object: object, patch: patch, err: err}
	}
	manager, err := k.fieldManager()
	if err != nil {
		return merge{err: err}
	}
	desired := q.manifest()
	force := q.Force == nil || *q.Force
	object, err := manager.Apply(old.DeepCopyObject(), desired, q.Manager, force)
	if !apierrors.IsConflict(err) {
		return merge{object: object, err: err}
	}
	refused := refusalOf(err, q.Desired.Object)
	object, err = manager.Apply(old.DeepCopyObject(), desired, q.Manager, true)
	return merge{object: object, conflict: refused, err: err}
}

// update runs what the server runs between merging and storing.
func update(k kind, object, old runtime.Object) error {
	if service, ok := object.(*core.Service); ok {
		keepAllocated(service, old.(*core.Service))
	}
	if pod, ok := object.(*core.Pod); ok {
		keepTolerations(pod, old.(*core.Pod))
	}
	accessor, err := meta.Accessor(object)
	if err != nil {
		return err
	}
	namespace := requestNamespace(k.strategy(), accessor)
	ctx := requestContext(k.groupVersionKind(), "update", namespace, &warnings{})
	withAllocations(object, func() { err = rest.BeforeUpdate(k.strategy(), ctx, object, old.DeepCopyObject()) })
	return err
}

// acceptedAsNew: the manifest would be accepted if the object did not live yet.
func (q *question) acceptedAsNew(k kind) bool {
	object, err := q.newObject(k)
	if err != nil {
		return false
	}
	for _, f := range create(k, object, q.Desired.Object) {
		if f.Severity == "error" {
			return false
		}
	}
	return true
}

func (q *question) newObject(k kind) (runtime.Object, error) {
	if q.isClientSide() {
		return k.decode(q.Desired.DeepCopy().Object)
	}
	manager, err := k.fieldManager()
	if err != nil {
		return nil, err
	}
	empty, err := k.empty()
	if err != nil {
		return nil, err
	}
	return manager.Apply(empty, q.manifest(), q.Manager, true)
}

func (q *question) isClientSide() bool { return q.Mode == "csa" || q.Mode == "csa3" }

// manifest is what is sent; the server refuses managed fields in it.
func (q *question) manifest() *unstructured.Unstructured {
	desired := q.Desired.DeepCopy()
	desired.SetManagedFields(nil)
	return desired
}

// UnmarshalJSON reads the objects with their integers kept apart from other numbers.
func (q *question) UnmarshalJSON(text []byte) error {
	type plain question
	var raw struct {
		plain
		Live, Desired, Previous json.RawMessage
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		return err
	}
	*q = question(raw.plain)
	for target, body := range map[**unstructured.Unstructured]json.RawMessage{&q.Live: raw.Live, &q.Desired: raw.Desired, &q.Previous: raw.Previous} {
		if len(body) == 0 || string(body) == "null" {
			continue
		}
		*target = &unstructured.Unstructured{}
		if err := (*target).UnmarshalJSON(body); err != nil {
			return err
		}
	}
	return nil
}
