package main

import (
	"encoding/json"
	"fmt"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/jsonmergepatch"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

// clientSideApply makes the three-way patch that kubectl apply (csa) or Helm 3 (csa3) would send, and the
// object it leads to. Fields that were applied before and are not desired any more are removed.
func clientSideApply(k kind, q *question, live *unstructured.Unstructured, old runtime.Object) (runtime.Object, error) {
	before, err := q.appliedBefore(live)
	if err != nil {
		return nil, err
	}
	content, err := k.encode(old.DeepCopyObject())
	if err != nil {
		return nil, err
	}
	current, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	desired, err := q.modified()
	if err != nil {
		return nil, err
	}
	patched, err := threeWay(k, before, desired, current)
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	result := &unstructured.Unstructured{}
	if err := result.UnmarshalJSON(patched); err != nil {
		return nil, err
	}
	object, err := k.decode(result.Object)
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	return object, nil
}

// appliedBefore is nil where nothing is known; then nothing is removed.
func (q *question) appliedBefore(live *unstructured.Unstructured) ([]byte, error) {
	if q.Mode == "csa3" {
		if q.Previous == nil {
			return nil, nil
		}
		return q.Previous.MarshalJSON()
	}
	text := live.GetAnnotations()[lastApplied]
	if text == "" {
		return nil, nil
	}
	if !json.Valid([]byte(text)) {
		return nil, fmt.Errorf("the annotation %s is no JSON", lastApplied)
	}
	return []byte(text), nil
}

// modified is the manifest as it is compared. kubectl adds its note first: else the empty annotations in the
// last note would count as removed.
func (q *question) modified() ([]byte, error) {
	text, err := q.Desired.MarshalJSON()
	if err != nil || q.Mode == "csa3" {
		return text, err
	}
	desired := q.Desired.DeepCopy()
	annotations, _, err := unstructured.NestedStringMap(desired.Object, "metadata", "annotations")
	if err != nil {
		return nil, apierrors.NewBadRequest("metadata.annotations must be a map of texts")
	}
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations[lastApplied] = string(text)
	desired.SetAnnotations(annotations)
	return desired.MarshalJSON()
}

// threeWay merges built-in kinds strategically, and custom resources as plain JSON.
func threeWay(k kind, before, desired, current []byte) ([]byte, error) {
	if _, ok := k.(*builtinKind); !ok {
		patch, err := jsonmergepatch.CreateThreeWayJSONMergePatch(before, desired, current)
		if err != nil {
			return nil, err
		}
		return jsonpatch.MergePatch(current, patch)
	}
	typed, err := scheme.New(k.groupVersionKind())
	if err != nil {
		return nil, err
	}
	rules, err := strategicpatch.NewPatchMetaFromStruct(typed)
	if err != nil {
		return nil, err
	}
	patch, err := strategicpatch.CreateThreeWayMergePatch(before, desired, current, rules, true)
	if err != nil {
		return nil, err
	}
	return strategicpatch.StrategicMergePatchUsingLookupPatchMeta(current, patch, rules)
}
