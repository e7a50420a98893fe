package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

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
	// last-applied annotation. csa3: Helm 3, by the object in the previous release.
	Mode    string `json:"mode"`
	Manager string `json:"manager"`
	// Whether conflicts with other managers are forced; true when absent. ssa and flux only.
	Force    *bool                      `json:"force"`
	Live     *unstructured.Unstructured `json:"live"`
	Desired  *unstructured.Unstructured `json:"desired"`
	Previous *unstructured.Unstructured `json:"previous"`
}

// verdict is the answer: nothing would change, these fields would, or the server refuses.
type verdict struct {
	Equal   bool     `json:"equal"`
	Changes []change `json:"changes"`
	Refused *refusal `json:"refused,omitempty"`
	// Why this program cannot say.
	Unchecked string `json:"unchecked,omitempty"`
}

type refusal struct {
	// 400 and 500: the manifest cannot be read. 409: other managers own fields. 422: validation refuses the result.
	Code     int       `json:"code"`
	Message  string    `json:"message"`
	Findings []finding `json:"findings"`
	// The manifest by itself is valid: it is the change of the living object that is refused.
	Recreate bool `json:"recreate"`
}

func (q *question) judge(types *typeSet) (v verdict) {
	defer func() {
		if cause := recover(); cause != nil {
			v = verdict{Unchecked: panicMessage(cause)}
		}
	}()
	v = q.answer(types)
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

func (q *question) answer(types *typeSet) verdict {
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
	live := prepareLive(q, k.strategy().NamespaceScoped())
	old, err := readLive(k, live)
	if err != nil {
		return verdict{Unchecked: "the live object cannot be read: " + err.Error()}
	}
	before, err := k.encode(old.DeepCopyObject())
	if err != nil {
		return verdict{Unchecked: err.Error()}
	}
	object, refused, err := q.merge(k, live, old)
	if err != nil && blamesLive(err) {
		return verdict{Unchecked: "the live object does not fit its schema"}
	}
	if err != nil {
		return verdict{Refused: refusalOf(err, q.Desired.Object)}
	}
	if err := update(k, object, old); err != nil && refused == nil {
		refused = refusalOf(err, q.Desired.Object)
		refused.Recreate = q.acceptedAsNew(k)
	}
	after, err := readStored(k, object)
	if err != nil {
		return verdict{Unchecked: "the result cannot be stored: " + err.Error()}
	}
	changes, err := q.compare(k, live, before, after)
	if err != nil {
		return verdict{Unchecked: err.Error()}
	}
	if len(changes) == 0 && (refused == nil || refused.Recreate) {
		return verdict{Equal: true} // a valid manifest, and what lives is what it says
	}
	return verdict{Changes: changes, Refused: refused}
}

func readLive(k kind, live *unstructured.Unstructured) (runtime.Object, error) {
	object, err := k.decode(live.DeepCopy().Object)
	if err != nil {
		return nil, err
	}
	return k.stored(object)
}

func readStored(k kind, object runtime.Object) (map[string]any, error) {
	stored, err := k.stored(object)
	if err != nil {
		return nil, err
	}
	return k.encode(stored)
}

// merge makes the object that the request leads to. A conflict is reported beside what forcing it would give.
func (q *question) merge(k kind, live *unstructured.Unstructured, old runtime.Object) (runtime.Object, *refusal, error) {
	if q.isClientSide() {
		object, err := clientSideApply(k, q, live, old)
		return object, nil, err
	}
	manager, err := k.fieldManager()
	if err != nil {
		return nil, nil, err
	}
	desired := q.manifest()
	force := q.Force == nil || *q.Force
	object, err := manager.Apply(old.DeepCopyObject(), desired, q.Manager, force)
	if !apierrors.IsConflict(err) {
		return object, nil, err
	}
	refused := refusalOf(err, q.Desired.Object)
	object, err = manager.Apply(old.DeepCopyObject(), desired, q.Manager, true)
	return object, refused, err
}

// update runs what the server runs between merging and storing.
func update(k kind, object, old runtime.Object) error {
	if service, ok := object.(*core.Service); ok {
		keepAllocated(service, old.(*core.Service))
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

// blamesLive tells errors about the live object from those about the manifest; they have no types.
func blamesLive(err error) bool {
	text := err.Error()
	return strings.HasPrefix(text, "failed to create manager for existing fields") || strings.HasPrefix(text, "failed to create typed live object")
}

func refusalOf(err error, object map[string]any) *refusal {
	refused := &refusal{Code: 500} // as the server answers where a manifest does not fit the schema
	var status apierrors.APIStatus
	if errors.As(err, &status) && status.Status().Code != 0 {
		refused.Code, refused.Findings = int(status.Status().Code), invalidFindings(err, object)
	} else {
		refused.Findings = []finding{typedPatchFinding(err, object)}
	}
	var causes []string
	for _, f := range refused.Findings {
		causes = append(causes, strings.TrimPrefix(f.Path+": "+f.Message, ": "))
	}
	refused.Message = strings.Join(causes, "; ")
	return refused
}

// typedPatchFinding takes the field out of "failed to create typed patch object (…): .spec.x: field not …".
func typedPatchFinding(err error, object map[string]any) finding {
	_, cause, ok := strings.Cut(err.Error(), "): .")
	field, message, hasField := strings.Cut(cause, ": ")
	if !ok || !hasField {
		return failure("invalid", "", err.Error())
	}
	return failure("invalid", pathOf(field, object), message)
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
