package main

import (
	"errors"
	"sync"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apiextensions-apiserver/pkg/registry/customresource"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
)

// customKind is one version of a kind that a CustomResourceDefinition defines.
type customKind struct {
	gvk     schema.GroupVersionKind
	served  bool
	schema  *structural.Structural // nil in old definitions that keep unknown fields
	rules   strategy
	parent  *customType
	all     *compiledType
	manager func() (*managedfields.FieldManager, error)
	model   func() (model, error)
}

func newCustomKind(parent *customType, all *compiledType, version apiextensionsv1.CustomResourceDefinitionVersion) (*customKind, error) {
	k := &customKind{gvk: parent.groupKind.WithVersion(version.Name), served: version.Served, parent: parent, all: all}
	k.manager = sync.OnceValues(k.newFieldManager)
	k.model = sync.OnceValues(func() (model, error) { return modelOf(k) })
	internal := &apiextensions.CustomResourceValidation{}
	if version.Schema != nil {
		if err := apiextensionsv1.Convert_v1_CustomResourceValidation_To_apiextensions_CustomResourceValidation(version.Schema, internal, nil); err != nil {
			return nil, err
		}
	}
	var err error
	if k.schema, err = structuralSchema(internal.OpenAPIV3Schema, all.definition.Spec.PreserveUnknownFields); err != nil {
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

// structuralSchema is what prunes and fills objects. Definitions from the time before apiextensions.k8s.io/v1
// may have none, when they keep unknown fields.
func structuralSchema(props *apiextensions.JSONSchemaProps, keepsUnknown bool) (*structural.Structural, error) {
	if props == nil && keepsUnknown {
		return nil, nil
	}
	if props == nil {
		return nil, errors.New("it has no schema")
	}
	made, err := structural.NewStructural(props)
	if keepsUnknown {
		return made, nil
	}
	if err != nil {
		return nil, err
	}
	if wrong := structural.ValidateStructural(nil, made); len(wrong) > 0 {
		return nil, wrong[0]
	}
	made = made.DeepCopy()
	return made, defaulting.PruneDefaults(made)
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
func (k *customKind) typeModel() (model, error)                          { return k.model() }

func (k *customKind) newFieldManager() (*managedfields.FieldManager, error) {
	converter, err := k.converter()
	if err != nil {
		return nil, err
	}
	return managedfields.NewDefaultCRDFieldManager(converter, versionNamer{k.all}, k, anyCreator{}, k.gvk, k.gvk.GroupVersion(), "", resetFilter(k.rules))
}
