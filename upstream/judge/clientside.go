package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/jsonmergepatch"
	"k8s.io/apimachinery/pkg/util/mergepatch"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
)

// clientPatch is the request that a client-side apply sends: PATCH with this content type and body. An empty
// body means that no request is sent.
type clientPatch struct {
	ContentType types.PatchType `json:"contentType"`
	Body        json.RawMessage `json:"body"`
}

// clientSideApply makes the patch that kubectl apply (csa) or Helm (csa3) would send, and the object it leads to.
func clientSideApply(k kind, q *question, live *unstructured.Unstructured, old runtime.Object) (runtime.Object, *clientPatch, error) {
	content, err := k.encode(old)
	if err != nil {
		return nil, nil, err
	}
	current, err := json.Marshal(content)
	if err != nil {
		return nil, nil, err
	}
	patch, err := q.clientPatch(k, live, current)
	if err != nil {
		return nil, nil, err
	}
	patched, err := patch.applied(k, current)
	if err != nil {
		return nil, patch, apierrors.NewBadRequest(err.Error())
	}
	result := &unstructured.Unstructured{}
	if err := result.UnmarshalJSON(patched); err != nil {
		return nil, patch, apierrors.NewBadRequest(err.Error())
	}
	if q.isStrict() && string(patch.Body) != "{}" {
		if err := unknownFields(k, patched); err != nil {
			return nil, patch, err
		}
	}
	object, err := k.decode(result.Object)
	if err != nil {
		return nil, patch, apierrors.NewBadRequest(err.Error())
	}
	return object, patch, nil
}

// isStrict: kubectl asks the server to refuse unknown fields; Argo CD and Helm do not, so that they are dropped.
func (q *question) isStrict() bool {
	return q.Mode == "csa" && strings.HasPrefix(q.Manager, "kubectl")
}

// unknownFields is the error of a server that reads an object strictly.
func unknownFields(k kind, text []byte) error {
	switch known := k.(type) {
	case *builtinKind:
		_, _, err := legacyscheme.Codecs.DecoderToVersion(strictJSON, known.internal()).Decode(text, &known.gvk, nil)
		if runtime.IsStrictDecodingError(err) {
			return err
		}
	case *customKind:
		object := &unstructured.Unstructured{}
		if err := object.UnmarshalJSON(text); err != nil {
			return nil // told by who reads it next
		}
		fields, _ := known.coerce(object)
		var causes []error
		for _, field := range fields {
			causes = append(causes, fmt.Errorf("unknown field %q", field))
		}
		if len(causes) > 0 {
			return runtime.NewStrictDecodingError(causes)
		}
	}
	return nil
}

func (q *question) clientPatch(k kind, live *unstructured.Unstructured, current []byte) (*clientPatch, error) {
	if q.Mode == "csa3" {
		return q.helmPatch(k, current)
	}
	return q.kubectlPatch(k, live, current)
}

// applied is what the server makes of the patch.
func (p *clientPatch) applied(k kind, current []byte) ([]byte, error) {
	if p.ContentType == types.MergePatchType {
		return jsonpatch.MergePatch(current, p.Body)
	}
	rules, err := strategicRules(k)
	if err != nil {
		return nil, err
	}
	return strategicpatch.StrategicMergePatchUsingLookupPatchMeta(current, p.Body, rules)
}

// strategicThreeWay patches lists by their merge keys, as the Go types of built-in kinds say.
func strategicThreeWay(k kind, before, desired, current []byte) (*clientPatch, error) {
	rules, err := strategicRules(k)
	if err != nil {
		return nil, err
	}
	return newPatch(types.StrategicMergePatchType)(strategicpatch.CreateThreeWayMergePatch(before, desired, current, rules, true))
}

// plainThreeWay patches maps key by key, and every list as one value.
func plainThreeWay(before, desired, current []byte) (*clientPatch, error) {
	same := []mergepatch.PreconditionFunc{
		mergepatch.RequireKeyUnchanged("apiVersion"),
		mergepatch.RequireKeyUnchanged("kind"),
		mergepatch.RequireMetadataKeyUnchanged("name"),
	}
	return newPatch(types.MergePatchType)(jsonmergepatch.CreateThreeWayJSONMergePatch(before, desired, current, same...))
}

// newPatch blames the manifest for a patch that cannot be made: no request would be sent.
func newPatch(contentType types.PatchType) func(body []byte, err error) (*clientPatch, error) {
	return func(body []byte, err error) (*clientPatch, error) {
		if mergepatch.IsPreconditionFailed(err) {
			err = errors.New("apiVersion, kind or name differ from what was applied before")
		}
		if err != nil {
			return nil, apierrors.NewBadRequest(err.Error())
		}
		return &clientPatch{contentType, body}, nil
	}
}

func strategicRules(k kind) (strategicpatch.LookupPatchMeta, error) {
	typed, err := scheme.New(k.groupVersionKind())
	if err != nil {
		return nil, err
	}
	return strategicpatch.NewPatchMetaFromStruct(typed)
}
