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

// versionNamer converts as a CustomResourceDefinition without a webhook does: by the name of the version.
type versionNamer struct{}

func (versionNamer) Convert(_, _, _ any) error {
	return errors.New("conversion into a value is not used")
}

func (versionNamer) ConvertToVersion(in runtime.Object, to runtime.GroupVersioner) (runtime.Object, error) {
	object, ok := in.(*unstructured.Unstructured)
	if !ok {
		return nil, fmt.Errorf("%T is no custom resource", in)
	}
	gvk, ok := to.KindForGroupVersionKinds([]schema.GroupVersionKind{object.GroupVersionKind()})
	if !ok {
		return nil, fmt.Errorf("%v has no version of %s", to, object.GetKind())
	}
	converted := object.DeepCopy()
	converted.SetGroupVersionKind(gvk)
	return converted, nil
}

func (versionNamer) ConvertFieldLabel(_ schema.GroupVersionKind, label, value string) (string, string, error) {
	return label, value, nil
}
