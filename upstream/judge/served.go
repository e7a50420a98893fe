package main

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/endpoints/deprecation"
)

// servedFinding says that a server of the minor version does not serve a built-in kind in this version, or
// that it warns about it; nil when all is well.
func servedFinding(gvk schema.GroupVersionKind, minor int) *finding {
	if !scheme.Recognizes(gvk) {
		f := failure("kind", ".kind", noMatch(gvk, scheme.VersionsForGroupKind(gvk.GroupKind())))
		if len(scheme.VersionsForGroupKind(gvk.GroupKind())) > 0 {
			f.Step, f.Path = "version", ".apiVersion"
		}
		return &f
	}
	object, err := scheme.New(gvk)
	if err != nil {
		f := failure("kind", ".kind", err.Error())
		return &f
	}
	if since := introduced(object); since > minor {
		f := failure("version", ".apiVersion", fmt.Sprintf("%s %s is served from Kubernetes 1.%d on, not by 1.%d", gvk.GroupVersion(), gvk.Kind, since, minor))
		return &f
	}
	if gone := removed(object); gone > 0 && gone <= minor {
		f := failure("version", ".apiVersion", fmt.Sprintf("%s %s was removed in Kubernetes 1.%d%s", gvk.GroupVersion(), gvk.Kind, gone, replacement(object)))
		return &f
	}
	if deprecation.IsDeprecated(object, 1, minor) {
		object.GetObjectKind().SetGroupVersionKind(gvk)
		return &finding{Step: "version", Path: ".apiVersion", Message: deprecation.WarningMessage(object), Severity: "warning"}
	}
	return nil
}

func noMatch(gvk schema.GroupVersionKind, known []schema.GroupVersion) string {
	text := fmt.Sprintf("no matches for kind %q in version %q", gvk.Kind, gvk.GroupVersion())
	var served []string
	for _, version := range known {
		if version.Version != runtime.APIVersionInternal {
			served = append(served, version.String())
		}
	}
	if len(served) > 0 {
		text += "; it is served as " + strings.Join(served, ", ")
	}
	return text
}

func introduced(object runtime.Object) int {
	if o, ok := object.(interface{ APILifecycleIntroduced() (int, int) }); ok {
		_, minor := o.APILifecycleIntroduced()
		return minor
	}
	return 0
}

func removed(object runtime.Object) int {
	if o, ok := object.(interface{ APILifecycleRemoved() (int, int) }); ok {
		_, minor := o.APILifecycleRemoved()
		return minor
	}
	return 0
}

func replacement(object runtime.Object) string {
	if o, ok := object.(interface {
		APILifecycleReplacement() schema.GroupVersionKind
	}); ok {
		next := o.APILifecycleReplacement()
		return fmt.Sprintf("; use %s %s", next.GroupVersion(), next.Kind)
	}
	return ""
}
