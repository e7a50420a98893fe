package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	admissionregistration "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/policy/generic"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/predicates/rules"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
)

// decision is what one policy says of the creation of an object.
type decision struct {
	Policy  string `json:"policy"`
	Binding string `json:"binding,omitempty"`
	// Index of the validation; absent where it is about the policy as a whole.
	Validation *int `json:"validation,omitempty"`
	// Deny: the server refuses the object. Warn, Audit: it takes it. Empty where it is not decided.
	Action  string `json:"action,omitempty"`
	Message string `json:"message,omitempty"`
	Reason  string `json:"reason,omitempty"`
	// Why it is not decided.
	Unchecked string `json:"unchecked,omitempty"`
}

// admit says what the policies say of an object that is valid by itself; nothing of others.
func (s *policySet) admit(body []byte) (found []decision) {
	defer func() {
		if cause := recover(); cause != nil {
			found = []decision{{Unchecked: panicMessage(cause)}}
		}
	}()
	r, err := s.request(body)
	if err != nil || r == nil {
		return nil
	}
	for i := range s.hooks {
		found = append(found, r.run(&s.hooks[i])...)
	}
	return redactDecisions(found, r.secrets)
}

func redactDecisions(found []decision, secrets []string) []decision {
	for i := range found {
		found[i].Message = redactText(found[i].Message, secrets)
	}
	return found
}

// policyRequest is the creation of one object as the plugin sees it.
type policyRequest struct {
	set        *policySet
	attributes admission.Attributes
	interfaces admission.ObjectInterfaces
	matcher    policyMatcher
	dispatcher generic.Dispatcher[validating.PolicyHook]
	secrets    []string
}

// request prepares an object as the server does before it asks policies; nil for what it refuses before, or keeps
// policies away from.
func (s *policySet) request(body []byte) (*policyRequest, error) {
	var object map[string]any
	if err := utiljson.Unmarshal(body, &object); err != nil {
		return nil, err
	}
	gvk, wrong := kindOf(object)
	if wrong != nil {
		return nil, nil
	}
	k, err := kindFor(gvk, s.types)
	if err != nil {
		return nil, err
	}
	name, _, _ := nestedText(object, "metadata", "name")
	secrets := secretValues(object)
	decoded, err := k.decode(object)
	if err != nil {
		return nil, err
	}
	for _, f := range asOf(s.minor, create(k, decoded, object), object, gvk.GroupKind()) {
		if isError(f) {
			return nil, nil
		}
	}
	accessor, err := meta.Accessor(decoded)
	if err != nil {
		return nil, err
	}
	// Expressions see it as JSON: it is made once, not for each of them.
	content, err := k.encode(decoded)
	if err != nil {
		return nil, err
	}
	seen := &unstructured.Unstructured{Object: content}
	resource := resourceOf(k)
	namespace := requestNamespace(k.strategy(), accessor)
	if resource == corev1.SchemeGroupVersion.WithResource("namespaces") {
		namespace = name // as the server's handler has it
	}
	attributes := admission.NewAttributesRecord(seen, nil, gvk, namespace, name, resource, "", admission.Create, &metav1.CreateOptions{}, false, &user.DefaultInfo{})
	if rules.IsExemptAdmissionConfigurationResource(attributes) {
		return nil, nil
	}
	matcher := policyMatcher{s.namespaces}
	return &policyRequest{
		set:        s,
		attributes: attributes,
		interfaces: interfacesFor(k, s.minor),
		matcher:    matcher,
		dispatcher: validating.NewDispatcher(nobody{}, matcher),
		secrets:    secrets,
	}, nil
}

func nestedText(object map[string]any, first, second string) (string, bool, error) {
	fields, _ := object[first].(map[string]any)
	text, ok := fields[second].(string)
	return text, ok, nil
}

func (r *policyRequest) run(hook *policyHook) []decision {
	if len(hook.bindings) == 0 {
		return nil
	}
	var found []decision
	for _, binding := range hook.bindings {
		one := r.runBinding(hook, binding)
		found = append(found, one...)
		if len(one) > 0 && one[0].Binding == "" {
			break // it is about the policy, whatever the binding
		}
	}
	return found
}

