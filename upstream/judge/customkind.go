package main

import (
	"errors"
	"sync"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apiextensions-apiserver/pkg/registry/customresource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
)

// customKind is one version of a kind that a CustomResourceDefinition defines.
type customKind struct {
	gvk     schema.GroupVersionKind
	served  bool
	schema  *structural.Structural // nil when the definition gives none
	rules   strategy
	parent  *customType
	all     *compiledType
	manager func() (*managedfields.FieldManager, error)
}

func newCustomKind(parent *customType, all *compiledType, version apiextensionsv1.CustomResourceDefinitionVersion) (*customKind, error) {
	k := &customKind{gvk: parent.groupKind.WithVersion(version.Name), served: version.Served, parent: parent, all: all}
	k.manager = sync.OnceValues(k.newFieldManager)
	if version.Schema == nil {
		return k, nil
	}
	internal := &apiextensions.CustomResourceValidation{}
	if err := apiextensionsv1.Convert_v1_CustomResourceValidation_To_apiextensions_CustomResourceValidation(version.Schema, internal, nil); err != nil {
		return nil, err
	}
	made, err := structural.NewStructural(internal.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	k.schema = made.DeepCopy()
	if err := defaulting.PruneDefaults(k.schema); err != nil {
		return nil, err
	}
	validator, _, err := validation.NewSchemaValidator(internal.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	status, scale, err := subresources(version)
	if err != nil {
		return nil, err
	}
	namespaced := all.definition.Spec.Scope == apiextensionsv1.NamespaceScoped
	k.rules = customresource.NewStrategy(anyTyper{}, namespaced, k.gvk, validator, nil, k.schema, status, scale, version.SelectableFields)
	return k, nil
}

func subresources(version apiextensionsv1.CustomResourceDefinitionVersion) (*apiextensions.CustomResourceSubresourceStatus, *apiextensions.CustomResourceSubresourceScale, error) {
	if version.Subresources == nil {
		return nil, nil, nil
	}
	var status *apiextensions.CustomResourceSubresourceStatus
	if version.Subresources.Status != nil {
		status = &apiextensions.CustomResourceSubresourceStatus{}
	}
	if version.Subresources.Scale == nil {
		return status, nil, nil
	}
	scale := &apiextensions.CustomResourceSubresourceScale{}
	err := apiextensionsv1.Convert_v1_CustomResourceSubresourceScale_To_apiextensions_CustomResourceSubresourceScale(version.Subresources.Scale, scale, nil)
	return status, scale, err
}

func (k *customKind) groupVersionKind() schema.GroupVersionKind { return k.gvk }
func (k *customKind) strategy() strategy                        { return k.rules }
func (k *customKind) converter() (managedfields.TypeConverter, error) {
	return k.parent.converter()
}
func (k *customKind) fieldManager() (*managedfields.FieldManager, error) { return k.manager() }

var errWebhookConversion = unknownKind{"the live object is of another version, and only the cluster's conversion webhook can translate it"}

func (k *customKind) decode(content map[string]any) (runtime.Object, error) {
	object := &unstructured.Unstructured{Object: content}
	if object.GetAPIVersion() != k.gvk.GroupVersion().String() {
		if !k.convertsItself() {
			return nil, errWebhookConversion
		}
		object.SetAPIVersion(k.gvk.GroupVersion().String())
	}
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

// stored prunes and fills by the schema of this version, and of the version it is stored in.
func (k *customKind) stored(object runtime.Object) (runtime.Object, error) {
	content, err := k.encode(object)
	if err != nil {
		return nil, err
	}
	if storage := k.all.storage; storage != nil && storage != k && storage.schema != nil && k.convertsItself() {
		inStorage, err := storage.decode(runtime.DeepCopyJSON(content))
		if err != nil {
			return nil, err
		}
		content, _ = storage.encode(inStorage)
	}
	return k.decode(content)
}

// convertsItself: without a webhook, versions differ in their name only.
func (k *customKind) convertsItself() bool {
	conversion := k.all.definition.Spec.Conversion
	return conversion == nil || conversion.Strategy == apiextensionsv1.NoneConverter
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

// Default fills the defaults of the schema in. Exported because the field manager asks for it.
func (k *customKind) Default(object runtime.Object) {
	if content, ok := object.(*unstructured.Unstructured); ok {
		defaulting.Default(content.Object, k.schema)
	}
}

func (k *customKind) newFieldManager() (*managedfields.FieldManager, error) {
	converter, err := k.converter()
	if err != nil {
		return nil, err
	}
	return managedfields.NewDefaultCRDFieldManager(converter, versionNamer{}, k, anyCreator{}, k.gvk, k.gvk.GroupVersion(), "", resetFilter(k.rules))
}
