package main

import (
	"fmt"

	admissionregistration "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission/plugin/policy/generic"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
)

// matches asks whether a policy and its binding are about the object, and whether that is sure: selectors of
// namespaces say nothing where the Namespace is not known. Errors count as a match; the plugin tells them.
func (r *policyRequest) matches(policy *admissionregistration.ValidatingAdmissionPolicy, binding *admissionregistration.ValidatingAdmissionPolicyBinding) (matches, sure bool) {
	sure = true
	if r.isGuessed() {
		policy, binding = policy.DeepCopy(), binding.DeepCopy()
		for _, resources := range []*admissionregistration.MatchResources{policy.Spec.MatchConstraints, binding.Spec.MatchResources} {
			if resources != nil && asksMoreThanName(resources.NamespaceSelector) {
				resources.NamespaceSelector, sure = &metav1.LabelSelector{}, false
			}
		}
	}
	matches, _, _, err := r.matcher.DefinitionMatches(r.attributes, r.interfaces, validating.NewValidatingAdmissionPolicyAccessor(policy))
	if err != nil || !matches {
		return err != nil, sure
	}
	matches, err = r.matcher.BindingMatches(r.attributes, r.interfaces, validating.NewValidatingAdmissionPolicyBindingAccessor(binding))
	return matches || err != nil, sure
}

// asksMoreThanName: the label with the name is there in every Namespace.
func asksMoreThanName(selector *metav1.LabelSelector) bool {
	if selector == nil {
		return false
	}
	for key := range selector.MatchLabels {
		if key != corev1.LabelMetadataName {
			return true
		}
	}
	for _, requirement := range selector.MatchExpressions {
		if requirement.Key != corev1.LabelMetadataName {
			return true
		}
	}
	return false
}

// paramsFor are the known parameters of the policy's kind; an error where nobody knows the kind, as the server has it.
func (s *policySet) paramsFor(policy *admissionregistration.ValidatingAdmissionPolicy) kindParams {
	paramKind := policy.Spec.ParamKind
	if paramKind == nil {
		return kindParams{}
	}
	gvk := schema.FromAPIVersionAndKind(paramKind.APIVersion, paramKind.Kind)
	params, scope, err := s.paramsOf(gvk)
	if err != nil {
		return kindParams{err: fmt.Errorf("failed to find resource referenced by paramKind: '%v'", gvk)}
	}
	return kindParams{params, scope, nil}
}

// missingParams says why a policy cannot be decided whose parameters may be in the cluster, but are not known.
func (r *policyRequest) missingParams(policy *admissionregistration.ValidatingAdmissionPolicy, binding *admissionregistration.ValidatingAdmissionPolicyBinding, known kindParams) string {
	paramKind := policy.Spec.ParamKind
	if paramKind == nil || r.set.whole {
		return ""
	}
	if known.err != nil {
		return fmt.Sprintf("its parameters are of the kind %s, which is not known", paramKind.Kind)
	}
	if binding.Spec.ParamRef == nil {
		return ""
	}
	reference := binding.Spec.ParamRef.DeepCopy()
	reference.ParameterNotFoundAction = nil
	found, err := generic.CollectParams(paramKind, known.params, known.scope, reference, r.attributes.GetNamespace())
	if err != nil || len(found) > 0 {
		return ""
	}
	if reference.Name != "" {
		return fmt.Sprintf("its parameters, the %s %s, are not known", paramKind.Kind, reference.Name)
	}
	return fmt.Sprintf("no %s is known that its binding selects as parameters", paramKind.Kind)
}