func (r *policyRequest) runBinding(hook *policyHook, binding *admissionregistration.ValidatingAdmissionPolicyBinding) []decision {
	open := decision{Policy: hook.policy.Name, Binding: binding.Name}
	matches, sure := r.matches(hook.policy, binding)
	if !matches {
		return nil
	}
	switch {
	case !sure:
		open.Unchecked = r.unknownNamespace()
	case hook.open.policy != "":
		open.Unchecked = hook.open.policy
	case hook.open.policyNeedsNamespace && r.isGuessed():
		open.Unchecked = r.unknownNamespace()
	default:
		open.Unchecked = r.missingParams(hook.policy, binding, hook.params)
	}
	if open.Unchecked != "" {
		return []decision{open}
	}
	recorder := &recorder{Validator: hook.compiled}
	err := r.dispatcher.Dispatch(context.Background(), r.attributes, r.interfaces, []validating.PolicyHook{{
		Policy:             hook.policy,
		Bindings:           []*admissionregistration.ValidatingAdmissionPolicyBinding{binding},
		ParamInformer:      hook.params.params,
		ParamScope:         hook.params.scope,
		Evaluator:          recorder,
		ConfigurationError: hook.params.err,
	}})
	return r.decisions(hook, binding, recorder, err)
}

// recorder keeps what the validator decides beside handing it to the plugin, which tells the first refusal only.
type recorder struct {
	validating.Validator
	results []validating.ValidateResult
}

func (r *recorder) Validate(ctx context.Context, resource schema.GroupVersionResource, attributes *admission.VersionedAttributes, params runtime.Object, namespace *corev1.Namespace, budget int64, authz authorizer.Authorizer) validating.ValidateResult {
	result := r.Validator.Validate(ctx, resource, attributes, params, namespace, budget, authz)
	r.results = append(r.results, result)
	return result
}

func (r *policyRequest) decisions(hook *policyHook, binding *admissionregistration.ValidatingAdmissionPolicyBinding, recorded *recorder, err error) []decision {
	said := decision{Policy: hook.policy.Name, Binding: binding.Name}
	var found []decision
	for i, why := range hook.open.validations {
		if why == "" && hook.open.needNamespace[i] && r.isGuessed() {
			why = r.unknownNamespace()
		}
		if why == "" || len(recorded.results) == 0 {
			continue
		}
		one := said
		one.Validation, one.Unchecked = &i, why
		found = append(found, one)
	}
	isOpen := func(index int) bool {
		return hook.open.validations[index] != "" || hook.open.needNamespace[index] && r.isGuessed()
	}
	denied := false
	for _, result := range recorded.results {
		each := len(result.Decisions) == len(hook.policy.Spec.Validations)
		for i, made := range result.Decisions {
			if made.Action != validating.ActionDeny {
				continue
			}
			denied = true
			if each && isOpen(i) {
				continue
			}
			for _, action := range binding.Spec.ValidationActions {
				one := said
				one.Action, one.Message, one.Reason = string(action), made.Message, string(made.Reason)
				if each {
					one.Validation = &i
				}
				found = append(found, one)
			}
		}
		for _, made := range result.AuditAnnotations {
			if made.Action == validating.AuditAnnotationActionError {
				denied = true
				one := said
				one.Action, one.Message = string(admissionregistration.Deny), made.Error
				found = append(found, one)
			}
		}
	}
	if err != nil && !denied {
		found = append(found, configurationDecision(said, err))
	}
	return found
}

// configurationDecision takes the message out of "ValidatingAdmissionPolicy 'a' with binding 'b' denied request: …".
func configurationDecision(said decision, err error) decision {
	message := err.Error()
	var status *apierrors.StatusError
	if errors.As(err, &status) && status.ErrStatus.Details != nil && len(status.ErrStatus.Details.Causes) > 0 {
		message = status.ErrStatus.Details.Causes[len(status.ErrStatus.Details.Causes)-1].Message
	}
	head, rest, ok := strings.Cut(message, " denied request: ")
	if ok {
		message = rest
	}
	if ok && !strings.Contains(head, "' with binding '") {
		said.Binding = ""
	}
	said.Action, said.Message = string(admissionregistration.Deny), message
	return said
}

// isGuessed: the Namespace of the object is not known beyond its name.
func (r *policyRequest) isGuessed() bool {
	name := r.attributes.GetNamespace()
	return name != "" && !r.set.whole && r.set.namespaces[name] == nil && r.attributes.GetResource().Resource != "namespaces"
}

func (r *policyRequest) unknownNamespace() string {
	return fmt.Sprintf("it depends on the Namespace %s, of which only the name is known", r.attributes.GetNamespace())
}
