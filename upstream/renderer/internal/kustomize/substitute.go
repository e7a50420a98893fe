package kustomize

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/fluxcd/pkg/envsubst"
	"sigs.k8s.io/kustomize/api/resource"

	"driftline/renderer/internal/provenance"
)

// postBuild is a Flux Kustomization's spec.postBuild, with what is known of the objects it names.
type postBuild struct {
	Substitute         map[string]string `json:"substitute"`
	SubstituteFrom     []objectName      `json:"substituteFrom"`
	SubstituteStrategy string            `json:"substituteStrategy"`
	// Known are ConfigMaps and Secrets of SubstituteFrom; one without data does not exist.
	Known []knownData `json:"known"`
	// Unknown says why others are not known.
	Unknown []unknownData `json:"unknown"`
}

type objectName struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

func (n objectName) String() string { return n.Kind + " " + n.Name }

type knownData struct {
	objectName
	Data map[string]string `json:"data"`
	// Places are where the values stand, for keys whose place is known.
	Places map[string]provenance.Place `json:"places"`
	// Secret values must not be shown.
	Secret bool `json:"secret"`
	// Hidden are keys whose values cannot be read, and why.
	Hidden []string `json:"hidden"`
	Reason string   `json:"reason"`
}

type unknownData struct {
	objectName
	Reason string `json:"reason"`
}

const (
	substituteSwitch = "kustomize.toolkit.fluxcd.io/substitute"
	onlyCluster      = "only the cluster has"
)

var variableName = regexp.MustCompile(`^[_[:alpha:]][_[:alpha:][:digit:]]*$`)

// variable is what a name stands for.
type variable struct {
	value string
	// step is the link of a chain that says who sets it; empty where that is not known.
	step   string
	secret bool
	from   string
	// unsure says who else may set it; known is false where nothing is known to.
	unsure []string
	known  bool
}

// variables are all that a Kustomization sets. others may set any variable that is not certain.
type variables struct {
	byName map[string]*variable
	others []string
	always bool
}

// variables gathers what spec.postBuild sets as Flux does (fluxcd/pkg/kustomize, LoadVariables): the objects
// in their order, the later wins, and what stands in the spec wins over all. nil where nothing is substituted.
func (f *Flux) variables(written *writtenSpec, origin provenance.Place) (*variables, error) {
	build := f.PostBuild
	if build == nil {
		return nil, nil
	}
	all := &variables{byName: map[string]*variable{}, always: build.SubstituteStrategy == "Always"}
	for _, from := range build.SubstituteFrom {
		all.load(from, build)
	}
	for name, value := range build.Substitute {
		place := written.place(origin, "postBuild", "substitute", name)
		step := place.Step("postBuild " + name)
		all.byName[name] = &variable{value: strings.ReplaceAll(value, "\n", ""), step: step, known: true}
	}
	for name, known := range all.byName {
		if known.known && !variableName.MatchString(name) {
			return nil, fmt.Errorf("envsubst error: '%s' var name is invalid, must match '%s'", name, variableName)
		}
	}
	return all, nil
}

func (v *variables) load(from objectName, build *postBuild) {
	at := slices.IndexFunc(build.Known, func(known knownData) bool { return known.objectName == from })
	if at < 0 {
		reason := onlyCluster
		for _, unknown := range build.Unknown {
			if unknown.objectName == from {
				reason = unknown.Reason
			}
		}
		who := fmt.Sprintf("%s, which %s", from, reason)
		v.others = append(v.others, who)
		for _, set := range v.byName {
			set.unsure = append(set.unsure, who)
		}
		return
	}
	known := build.Known[at]
	for name, value := range known.Data {
		made := &variable{value: strings.ReplaceAll(value, "\n", ""), secret: known.Secret, from: from.String(), known: true}
		if place, ok := known.Places[name]; ok {
			made.step = place.Step(from.String() + " " + name)
		}
		v.byName[name] = made
	}
	for _, name := range known.Hidden {
		v.byName[name] = &variable{unsure: []string{fmt.Sprintf("%s, which %s", from, known.Reason)}}
	}
}

// uncertain tells who may set a variable to something else than is known.
func (v *variables) uncertain(name string) []string {
	if set := v.byName[name]; set != nil {
		return set.unsure
	}
	return v.others
}

// count is how many variables are known to be set.
func (v *variables) count() int {
	count := 0
	for _, set := range v.byName {
		if set.known || len(set.unsure) > 0 {
			count++
		}
	}
	return count
}

