package main

import (
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// kubectlPatch is the patch of `kubectl apply`, which Argo CD uses too: between the note about the last apply,
// the manifest, and what lives. Fields that were applied before and are not desired any more are removed.
func (q *question) kubectlPatch(k kind, live *unstructured.Unstructured, current []byte) (*clientPatch, error) {
	before, err := appliedByKubectl(live)
	if err != nil {
		return nil, err
	}
	desired, err := q.withNote()
	if err != nil {
		return nil, err
	}
	if _, builtIn := k.(*builtinKind); builtIn {
		return strategicThreeWay(k, before, desired, current)
	}
	return plainThreeWay(before, desired, current)
}

// appliedByKubectl is nil where nothing is known; then nothing is removed.
func appliedByKubectl(live *unstructured.Unstructured) ([]byte, error) {
	text := live.GetAnnotations()[lastApplied]
	if text == "" {
		return nil, nil
	}
	if !json.Valid([]byte(text)) {
		return nil, fmt.Errorf("the annotation %s is no JSON", lastApplied)
	}
	return []byte(text), nil
}

// withNote is the manifest as kubectl sends it, which holds itself as a note: a line of JSON in an annotation,
// where annotations are never absent.
func (q *question) withNote() ([]byte, error) {
	desired := q.Desired.DeepCopy()
	// Null is an empty text there, and where there is anything but texts, kubectl puts its note in the place of all.
	annotations := desired.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	delete(annotations, lastApplied)
	desired.SetAnnotations(annotations)
	text, err := desired.MarshalJSON() // ends its line
	if err != nil {
		return nil, err
	}
	annotations[lastApplied] = string(text)
	desired.SetAnnotations(annotations)
	return desired.MarshalJSON()
}
