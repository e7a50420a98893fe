package main

import (
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
)

// What the server's machinery asks of a scheme, answered for objects without Go types.

// strictCustomJSON reads custom resources and names keys that are given twice.
var strictCustomJSON = json.NewSerializerWithOptions(json.DefaultMetaFactory, anyCreator{}, anyTyper{}, json.SerializerOptions{Strict: true})

type anyTyper struct{}

func (anyTyper) ObjectKinds(object runtime.Object) ([]schema.GroupVersionKind, bool, error) {
	return []schema.GroupVersionKind{object.GetObjectKind().GroupVersionKind()}, false, nil
}

func (anyTyper) Recognizes(schema.GroupVersionKind) bool { return true }

type anyCreator struct{}

func (anyCreator) New(gvk schema.GroupVersionKind) (runtime.Object, error) {
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(gvk)
	return object, nil
}

// versionNamer converts as the server does: by the name of the version, where no webhook is asked.
type versionNamer struct{ all *compiledType }

func (versionNamer) Convert(_, _, _ any) error {
	return errors.New("conversion into a value is not used")
}

// ConvertToVersion panics with the reason where only the cluster can convert: the callers hide errors' types.
func (n versionNamer) ConvertToVersion(in runtime.Object, to runtime.GroupVersioner) (runtime.Object, error) {
	object, ok := in.(*unstructured.Unstructured)
	if !ok {
		return nil, fmt.Errorf("%T is no custom resource", in)
	}
	from := object.GroupVersionKind()
	gvk, ok := to.KindForGroupVersionKinds([]schema.GroupVersionKind{from})
	if !ok {
		return nil, fmt.Errorf("%v has no version of %s", to, object.GetKind())
	}
	for _, version := range []string{gvk.Version, from.Version} {
		if n.all.versions[version] == nil {
			return nil, fmt.Errorf("request to convert CR to an invalid group/version: %s/%s", gvk.Group, version)
		}
	}
	if gvk != from && !n.all.convertsByName() {
		panic(errWebhookConversion)
	}
	converted := object.DeepCopy()
	converted.SetGroupVersionKind(gvk)
	return converted, nil
}

func (versionNamer) ConvertFieldLabel(_ schema.GroupVersionKind, label, value string) (string, string, error) {
	return label, value, nil
}
