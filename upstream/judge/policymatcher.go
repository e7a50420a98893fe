package main

import (
	"context"
	"fmt"
	"slices"

	admissionregistration "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/policy/generic"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/predicates/object"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/predicates/rules"
)

// policyMatcher decides whether a policy is about a request, with the plugin's own predicates. The plugin's matcher
// itself (generic.NewPolicyMatcher) holds a client of the cluster, whose types are 5 MB of this program.
type policyMatcher struct {
	namespaces map[string]*corev1.Namespace
}

var _ generic.PolicyMatcher = policyMatcher{}

func (policyMatcher) ValidateInitialization() error { return nil }

func (m policyMatcher) DefinitionMatches(a admission.Attributes, o admission.ObjectInterfaces, definition generic.PolicyAccessor) (bool, schema.GroupVersionResource, schema.GroupVersionKind, error) {
	constraints := definition.GetMatchConstraints()
	if constraints == nil {
		return false, schema.GroupVersionResource{}, schema.GroupVersionKind{}, fmt.Errorf("policy contained no match constraints, a required field")
	}
	return m.resourcesMatch(a, o, constraints)
}

func (m policyMatcher) BindingMatches(a admission.Attributes, o admission.ObjectInterfaces, binding generic.BindingAccessor) (bool, error) {
	resources := binding.GetMatchResources()
	if resources == nil {
		return true, nil
	}
	matches, _, _, err := m.resourcesMatch(a, o, resources)
	return matches, err
}

// GetNamespace makes up what is certain of a Namespace that is not known.
func (m policyMatcher) GetNamespace(_ context.Context, name string) (*corev1.Namespace, error) {
	if name == "" {
		return nil, apierrors.NewNotFound(corev1.Resource("namespaces"), name)
	}
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if known := m.namespaces[name]; known != nil {
		namespace = known.DeepCopy()
	}
	if namespace.Labels == nil {
		namespace.Labels = map[string]string{}
	}
	namespace.Labels[corev1.LabelMetadataName] = name // the server sets it
	return namespace, nil
}

// resourcesMatch follows matching.Matcher: selectors first, then what is left out, then the rules. The version is the
// one that the policy sees the object in.
func (m policyMatcher) resourcesMatch(a admission.Attributes, o admission.ObjectInterfaces, resources *admissionregistration.MatchResources) (bool, schema.GroupVersionResource, schema.GroupVersionKind, error) {
	var none schema.GroupVersionResource
	selected, err := m.namespaceMatches(a, resources.NamespaceSelector)
	if err != nil || !selected {
		return false, none, schema.GroupVersionKind{}, err
	}
	objects := object.Matcher{}
	if selected, status := objects.MatchObjectSelector(objectSelector{resources.ObjectSelector}, a); status != nil {
		return false, none, schema.GroupVersionKind{}, status
	} else if !selected {
		return false, none, schema.GroupVersionKind{}, nil
	}
	policy := resources.MatchPolicy
	if excluded, _, _, err := rulesMatch(a, o, resources.ExcludeResourceRules, policy); excluded || err != nil {
		return false, none, schema.GroupVersionKind{}, err
	}
	if len(resources.ResourceRules) == 0 {
		return true, a.GetResource(), a.GetKind(), nil
	}
	return rulesMatch(a, o, resources.ResourceRules, policy)
}

type objectSelector struct{ selector *metav1.LabelSelector }

func (s objectSelector) GetParsedObjectSelector() (labels.Selector, error) {
	return metav1.LabelSelectorAsSelector(s.selector)
}

// namespaceMatches: objects outside namespaces are always meant, Namespaces by their own labels.
func (m policyMatcher) namespaceMatches(a admission.Attributes, wanted *metav1.LabelSelector) (bool, error) {
	isNamespace := a.GetResource().GroupResource() == corev1.Resource("namespaces")
	if a.GetNamespace() == "" && !isNamespace {
		return true, nil
	}
	selector, err := metav1.LabelSelectorAsSelector(wanted)
	if err != nil || selector.Empty() {
		return err == nil, err
	}
	if isNamespace {
		accessor, err := meta.Accessor(a.GetObject())
		return err == nil && selector.Matches(labels.Set(accessor.GetLabels())), err
	}
	namespace, err := m.GetNamespace(context.Background(), a.GetNamespace())
	return err == nil && selector.Matches(labels.Set(namespace.Labels)), err
}

// rulesMatch also finds rules about other versions and groups of the same resource, where the policy says so.
func rulesMatch(a admission.Attributes, o admission.ObjectInterfaces, named []admissionregistration.NamedRuleWithOperations, policy *admissionregistration.MatchPolicyType) (bool, schema.GroupVersionResource, schema.GroupVersionKind, error) {
	resource := a.GetResource()
	if ruleMatches(a, named) {
		return true, resource, a.GetKind(), nil
	}
	if policy == nil || *policy == admissionregistration.Exact {
		return false, schema.GroupVersionResource{}, schema.GroupVersionKind{}, nil
	}
	mapper := o.GetEquivalentResourceMapper()
	for i := range named {
		for _, equivalent := range mapper.EquivalentResourcesFor(resource, "") {
			if equivalent == resource || !ruleMatches(asResource{a, equivalent}, named[i:i+1]) {
				continue
			}
			kind := mapper.KindFor(equivalent, "")
			if kind.Empty() {
				return false, schema.GroupVersionResource{}, schema.GroupVersionKind{}, fmt.Errorf("unable to convert to %v: unknown kind", equivalent)
			}
			return true, equivalent, kind, nil
		}
	}
	return false, schema.GroupVersionResource{}, schema.GroupVersionKind{}, nil
}

func ruleMatches(a admission.Attributes, named []admissionregistration.NamedRuleWithOperations) bool {
	return slices.ContainsFunc(named, func(rule admissionregistration.NamedRuleWithOperations) bool {
		matcher := rules.Matcher{Rule: rule.RuleWithOperations, Attr: a}
		return matcher.Matches() && (len(rule.ResourceNames) == 0 || slices.Contains(rule.ResourceNames, a.GetName()))
	})
}

type asResource struct {
	admission.Attributes
	resource schema.GroupVersionResource
}

func (a asResource) GetResource() schema.GroupVersionResource { return a.resource }
