package main

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	admissionregistration "k8s.io/api/admissionregistration/v1"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions"
	"k8s.io/apiserver/pkg/cel/environment"
)

// compilePolicy does what the plugin does with a policy that it reads.
func compilePolicy(policy *admissionregistration.ValidatingAdmissionPolicy) validating.Validator {
	spec := policy.Spec
	compiler, err := compilerFor(spec.Variables)
	if err != nil {
		return validating.NewValidator(nil, nil, nil, nil, spec.FailurePolicy, err)
	}
	declared := cel.OptionalVariableDeclarations{HasParams: spec.ParamKind != nil, HasAuthorizer: true}
	withoutAuthorizer := cel.OptionalVariableDeclarations{HasParams: spec.ParamKind != nil}
	var variables []cel.NamedExpressionAccessor
	for _, each := range spec.Variables {
		variables = append(variables, &validating.Variable{Name: each.Name, Expression: each.Expression})
	}
	compiler.CompileAndStoreVariables(variables, declared, environment.StoredExpressions)
	compile := func(expressions []cel.ExpressionAccessor, declared cel.OptionalVariableDeclarations) cel.ConditionEvaluator {
		return compiler.CompileCondition(expressions, declared, environment.StoredExpressions)
	}
	var matcher matchconditions.Matcher
	if len(spec.MatchConditions) > 0 {
		var conditions []cel.ExpressionAccessor
		for i := range spec.MatchConditions {
			conditions = append(conditions, (*matchconditions.MatchCondition)(&spec.MatchConditions[i]))
		}
		matcher = matchconditions.NewMatcher(compile(conditions, declared), spec.FailurePolicy, "policy", "validate", policy.Name)
	}
	validations, messages := validationsOf(spec.Validations)
	return validating.NewValidator(compile(validations, declared), matcher, compile(annotationsOf(spec.AuditAnnotations), declared), compile(messages, withoutAuthorizer), spec.FailurePolicy, nil)
}

// compilerFor shares one compiler among policies without variables: nothing else of a policy becomes part of it, and
// its environments take longer and more memory than what they compile.
func compilerFor(variables []admissionregistration.Variable) (*cel.CompositedCompiler, error) {
	if len(variables) == 0 {
		return plainCompiler()
	}
	return newCompiler()
}

var plainCompiler = sync.OnceValues(newCompiler)

func newCompiler() (*cel.CompositedCompiler, error) {
	return cel.NewCompositedCompiler(environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()))
}

// validationsOf has nil where a validation has no expression for its message.
func validationsOf(validations []admissionregistration.Validation) (conditions, messages []cel.ExpressionAccessor) {
	messages = make([]cel.ExpressionAccessor, len(validations))
	for i, each := range validations {
		conditions = append(conditions, &validating.ValidationCondition{Expression: each.Expression, Message: each.Message, Reason: each.Reason})
		if each.MessageExpression != "" {
			messages[i] = &validating.MessageExpressionCondition{MessageExpression: each.MessageExpression}
		}
	}
	return conditions, messages
}

func annotationsOf(annotations []admissionregistration.AuditAnnotation) []cel.ExpressionAccessor {
	var conditions []cel.ExpressionAccessor
	for _, each := range annotations {
		conditions = append(conditions, &validating.AuditAnnotationCondition{Key: each.Key, ValueExpression: each.ValueExpression})
	}
	return conditions
}

// openExpressions says why expressions cannot be decided without a cluster; empty texts where they can.
type openExpressions struct {
	// Of any match condition, or audit annotation.
	policy string
	// By index of the validation.
	validations []string
	// The same, of what needs the Namespace.
	policyNeedsNamespace bool
	needNamespace        []bool
}

var (
	quotedText      = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'`)
	namespaceAsked  = regexp.MustCompile(`(?:^|[^.\w])namespaceObject\b(\.metadata\.name\b)?`)
	authorizerAsked = regexp.MustCompile(`(?:^|[^.\w])authorizer\b`)
	userAsked       = regexp.MustCompile(`(?:^|[^.\w])request\s*\.\s*(userInfo|uid)\b`)
	variableAsked   = regexp.MustCompile(`(?:^|[^.\w])variables\s*\.\s*(\w+)`)
)

func openIn(policy *admissionregistration.ValidatingAdmissionPolicy) openExpressions {
	variables := map[string]string{}
	for _, each := range policy.Spec.Variables {
		variables[each.Name] = each.Expression
	}
	var open openExpressions
	for _, each := range policy.Spec.MatchConditions {
		text := withVariables(each.Expression, variables)
		open.policy = firstText(open.policy, whyOpen(text))
		open.policyNeedsNamespace = open.policyNeedsNamespace || needsNamespace(text)
	}
	for _, each := range policy.Spec.Validations {
		text := withVariables(each.Expression+"\n"+each.MessageExpression, variables)
		open.validations = append(open.validations, whyOpen(text))
		open.needNamespace = append(open.needNamespace, needsNamespace(text))
	}
	return open
}

// withVariables is an expression with those of all variables that it comes to.
func withVariables(expression string, variables map[string]string) string {
	text := quotedText.ReplaceAllString(expression, `""`)
	left := maps.Clone(variables)
	for {
		more := ""
		for _, match := range variableAsked.FindAllStringSubmatch(text, -1) {
			more += "\n" + quotedText.ReplaceAllString(left[match[1]], `""`)
			delete(left, match[1])
		}
		if strings.TrimSpace(more) == "" {
			return text
		}
		text += more
	}
}

func whyOpen(text string) string {
	switch {
	case authorizerAsked.MatchString(text):
		return "it asks what a user may do, which only the cluster knows"
	case userAsked.MatchString(text):
		return "it depends on who applies the object"
	}
	return ""
}

func needsNamespace(text string) bool {
	return slices.ContainsFunc(namespaceAsked.FindAllStringSubmatch(text, -1), func(match []string) bool { return match[1] == "" })
}

func firstText(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
