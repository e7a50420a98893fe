package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
	"k8s.io/apiextensions-apiserver/pkg/controller/openapi/builder"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/kube-openapi/pkg/spec3"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
)

// customType is a kind that a CustomResourceDefinition defines. It is compiled when first asked for.
type customType struct {
	groupKind schema.GroupKind
	text      []byte
	compiled  func() (*compiledType, error)
	converter func() (managedfields.TypeConverter, error)
}

type compiledType struct {
	definition *apiextensionsv1.CustomResourceDefinition
	versions   map[string]*customKind
	// The version objects are stored in.
	storage *customKind
}

func newCustomType(text []byte) (*customType, error) {
	var head struct {
		Kind string `json:"kind"`
		Spec struct {
			Group string `json:"group"`
			Names struct {
				Kind string `json:"kind"`
			} `json:"names"`
		} `json:"spec"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, err
	}
	if head.Kind != "CustomResourceDefinition" || head.Spec.Group == "" || head.Spec.Names.Kind == "" {
		return nil, errors.New("kind, spec.group or spec.names.kind is missing")
	}
	t := &customType{groupKind: schema.GroupKind{Group: head.Spec.Group, Kind: head.Spec.Names.Kind}, text: text}
	t.compiled = sync.OnceValues(t.compile)
	t.converter = sync.OnceValues(t.newConverter)
	return t, nil
}

// brokenRule says that a CEL rule of the definition does not compile: it is found when the first object is validated.
func (t *customType) brokenRule() unknownKind {
	return unknownKind{fmt.Sprintf("the CustomResourceDefinition of %s is not valid: a validation rule of it does not compile", t.groupKind)}
}

func isBrokenRule(message string) bool { return strings.Contains(message, "rule compile error: ") }

// version returns one served version; an unknownKind error where the definition is broken or has no schema.
func (t *customType) version(name string) (kind, error) {
	compiled, err := t.compiled()
	if err != nil {
		return nil, unknownKind{fmt.Sprintf("the CustomResourceDefinition of %s is not valid: %v", t.groupKind, err)}
	}
	k := compiled.versions[name]
	if k == nil || !k.served {
		return nil, notServed{t.groupKind.WithVersion(name), compiled.served()}
	}
	return k, nil
}

// notServed says that a definition does not serve the version.
type notServed struct {
	gvk    schema.GroupVersionKind
	served []string
}

func (e notServed) Error() string {
	return fmt.Sprintf("no matches for kind %q in version %q; its CustomResourceDefinition serves %s", e.gvk.Kind, e.gvk.GroupVersion(), strings.Join(e.served, ", "))
}

func (c *compiledType) served() []string {
	var names []string
	for name, k := range c.versions {
		if k.served {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// compile reads the definition as the server does when it begins to serve it. What the server refuses to store
// mostly fails here too, or panics; then the server's own reasons are told.
func (t *customType) compile() (compiled *compiledType, err error) {
	internal, err := t.read()
	if err != nil {
		return nil, err
	}
	defer func() {
		cause := recover()
		if cause == nil && err == nil {
			return
		}
		if reason := refusalOfDefinition(internal); reason != nil {
			err = reason
		} else if cause != nil {
			err = errors.New(panicMessage(cause))
		}
	}()
	definition := &apiextensionsv1.CustomResourceDefinition{}
	if err := apiextensionsv1.Convert_apiextensions_CustomResourceDefinition_To_v1_CustomResourceDefinition(internal, definition, nil); err != nil {
		return nil, err
	}
	compiled = &compiledType{definition: definition, versions: map[string]*customKind{}}
	for _, version := range definition.Spec.Versions {
		k, err := newCustomKind(t, compiled, version)
		if err != nil {
			return nil, fmt.Errorf("version %s: %w", version.Name, err)
		}
		compiled.versions[version.Name] = k
		if version.Storage {
			compiled.storage = k
		}
	}
	if compiled.storage == nil {
		return nil, errors.New("no version is marked as the stored one")
	}
	return compiled, nil
}

func (t *customType) read() (*apiextensions.CustomResourceDefinition, error) {
	internalVersion := schema.GroupVersion{Group: apiextensions.GroupName, Version: runtime.APIVersionInternal}
	object, _, err := legacyscheme.Codecs.UniversalDecoder(internalVersion).Decode(t.text, nil, nil)
	if err != nil {
		return nil, err
	}
	internal, ok := object.(*apiextensions.CustomResourceDefinition)
	if !ok {
		return nil, fmt.Errorf("it is a %T", object)
	}
	return internal, nil
}

// refusalOfDefinition is the first reason for which a server would not store the definition; nil if there is none,
// or if looking for it panics.
func refusalOfDefinition(definition *apiextensions.CustomResourceDefinition) (reason error) {
	defer func() { _ = recover() }()
	wrong := validation.ValidateCustomResourceDefinition(context.Background(), definition)
	if len(wrong) == 0 {
		return nil
	}
	manifest := map[string]any{"kind": "CustomResourceDefinition"}
	return fmt.Errorf("%s: %s", manifestField(wrong[0].Field, manifest), wrong[0].ErrorBody())
}

// newConverter builds the models of all versions, as the server publishes them.
func (t *customType) newConverter() (managedfields.TypeConverter, error) {
	compiled, err := t.compiled()
	if err != nil {
		return nil, err
	}
	models, err := modelsOfMetadata()
	if err != nil {
		return nil, err
	}
	info := &spec.Info{InfoProps: spec.InfoProps{Title: t.groupKind.String(), Version: kubernetesVersion}}
	specs := []*spec3.OpenAPI{{Version: "3.0.0", Info: info, Components: &spec3.Components{Schemas: models}}}
	for name := range compiled.versions {
		published, err := builder.BuildOpenAPIV3(compiled.definition, name, builder.Options{})
		if err != nil {
			return managedfields.NewDeducedTypeConverter(), nil // as the server does
		}
		specs = append(specs, published)
	}
	merged, err := builder.MergeSpecsV3(specs...)
	if err != nil {
		return managedfields.NewDeducedTypeConverter(), nil
	}
	return managedfields.NewTypeConverter(merged.Components.Schemas, compiled.definition.Spec.PreserveUnknownFields)
}
