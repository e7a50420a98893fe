package main

import (
	"cmp"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
)

// helmPatch is the patch of Helm's client-side apply (`createPatch` in helm.sh/helm/v4/pkg/kube/client.go, the
// same since Helm 3.0). Kinds that client-go knows are merged three ways, between the previous release, the
// manifest, and what lives. Of all others, Helm compares the two releases only, so that what was changed in the
// cluster stays: a three-way merge is asked for by `helm install --take-ownership` alone.
func (q *question) helmPatch(k kind, current []byte) (*clientPatch, error) {
	desired, err := q.Desired.MarshalJSON()
	if err != nil {
		return nil, err
	}
	// An object that the previous release does not hold is adopted: Helm takes the manifest for what was applied.
	before, err := cmp.Or(q.Previous, q.Desired).MarshalJSON()
	if err != nil {
		return nil, err
	}
	if helmKnows(k) && isOfItsType(k, q.Desired) {
		return strategicThreeWay(k, before, desired, current)
	}
	if q.Previous == nil {
		return nil, errNoRelease
	}
	return newPatch(types.MergePatchType)(jsonpatch.CreateMergePatch(before, desired))
}

var errNoRelease = unknownKind{"what Helm would change of this kind depends on the previous release, which is not known here"}

// isOfItsType: a manifest that cannot be read as the Go type of its kind, Helm treats as a custom resource.
func isOfItsType(k kind, manifest *unstructured.Unstructured) bool {
	typed, err := scheme.New(k.groupVersionKind())
	return err == nil && runtime.DefaultUnstructuredConverter.FromUnstructured(manifest.Object, typed) == nil
}

// helmKnows: what client-go's scheme holds, and CustomResourceDefinitions. The aggregator's kinds are not there.
func helmKnows(k kind) bool {
	_, builtIn := k.(*builtinKind)
	return builtIn && k.groupVersionKind().Group != "apiregistration.k8s.io"
}

// placePrevious gives the object of the previous release the namespace that Helm gives it when it reads it.
func (q *question) placePrevious(namespace string) {
	if q.Previous == nil || q.Previous.GetNamespace() != "" {
		return
	}
	q.Previous = &unstructured.Unstructured{Object: q.Previous.DeepCopy().Object}
	q.Previous.SetNamespace(namespace)
}
