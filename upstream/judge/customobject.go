package main

import (
	"errors"
	"fmt"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// How a custom resource goes into storage and comes back.

var errWebhookConversion = unknownKind{"its versions are converted by a webhook, which only the cluster can ask"}

// decode reads the body of a request to this version.
func (k *customKind) decode(content map[string]any) (runtime.Object, error) {
	object := &unstructured.Unstructured{Object: content}
	object.SetAPIVersion(k.gvk.GroupVersion().String())
	_, err := k.coerce(object)
	k.Default(object)
	return object, err
}

func (k *customKind) encode(object runtime.Object) (map[string]any, error) {
	content, ok := object.(*unstructured.Unstructured)
	if !ok {
		return nil, errors.New("not a custom resource")
	}
	return content.Object, nil
}

func (k *customKind) empty() (runtime.Object, error) { return anyCreator{}.New(k.gvk) }

// stored writes an object in the version it is stored in, and reads it again.
func (k *customKind) stored(object runtime.Object) (runtime.Object, error) {
	content, err := k.encode(object)
	if err != nil {
		return nil, err
	}
	return k.read(content)
}

// read is what comes out of storage for an object of any version. Defaults are filled in when it leaves storage,
// by the schema of the stored version alone.
func (k *customKind) read(content map[string]any) (runtime.Object, error) {
	object := &unstructured.Unstructured{Object: runtime.DeepCopyJSON(content)}
	from := k.all.versions[object.GroupVersionKind().Version]
	if from == nil {
		return nil, unknownKind{fmt.Sprintf("it is of version %s, which its CustomResourceDefinition does not have", object.GetAPIVersion())}
	}
	through := []*customKind{k.all.storage, k}
	if !k.all.convertsByName() {
		if from != k {
			return nil, errWebhookConversion
		}
		through = []*customKind{k}
	}
	for _, version := range through {
		object.SetAPIVersion(version.gvk.GroupVersion().String())
		if _, err := version.coerce(object); err != nil {
			return nil, err
		}
		if version == k.all.storage {
			version.Default(object)
		}
	}
	return object, nil
}

// convertsByName: without a webhook, versions differ in their name only.
func (c *compiledType) convertsByName() bool {
	conversion := c.definition.Spec.Conversion
	return conversion == nil || conversion.Strategy != apiextensionsv1.WebhookConverter || len(c.versions) == 1
}

// coerce is what the server does to a custom resource after reading it; it returns the unknown fields.
func (k *customKind) coerce(object *unstructured.Unstructured) (unknown []string, err error) {
	kind, apiVersion := object.GetKind(), object.GetAPIVersion()
	meta, found, unknown, err := objectmeta.GetObjectMetaWithOptions(object.Object, objectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true})
	if err != nil {
		return nil, err
	}
	if !k.all.definition.Spec.PreserveUnknownFields {
		pruned := pruning.PruneWithOptions(object.Object, k.schema, true, structural.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
		unknown = append(unknown, pruned...)
		defaulting.PruneNonNullableNullsWithoutDefaults(object.Object, k.schema)
	}
	fieldError, paths := objectmeta.CoerceWithOptions(nil, object.Object, k.schema, false, objectmeta.CoerceOptions{ReturnUnknownFieldPaths: true})
	if fieldError != nil {
		return nil, fieldError
	}
	object.SetKind(kind)
	object.SetAPIVersion(apiVersion)
	if found {
		err = objectmeta.SetObjectMeta(object.Object, meta)
	}
	return append(unknown, paths...), err
}

// Default fills the defaults of the object's version in. Exported because the field manager asks for it.
func (k *customKind) Default(object runtime.Object) {
	content, ok := object.(*unstructured.Unstructured)
	if !ok {
		return
	}
	if version := k.all.versions[content.GroupVersionKind().Version]; version != nil {
		defaulting.Default(content.Object, version.schema)
	}
}
