package main

import (
	"encoding/json"
	"fmt"
	"testing"
)

func policyNamed(name, spec string) string {
	return "{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: " + name + "}, spec: {matchConstraints: {resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}]}, " + spec + "}}"
}

func bindingOf(policy, rest string) string {
	return "{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicyBinding, metadata: {name: b}, spec: {policyName: " + policy + ", validationActions: [Deny]" + rest + "}}"
}

func deploymentWith(spec string) string {
	return "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop, labels: {app: web}}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}" + spec + "}}"
}

func TestPolicies(t *testing.T) {
	const few = "validations: [{expression: 'object.spec.replicas <= 3', message: too many}]"
	const limited = "paramKind: {apiVersion: v1, kind: ConfigMap}, validations: [{expression: 'object.spec.replicas <= int(params.data.max)', messageExpression: '\"at most \" + params.data.max'}]"
	const limits = "{apiVersion: v1, kind: ConfigMap, metadata: {name: limits, namespace: shop}, data: {max: '2'}}"
	const shop = "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {tier: x}}}"
	const inTier = ", matchResources: {namespaceSelector: {matchLabels: {tier: x}}}"
	many := deploymentWith(", replicas: 5")
	for name, c := range map[string]struct {
		policy, binding, object string
		others                  []string
		whole                   bool
		want                    []string
	}{
		"refuse":                       {policyNamed("p", few), bindingOf("p", ""), many, nil, false, []string{"Deny 0 too many"}},
		"see defaults":                 {policyNamed("p", "validations: [{expression: 'object.spec.replicas > 1'}]"), bindingOf("p", ""), deploymentWith(""), nil, false, []string{"Deny 0 failed expression: object.spec.replicas > 1"}},
		"accept":                       {policyNamed("p", few), bindingOf("p", ""), deploymentWith(""), nil, false, nil},
		"say nothing of what is wrong": {policyNamed("p", few), bindingOf("p", ""), deploymentWith(", replicas: -1, strategy: {type: x}"), nil, false, nil},
		"know parameters":              {policyNamed("p", limited), bindingOf("p", ", paramRef: {name: limits, parameterNotFoundAction: Deny}"), many, []string{limits}, false, []string{"Deny 0 at most 2"}},
		"miss parameters":              {policyNamed("p", limited), bindingOf("p", ", paramRef: {name: limits, parameterNotFoundAction: Deny}"), many, nil, false, []string{"? its parameters, the ConfigMap limits, are not known"}},
		"find no parameters":           {policyNamed("p", limited), bindingOf("p", ", paramRef: {name: limits, parameterNotFoundAction: Deny}"), many, nil, true, []string{"Deny failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction"}},
		"know the namespace":           {policyNamed("p", few), bindingOf("p", inTier), many, []string{shop}, false, []string{"Deny 0 too many"}},
		"do not know the namespace":    {policyNamed("p", few), bindingOf("p", inTier), many, nil, false, []string{"? it depends on the Namespace shop, of which only the name is known"}},
		"know its name":                {policyNamed("p", few), bindingOf("p", ", matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}}"), many, nil, false, nil},
		"do not ask who may":           {policyNamed("p", "variables: [{name: may, expression: 'authorizer.group(\"\").resource(\"pods\").check(\"get\").allowed()'}], validations: [{expression: 'variables.may'}, {expression: 'object.spec.replicas < 3'}]"), bindingOf("p", ""), many, nil, false, []string{"?0 it asks what a user may do, which only the cluster knows", "Deny 1 failed expression: object.spec.replicas < 3"}},
		"say errors as they are":       {policyNamed("p", "validations: [{expression: 'object.spec.strategy.rollingUpdate.maxSurge.x == 1'}]"), bindingOf("p", ""), many, nil, false, []string{"Deny 0 expression 'object.spec.strategy.rollingUpdate.maxSurge.x == 1' resulted in error: no such key: x"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := surroundings{Whole: c.whole}
			for _, text := range []string{c.policy, c.binding} {
				s.Policies = append(s.Policies, fromYAML(t, text))
			}
			for _, text := range c.others {
				s.Others = append(s.Others, fromYAML(t, text))
			}
			set, err := s.read(&typeSet{}, newestMinor, newCompiledPolicies())
			if err != nil {
				t.Fatal(err)
			}
			expect(t, said(set.admit(json.RawMessage(fromYAML(t, c.object)))), c.want)
		})
	}
}

func said(decisions []decision) []string {
	var texts []string
	for _, each := range decisions {
		text := each.Action
		if each.Unchecked != "" {
			text = "?"
			if each.Validation != nil {
				text += fmt.Sprint(*each.Validation)
			}
			texts = append(texts, text+" "+each.Unchecked)
			continue
		}
		if each.Validation != nil {
			text += fmt.Sprintf(" %d", *each.Validation)
		}
		texts = append(texts, text+" "+each.Message)
	}
	return texts
}
