package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"
)

// What the plugin looks up in the cluster, answered from what is known.

// nobody is asked what a user may do; expressions that ask are not decided.
type nobody struct{}

func (nobody) Authorize(context.Context, authorizer.Attributes) (authorizer.Decision, string, error) {
	return authorizer.DecisionNoOpinion, "", errors.New("nobody is known here")
}

// knownParams are the parameters of one kind.
type knownParams struct {
	indexer  cache.Indexer
	resource schema.GroupResource
}

var _ informers.GenericInformer = knownParams{}

func (p knownParams) Informer() cache.SharedIndexInformer { return syncedInformer{} }
func (p knownParams) Lister() cache.GenericLister {
	return cache.NewGenericLister(p.indexer, p.resource)
}

type syncedInformer struct{ cache.SharedIndexInformer }

func (syncedInformer) HasSynced() bool { return true }

// paramsOf finds the parameters of a kind as the server stores them; an error for kinds that nobody knows.
func (s *policySet) paramsOf(gvk schema.GroupVersionKind) (knownParams, meta.RESTScope, error) {
	k, err := kindFor(gvk, s.types)
	if err != nil {
		return knownParams{}, nil, err
	}
	scope := meta.RESTScopeRoot
	if k.strategy().NamespaceScoped() {
		scope = meta.RESTScopeNamespace
	}
	indexer := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
	for _, param := range s.params {
		if param.GroupVersionKind().GroupKind() != gvk.GroupKind() {
			continue
		}
		stored, err := storedParam(param, gvk, s.types)
		if err != nil {
			continue // what is wrong with it is told elsewhere
		}
		if scope == meta.RESTScopeNamespace && stored.GetNamespace() == "" {
			stored.SetNamespace(metav1.NamespaceDefault)
		}
		if err := indexer.Add(stored); err != nil {
			return knownParams{}, nil, err
		}
	}
	return knownParams{indexer, resourceOf(k).GroupResource()}, scope, nil
}

func storedParam(param *unstructured.Unstructured, gvk schema.GroupVersionKind, types *typeSet) (*unstructured.Unstructured, error) {
	k, err := kindFor(param.GroupVersionKind(), types)
	if err != nil {
		return nil, err
	}
	object, err := k.decode(param.DeepCopy().Object)
	if err != nil {
		return nil, err
	}
	wanted, err := kindFor(gvk, types)
	if err != nil {
		return nil, err
	}
	content, err := wanted.encode(object)
	if err != nil {
		return nil, err
	}
	if gvk != param.GroupVersionKind() {
		if custom, ok := wanted.(*customKind); ok && !custom.all.convertsByName() {
			return nil, errWebhookConversion
		}
	}
	stored := &unstructured.Unstructured{Object: content}
	stored.SetGroupVersionKind(gvk)
	return stored, nil
}

// resourceOf names the resource of a kind, such as deployments.
func resourceOf(k kind) schema.GroupVersionResource {
	gvk := k.groupVersionKind()
	if custom, ok := k.(*customKind); ok {
		return gvk.GroupVersion().WithResource(custom.all.definition.Spec.Names.Plural)
	}
	plural, _ := meta.UnsafeGuessKindToResource(gvk)
	return plural
}

// interfacesFor are what the plugin needs to see an object in another version.
func interfacesFor(k kind, minor int) admission.ObjectInterfaces {
	mapper := runtime.NewEquivalentResourceRegistry()
	custom, ok := k.(*customKind)
	if !ok {
		return &admission.RuntimeObjectInterfaces{ObjectCreater: scheme, ObjectTyper: scheme, ObjectDefaulter: scheme, ObjectConvertor: builtinConvertor{scheme}, EquivalentResourceMapper: builtinResources(minor)}
	}
	for _, version := range custom.all.versions {
		if version.served {
			mapper.RegisterKindFor(resourceOf(version), "", version.gvk)
		}
	}
	return &admission.RuntimeObjectInterfaces{ObjectCreater: anyCreator{}, ObjectTyper: anyTyper{}, ObjectConvertor: valueConverter{versionNamer{custom.all}}, EquivalentResourceMapper: mapper}
}

// builtinConvertor converts objects of built-in kinds that are JSON.
type builtinConvertor struct{ runtime.ObjectConvertor }

func (c builtinConvertor) Convert(in, out, context any) error {
	object, ok := in.(*unstructured.Unstructured)
	if !ok {
		return c.ObjectConvertor.Convert(in, out, context)
	}
	internal, err := builtin(object.GroupVersionKind()).decode(object.Object)
	if err != nil {
		return err
	}
	return c.ObjectConvertor.Convert(internal, out, context)
}

// valueConverter converts a custom resource into another value, as the plugin asks for it.
type valueConverter struct{ versionNamer }

func (c valueConverter) Convert(in, out, _ any) error {
	from, isObject := in.(*unstructured.Unstructured)
	to, isTarget := out.(*unstructured.Unstructured)
	if !isObject || !isTarget {
		return fmt.Errorf("%T is no custom resource", in)
	}
	gvk := to.GroupVersionKind()
	converted, err := c.ConvertToVersion(from, gvk.GroupVersion())
	if err != nil {
		return err
	}
	to.Object = converted.(*unstructured.Unstructured).Object
	return nil
}

var resourcesByMinor sync.Map // minor → runtime.EquivalentResourceMapper

// builtinResources knows which versions of a resource a server serves. Events are the same in both groups.
func builtinResources(minor int) runtime.EquivalentResourceMapper {
	if known, ok := resourcesByMinor.Load(minor); ok {
		return known.(runtime.EquivalentResourceMapper)
	}
	made := runtime.NewEquivalentResourceRegistryWithIdentity(func(resource schema.GroupResource) string {
		if resource.Resource == "events" {
			return "events"
		}
		return ""
	})
	for group := range strategies {
		for _, version := range scheme.VersionsForGroupKind(group) {
			gvk := version.WithKind(group.Kind)
			if found := servedFinding(gvk, minor); version.Version != runtime.APIVersionInternal && (found == nil || found.Severity != "error") {
				made.RegisterKindFor(resourceOf(builtin(gvk)), "", gvk)
			}
		}
	}
	kept, _ := resourcesByMinor.LoadOrStore(minor, made)
	return kept.(runtime.EquivalentResourceMapper)
}
