package main

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	smd "sigs.k8s.io/structured-merge-diff/v6/schema"
	"sigs.k8s.io/structured-merge-diff/v6/typed"
)

// kind is one version of one kind as the server handles it: built in, or defined by a CustomResourceDefinition.
type kind interface {
	groupVersionKind() schema.GroupVersionKind
	strategy() strategy
	// decode reads the body of a request to this version, for what the strategy sees.
	decode(content map[string]any) (runtime.Object, error)
	// encode leads from there to JSON in this version.
	encode(object runtime.Object) (map[string]any, error)
	// empty is the object before its first apply.
	empty() (runtime.Object, error)
	// read leads from an object in any version of the kind to how this version shows it.
	read(content map[string]any) (runtime.Object, error)
	// stored is what comes back when the object has been written and is read again.
	stored(object runtime.Object) (runtime.Object, error)
	// converter makes values comparable field by field.
	converter() (managedfields.TypeConverter, error)
	fieldManager() (*managedfields.FieldManager, error)
	typeModel() (model, error)
}

// model says which lists and maps of a kind are merged, and how.
type model struct {
	schema  *smd.Schema
	typeRef smd.TypeRef
}

// modelOf asks the converter for it with an object that has nothing but its kind.
func modelOf(k kind) (model, error) {
	converter, err := k.converter()
	if err != nil {
		return model{}, err
	}
	bare := &unstructured.Unstructured{}
	bare.SetGroupVersionKind(k.groupVersionKind())
	value, err := converter.ObjectToTyped(bare, typed.AllowDuplicates)
	if err != nil {
		return model{}, err
	}
	return model{value.Schema(), value.TypeRef()}, nil
}

// unknownKind says why this program cannot judge a kind.
type unknownKind struct{ reason string }

func (e unknownKind) Error() string { return e.reason }

func kindFor(gvk schema.GroupVersionKind, types *typeSet) (kind, error) {
	if strategies[gvk.GroupKind()] != nil && scheme.Recognizes(gvk) {
		return builtin(gvk), nil
	}
	custom := types.find(gvk.GroupKind())
	if custom == nil {
		if reason := unstored(gvk); reason != "" {
			return nil, unknownKind{reason}
		}
		return nil, unknownKind{fmt.Sprintf("%s %s is not known here: it is not built into Kubernetes, and no CustomResourceDefinition was found for it", gvk.GroupVersion(), gvk.Kind)}
	}
	return custom.version(gvk.Version)
}

// unstored says that a built-in kind is never kept, or not served in this version; empty for other kinds.
func unstored(gvk schema.GroupVersionKind) string {
	if what := neverStored[gvk.GroupKind()]; what != "" {
		return fmt.Sprintf("%s is %s, not an object that is kept", gvk.Kind, what)
	}
	if strategies[gvk.GroupKind()] != nil {
		return noMatch(gvk, scheme.VersionsForGroupKind(gvk.GroupKind()))
	}
	return ""
}

// resetFilter leaves the fields out that a request to the main resource cannot own, such as status.
func resetFilter(s strategy) map[fieldpath.APIVersion]fieldpath.Filter {
	if resetting, ok := s.(interface {
		GetResetFields() map[fieldpath.APIVersion]*fieldpath.Set
	}); ok {
		return fieldpath.NewExcludeFilterSetMap(resetting.GetResetFields())
	}
	return map[fieldpath.APIVersion]fieldpath.Filter{}
}
