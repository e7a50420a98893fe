package main

import (
	"context"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/apiserver/pkg/storage/names"
	"k8s.io/apiserver/pkg/warning"
	"k8s.io/kubernetes/pkg/apis/core"
)

// create runs what the server runs on a new object between decoding and storing; `object` is its JSON.
func create(k kind, decoded runtime.Object, object map[string]any) []finding {
	accessor, err := meta.Accessor(decoded)
	if err != nil {
		return []finding{failure("decode", ".metadata", err.Error())}
	}
	rest.WipeObjectMetaSystemFields(accessor)
	rules := k.strategy()
	namespace := requestNamespace(rules, accessor)
	if err := rest.EnsureObjectNamespaceMatchesRequestNamespace(namespace, accessor); err != nil {
		return []finding{failure("invalid", ".metadata.namespace", err.Error())}
	}
	nameless := accessor.GetName() == "" && accessor.GetGenerateName() == ""
	if accessor.GetName() == "" && !nameless {
		accessor.SetName(names.SimpleNameGenerator.GenerateName(accessor.GetGenerateName()))
	}
	rest.FillObjectMetaSystemFields(accessor)
	if service, ok := decoded.(*core.Service); ok && service.Spec.ClusterIP != "" && len(service.Spec.ClusterIPs) == 0 {
		service.Spec.ClusterIPs = []string{service.Spec.ClusterIP}
	}
	warnings := &warnings{}
	ctx := requestContext(k.groupVersionKind(), "create", namespace, warnings)
	var found []finding
	withAllocations(decoded, func() { err = rest.BeforeCreate(rules, ctx, decoded) })
	if err != nil {
		found = append(found, invalidFindings(err, object)...)
		warnings.list = append(warnings.list, warningsOf(rules, ctx, decoded)...)
	} else if nameless {
		f := failure("invalid", ".metadata.name", "Required value: name or generateName is required")
		f.Type = string(metav1.CauseTypeFieldValueRequired)
		found = append(found, f)
	}
	for _, text := range warnings.list {
		found = append(found, warningFinding(text, object))
	}
	return found
}

// warningsOf an invalid object are useful too; the code behind them expects valid ones and may panic.
func warningsOf(rules strategy, ctx context.Context, object runtime.Object) (texts []string) {
	defer func() { _ = recover() }()
	return rules.WarningsOnCreate(ctx, object)
}

// requestNamespace is the one the request would name; `default` for what says none.
func requestNamespace(rules strategy, accessor metav1.Object) string {
	if !rules.NamespaceScoped() {
		return ""
	}
	if namespace := accessor.GetNamespace(); namespace != "" {
		return namespace
	}
	return metav1.NamespaceDefault
}

func requestContext(gvk schema.GroupVersionKind, verb, namespace string, recorder warning.Recorder) context.Context {
	ctx := warning.WithWarningRecorder(context.Background(), recorder)
	ctx = request.WithNamespace(ctx, namespace)
	return request.WithRequestInfo(ctx, &request.RequestInfo{
		IsResourceRequest: true,
		Verb:              verb,
		APIGroup:          gvk.Group,
		APIVersion:        gvk.Version,
		Namespace:         namespace,
	})
}

// warnings records what the server would send along with its answer.
type warnings struct{ list []string }

func (w *warnings) AddWarning(_, text string) { w.list = append(w.list, text) }
