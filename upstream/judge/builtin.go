package main

import (
	"encoding/json"
	"sync"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
)

type builtinKind struct {
	gvk     schema.GroupVersionKind
	manager func() (*managedfields.FieldManager, error)
	model   func() (model, error)
}

var builtins sync.Map // GroupVersionKind → *builtinKind

func builtin(gvk schema.GroupVersionKind) *builtinKind {
	if known, ok := builtins.Load(gvk); ok {
		return known.(*builtinKind)
	}
	k := &builtinKind{gvk: gvk}
	k.manager = sync.OnceValues(k.newFieldManager)
	k.model = sync.OnceValues(func() (model, error) { return modelOf(k) })
	kept, _ := builtins.LoadOrStore(gvk, k)
	return kept.(*builtinKind)
}

func (k *builtinKind) groupVersionKind() schema.GroupVersionKind { return k.gvk }
func (k *builtinKind) strategy() strategy                        { return strategies[k.gvk.GroupKind()] }
func (k *builtinKind) converter() (managedfields.TypeConverter, error) {
	return builtinConverter()
}
func (k *builtinKind) fieldManager() (*managedfields.FieldManager, error) { return k.manager() }
func (k *builtinKind) typeModel() (model, error)                          { return k.model() }

// internal is the version-independent form that strategies work on.
func (k *builtinKind) internal() schema.GroupVersion {
	return schema.GroupVersion{Group: k.gvk.Group, Version: runtime.APIVersionInternal}
}

func (k *builtinKind) decode(content map[string]any) (runtime.Object, error) {
	text, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	object, _, err := legacyscheme.Codecs.UniversalDecoder(k.internal()).Decode(text, &k.gvk, nil)
	return object, err
}

func (k *builtinKind) encode(object runtime.Object) (map[string]any, error) {
	versioned, err := scheme.UnsafeConvertToVersion(object, k.gvk.GroupVersion())
	if err != nil {
		return nil, err
	}
	versioned.GetObjectKind().SetGroupVersionKind(k.gvk)
	return runtime.DefaultUnstructuredConverter.ToUnstructured(versioned)
}

func (k *builtinKind) empty() (runtime.Object, error) {
	return scheme.New(k.internal().WithKind(k.gvk.Kind))
}

func (k *builtinKind) read(content map[string]any) (runtime.Object, error) {
	object, err := k.decode(content)
	if err != nil {
		return nil, err
	}
	return k.stored(object)
}

// stored goes through protobuf, as the server's storage does: empty lists and maps do not survive it.
func (k *builtinKind) stored(object runtime.Object) (runtime.Object, error) {
	codec := legacyscheme.Codecs.CodecForVersions(protobuf, protobuf, k.gvk.GroupVersion(), k.internal())
	data, err := runtime.Encode(codec, object)
	if err != nil {
		return nil, err
	}
	return runtime.Decode(codec, data)
}

func (k *builtinKind) newFieldManager() (*managedfields.FieldManager, error) {
	converter, err := k.converter()
	if err != nil {
		return nil, err
	}
	return managedfields.NewDefaultFieldManager(converter, scheme, scheme, scheme, k.gvk, k.internal(), "", resetFilter(k.strategy()))
}