var notSet = regexp.MustCompile(`variable not set \(strict mode\): "([^"]+)"`)

// unset are the variables that a text asks for without a default and that surely nothing sets.
func (v *variables) unset(text string) []string {
	missing := map[string]bool{}
	for {
		_, err := envsubst.Eval(text, func(name string) (string, bool) {
			set := v.byName[name]
			return "x", set != nil || missing[name] || len(v.uncertain(name)) > 0
		})
		if err == nil {
			return slices.Sorted(maps.Keys(missing))
		}
		found := notSet.FindStringSubmatch(err.Error())
		if found == nil || missing[found[1]] {
			return slices.Sorted(maps.Keys(missing))
		}
		missing[found[1]] = true
	}
}

// eval substitutes in a text and tells the names that it asked for.
func (v *variables) eval(text string) (result string, used map[string]bool, err error) {
	used = map[string]bool{}
	result, err = envsubst.Eval(text, func(name string) (string, bool) {
		used[name] = true
		if set := v.byName[name]; set != nil {
			return set.value, true
		}
		return "", true
	})
	return result, used, err
}

// substituted is what a substitution made of an object.
type substituted struct {
	text []byte
	// unresolved says which variables are not certain.
	unresolved string
	// unset are the variables that nothing sets, where that is what unresolved says.
	unset []string
	// names are the variables that the object asks for.
	names map[string]bool
	// variables is nil where nothing was substituted.
	variables *variables
}

// substitute replaces the variables in an object's text as Flux does after the build (fluxcd/pkg/kustomize,
// SubstituteVariables).
func (v *variables) substitute(object *resource.Resource, text []byte) (substituted, error) {
	plain := substituted{text: text}
	if v == nil || object.GetLabels()[substituteSwitch] == "disabled" || object.GetAnnotations()[substituteSwitch] == "disabled" {
		return plain, nil
	}
	surely := v.always || v.count() > 0
	if !surely && len(v.others) == 0 {
		return plain, nil
	}
	replaced, names, err := v.eval(string(text))
	if err != nil {
		return plain, fmt.Errorf("envsubst error: variable substitution failed: %w", v.scrub(err))
	}
	result := substituted{text: []byte(replaced), unresolved: v.reason(names), names: names, variables: v}
	if unset := v.unset(string(text)); result.unresolved == "" && len(unset) > 0 {
		// The feature gate StrictPostBuildSubstitutions is on by default since that version.
		result.unresolved = fmt.Sprintf("${%s} is set by nothing: kustomize-controller 1.9 and later refuse that, earlier ones leave it empty",
			strings.Join(unset, "}, ${"))
		result.unset = unset
	}
	if !surely && result.unresolved == "" && replaced != string(text) {
		result.unresolved = fmt.Sprintf("variables are substituted only where %s, sets any", strings.Join(v.others, ", "))
	}
	return result, nil
}

// reason names the variables that are not certain and who may set them; empty where all are.
func (v *variables) reason(names map[string]bool) string {
	var unsure, from []string
	for name := range names {
		if who := v.uncertain(name); len(who) > 0 {
			unsure = append(unsure, "${"+name+"}")
			for _, one := range who {
				if !slices.Contains(from, one) {
					from = append(from, one)
				}
			}
		}
	}
	if len(unsure) == 0 {
		return ""
	}
	sort.Strings(unsure)
	sort.Strings(from)
	return fmt.Sprintf("%s may be set by %s", strings.Join(unsure, ", "), strings.Join(from, " and by "))
}

// secrets are the names among these whose values must not be shown, and the objects that they come from.
func (v *variables) secrets(names map[string]bool) (secret, from []string) {
	for name := range names {
		if set := v.byName[name]; set != nil && set.secret {
			secret = append(secret, name)
			if !slices.Contains(from, set.from) {
				from = append(from, set.from)
			}
		}
	}
	sort.Strings(secret)
	sort.Strings(from)
	return secret, from
}

// scrub takes the values that must not be shown out of an error's text.
func (v *variables) scrub(err error) error {
	if v == nil || err == nil {
		return err
	}
	text := err.Error()
	for _, set := range v.byName {
		if set.secret && set.value != "" {
			text = strings.ReplaceAll(text, set.value, "•••")
		}
	}
	if text == err.Error() {
		return err
	}
	return fmt.Errorf("%s", text)
}
