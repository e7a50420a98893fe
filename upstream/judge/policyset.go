package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	admissionregistration "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/client-go/informers"
)

// surroundings are what is known of the cluster that an object comes to.
type surroundings struct {
	// ValidatingAdmissionPolicies and their bindings.
	Policies []json.RawMessage `json:"policies"`
	// Namespaces, and objects that may be parameters.
	Others []json.RawMessage `json:"others"`
	// Nothing else is there; else what is not known may be.
	Whole bool `json:"whole"`
}

// policySet is the policies of a cluster, ready to run.
type policySet struct {
	hooks      []policyHook
	namespaces map[string]*corev1.Namespace
	params     []*unstructured.Unstructured
	whole      bool
	types      *typeSet
	minor      int
}

// kindParams are the parameters of one policy.
type kindParams struct {
	params informers.GenericInformer
	scope  meta.RESTScope
	err    error
}

// policyHook is one policy with its bindings.
type policyHook struct {
	policy   *admissionregistration.ValidatingAdmissionPolicy
	bindings []*admissionregistration.ValidatingAdmissionPolicyBinding
	compiled validating.Validator
	open     openExpressions
	params   kindParams
}

func (s *surroundings) read(types *typeSet, minor int, compiled *compiledPolicies) (*policySet, error) {
	set := &policySet{namespaces: map[string]*corev1.Namespace{}, whole: s.Whole, types: types, minor: minor}
	bindings := map[string][]*admissionregistration.ValidatingAdmissionPolicyBinding{}
	for _, text := range s.Policies {
		object, err := readStoredAs(text, types, minor)
		if err != nil {
			return nil, err
		}
		switch object := object.(type) {
		case *admissionregistration.ValidatingAdmissionPolicy:
			set.hooks = append(set.hooks, policyHook{policy: object, compiled: compiled.get(object), open: openIn(object)})
		case *admissionregistration.ValidatingAdmissionPolicyBinding:
			bindings[object.Spec.PolicyName] = append(bindings[object.Spec.PolicyName], object)
		}
	}
	for i := range set.hooks {
		set.hooks[i].bindings = bindings[set.hooks[i].policy.Name]
	}
	slices.SortFunc(set.hooks, func(a, b policyHook) int { return strings.Compare(a.policy.Name, b.policy.Name) })
	if err := set.addOthers(s.Others); err != nil {
		return nil, err
	}
	for i := range set.hooks {
		set.hooks[i].params = set.paramsFor(set.hooks[i].policy)
	}
	return set, nil
}

// key tells sets apart.
func (s *surroundings) key(types string, minor int) [sha256.Size]byte {
	hash := sha256.New()
	fmt.Fprintf(hash, "%s %d %v\n", types, minor, s.Whole)
	for _, texts := range [][]json.RawMessage{s.Policies, s.Others} {
		for _, text := range texts {
			fmt.Fprintf(hash, "%d ", len(text))
			hash.Write(text)
		}
		hash.Write([]byte{'\n'})
	}
	return [sha256.Size]byte(hash.Sum(nil))
}

func (s *policySet) addOthers(texts []json.RawMessage) error {
	for _, text := range texts {
		object := &unstructured.Unstructured{}
		if err := object.UnmarshalJSON(text); err != nil {
			return requestError{"usage", err.Error()}
		}
		if object.GroupVersionKind() == corev1.SchemeGroupVersion.WithKind("Namespace") {
			namespace, err := versioned[*corev1.Namespace](object)
			if err != nil {
				continue
			}
			s.namespaces[namespace.Name] = namespace
		}
		s.params = append(s.params, object)
	}
	return nil
}

// readStoredAs reads a policy or binding as the server stores it; nil for what it would refuse, which is told elsewhere.
func readStoredAs(text []byte, types *typeSet, minor int) (any, error) {
	var content map[string]any
	if err := utiljson.Unmarshal(text, &content); err != nil {
		return nil, requestError{"usage", err.Error()}
	}
	if slices.ContainsFunc(validate(text, types, minor), isError) {
		return nil, nil
	}
	object := &unstructured.Unstructured{Object: content}
	switch object.GetKind() {
	case "ValidatingAdmissionPolicy":
		return versioned[*admissionregistration.ValidatingAdmissionPolicy](object)
	case "ValidatingAdmissionPolicyBinding":
		return versioned[*admissionregistration.ValidatingAdmissionPolicyBinding](object)
	}
	return nil, requestError{"usage", fmt.Sprintf("%s is no policy", object.GetKind())}
}

// versioned gives an object of a built-in kind its Go type, with defaults, in the newest version.
func versioned[T any](object *unstructured.Unstructured) (T, error) {
	var none T
	gvk := object.GroupVersionKind()
	internal, err := builtin(gvk).decode(object.Object)
	if err != nil {
		return none, err
	}
	version := schema.GroupVersion{Group: gvk.Group, Version: "v1"}
	converted, err := scheme.UnsafeConvertToVersion(internal, version)
	if err != nil {
		return none, err
	}
	typed, ok := converted.(T)
	if !ok {
		return none, fmt.Errorf("%s is a %T", gvk.Kind, converted)
	}
	return typed, nil
}

// How many compiled policies are kept.
const maxPolicies = 500

// compiledPolicies keeps what is expensive to make. It is used by one request at a time.
type compiledPolicies struct {
	known map[[sha256.Size]byte]validating.Validator
	// The last set: many requests in a row ask the same policies.
	lastKey [sha256.Size]byte
	last    *policySet
}

// set reads the policies of a request, unless they are those of the last one.
func (c *compiledPolicies) set(q *query, types *typeSet, minor int) (*policySet, error) {
	key := q.surroundings.key(q.Types, minor)
	if c.last != nil && c.lastKey == key && c.last.types == types {
		return c.last, nil
	}
	set, err := q.surroundings.read(types, minor, c)
	if err != nil {
		return nil, err
	}
	c.last, c.lastKey = set, key
	return set, nil
}

func newCompiledPolicies() *compiledPolicies {
	return &compiledPolicies{known: map[[sha256.Size]byte]validating.Validator{}}
}

func (c *compiledPolicies) get(policy *admissionregistration.ValidatingAdmissionPolicy) validating.Validator {
	text, err := json.Marshal(policy.Spec)
	if err != nil {
		return compilePolicy(policy)
	}
	key := sha256.Sum256(append(text, policy.Name...))
	if known, ok := c.known[key]; ok {
		return known
	}
	if len(c.known) >= maxPolicies {
		clear(c.known)
	}
	made := compilePolicy(policy)
	c.known[key] = made
	return made
}
