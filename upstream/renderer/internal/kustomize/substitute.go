package kustomize

import (
	"fmt"
	"regexp"
	"sort"
	"strings"

	"github.com/fluxcd/pkg/envsubst"
	"sigs.k8s.io/kustomize/api/resource"
)

// postBuild is a Flux Kustomization's spec.postBuild.
type postBuild struct {
	Substitute     map[string]string `json:"substitute"`
	SubstituteFrom []struct {
		Kind string `json:"kind"`
		Name string `json:"name"`
	} `json:"substituteFrom"`
}

const substituteSwitch = "kustomize.toolkit.fluxcd.io/substitute"

var variableName = regexp.MustCompile(`^[_[:alpha:]][_[:alpha:][:digit:]]*$`)

// substitute replaces the variables in an object's text as Flux does after the build (fluxcd/pkg/kustomize,
// SubstituteVariables). unresolved says which variables may come from what only the cluster has.
func (f *Flux) substitute(object *resource.Resource, text []byte) (result []byte, unresolved string, err error) {
	build := f.PostBuild
	if build == nil || len(build.Substitute) == 0 && len(build.SubstituteFrom) == 0 {
		return text, "", nil
	}
	if object.GetLabels()[substituteSwitch] == "disabled" || object.GetAnnotations()[substituteSwitch] == "disabled" {
		return text, "", nil
	}
	variables := map[string]string{}
	for name, value := range build.Substitute {
		if !variableName.MatchString(name) {
			return nil, "", fmt.Errorf("'%s' var name is invalid, must match '%s'", name, variableName)
		}
		variables[name] = strings.ReplaceAll(value, "\n", "")
	}
	unknown := map[string]bool{}
	replaced, err := envsubst.Eval(string(text), func(name string) (string, bool) {
		value, known := variables[name]
		if !known {
			unknown[name] = true
		}
		return value, true
	})
	if err != nil {
		return nil, "", fmt.Errorf("envsubst error: variable substitution failed: %w", err)
	}
	return []byte(replaced), build.reason(unknown), nil
}

// reason is empty where nothing but the Kustomization itself can set the variables: the rest are empty then.
func (b *postBuild) reason(unknown map[string]bool) string {
	if len(unknown) == 0 || len(b.SubstituteFrom) == 0 {
		return ""
	}
	names := make([]string, 0, len(unknown))
	for name := range unknown {
		names = append(names, "${"+name+"}")
	}
	sort.Strings(names)
	var from []string
	for _, source := range b.SubstituteFrom {
		from = append(from, source.Kind+" "+source.Name)
	}
	return fmt.Sprintf("%s may be set by %s, which only the cluster has", strings.Join(names, ", "), strings.Join(from, ", "))
}
