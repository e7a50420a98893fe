package main

import (
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apiserver/pkg/endpoints/openapi"
	"k8s.io/kube-openapi/pkg/builder3"
	"k8s.io/kube-openapi/pkg/common"
	"k8s.io/kube-openapi/pkg/util"
	"k8s.io/kube-openapi/pkg/validation/spec"
	generated "k8s.io/kubernetes/pkg/generated/openapi"
)

// builtinModels are the server's own OpenAPI models of the built-in kinds; they take 30 ms to make.
var builtinModels = sync.OnceValues(func() (map[string]*spec.Schema, error) {
	config := &common.OpenAPIV3Config{
		Info:              &spec.Info{InfoProps: spec.InfoProps{Title: "Kubernetes"}},
		GetDefinitions:    generated.GetOpenAPIDefinitions,
		GetDefinitionName: openapi.NewDefinitionNamer(scheme).GetDefinitionName,
	}
	return builder3.BuildOpenAPIDefinitionsForResources(config, modelNames()...)
})

// modelsOfMetadata are those that the model of a custom resource names.
var modelsOfMetadata = sync.OnceValues(func() (map[string]*spec.Schema, error) {
	models, err := builtinModels()
	used := map[string]*spec.Schema{}
	for name, model := range models {
		if strings.HasPrefix(name, "io.k8s.apimachinery.") {
			used[name] = model
		}
	}
	return used, err
})

// builtinConverter makes values of built-in kinds comparable field by field.
var builtinConverter = sync.OnceValues(func() (managedfields.TypeConverter, error) {
	models, err := builtinModels()
	if err != nil {
		return nil, err
	}
	return managedfields.NewTypeConverter(models, false)
})

func modelNames() []string {
	var names []string
	for groupKind := range strategies {
		for _, version := range scheme.VersionsForGroupKind(groupKind) {
			if version.Version == runtime.APIVersionInternal {
				continue
			}
			object, err := scheme.New(version.WithKind(groupKind.Kind))
			if gone := removed(object); err != nil || gone > 0 && gone <= oldestMinor {
				continue
			}
			names = append(names, util.GetCanonicalTypeName(object))
		}
	}
	return names
}
