package main

// changedRule is a rule of the server that changed in a minor version and cannot be switched back.
type changedRule struct {
	// The first minor version with the rule that this program has.
	since int
	// Such as "StatefulSet.apps"; empty: all that hold the spec of a Pod, to which the paths are relative then.
	kinds []string
	paths []string
	when  touch
	// Only where a value there is such a one; all count when absent. With `isChanged`, what the manifest has counts.
	value func(any) bool
	// when is `isRefused`: only if the server's message says this.
	says string
	// Reads on from "before Kubernetes 1.31, ".
	text string
}

// touch is how an apply has to do with a field so that the field's rule decides.
type touch int

const (
	// The manifest or the live object has the field.
	isPresent touch = iota
	// The apply changes the field, and the rule that this program has accepts it.
	isChanged
	// The rule that this program has refuses the field.
	isRefused
	// Changed or refused.
	isJudged
	// The server warns of it; only in the creation of objects.
	isWarned
)

var (
	policy        = "ValidatingAdmissionPolicy.admissionregistration.k8s.io"
	definition    = "CustomResourceDefinition.apiextensions.k8s.io"
	webhooks      = []string{"ValidatingWebhookConfiguration.admissionregistration.k8s.io", "MutatingWebhookConfiguration.admissionregistration.k8s.io"}
	hasExpression = append([]string{policy, "MutatingAdmissionPolicy.admissionregistration.k8s.io", definition}, webhooks...)
	expressions   = []string{
		".spec.validations", ".spec.mutations", ".spec.variables", ".spec.auditAnnotations", ".spec.matchConditions",
		".webhooks[].matchConditions",
		".spec.versions[].schema.openAPIV3Schema.**.x-kubernetes-validations",
	}
	claims  = []string{"DeviceClass.resource.k8s.io", "ResourceClaim.resource.k8s.io", "ResourceClaimTemplate.resource.k8s.io"}
	devices = []string{"DeviceTaintRule.resource.k8s.io", "ResourceSlice.resource.k8s.io"}
)

// changedRules are what the feature gates of 1.36 cannot emulate of the versions since 1.30, of what decides what an
// apply stores or whether it is accepted. Made by comparing k8s.io/kubernetes 1.30.14, 1.31.14, 1.32.13, 1.33.13,
// 1.34.4, 1.35.4 and 1.36.4 (and the modules of k8s.io at 0.30.14 and so on), each with the next; a new version is
// compared with the last in the same way:
//   - api/openapi-spec/v3: list and map types, keys, defaults and fields that are gone;
//   - all kube_features.go: gates that are gone, and were off in a version, or were on and are off when emulated;
//   - pkg/apis/*/*/defaults.go and zz_generated.defaults.go, pkg/apis/*/*/conversion.go;
//   - pkg/registry/*/*/strategy.go and storage, pkg/api/*/util.go: what is prepared and dropped before an update;
//   - pkg/apis/*/validation and apiextensions-apiserver's: what asks no gate, and is no ratchet, that is, does not
//     only pass on what an object had before;
//   - apimachinery/pkg/util/managedfields and structured-merge-diff: nothing changed from 1.30 to 1.36.
//
// Rules that are asked only when an object is created are in createdRules: an apply to a living object never meets them.
var changedRules = append([]changedRule{
	// What is stored.

	// ServiceTrafficDistribution: alpha in 1.30, on from 1.31, gone since 1.36.
	{since: 31, kinds: []string{"Service"}, paths: []string{".spec.trafficDistribution"}, when: isPresent,
		text: "spec.trafficDistribution is dropped unless its feature gate is on"},
	// pkg/registry/core/persistentvolume/strategy.go: DropDisabledSpecFields is called since 1.31.
	{since: 31, kinds: []string{"PersistentVolume"}, paths: []string{".spec.volumeAttributesClassName"}, when: isPresent,
		text: "spec.volumeAttributesClassName is kept although its feature gate is off"},
	// k8s.io/api/core/v1: PodResourceClaim.Source is gone since 1.31, PodSpec.WorkloadRef was there in 1.35 only.
	{since: 31, paths: []string{".resourceClaims[].source"}, when: isPresent,
		text: "a Pod's resource claims have a field source, which is not known here"},
	{since: 36, paths: []string{".workloadRef"}, when: isPresent,
		text: "a Pod may have a field workloadRef, which is not known here"},
	// k8s.io/api/resource/v1alpha3: DeviceTaintSelector lost two fields in 1.35.
	{since: 35, kinds: devices[:1], paths: []string{".spec.deviceSelector.deviceClassName", ".spec.deviceSelector.selectors"}, when: isPresent,
		text: "its spec.deviceSelector has fields that are not known here"},
	// k8s.io/api/networking/v1: ServiceBackendPort is atomic since 1.31; in the rules, it is part of an atomic list.
	{since: 31, kinds: []string{"Ingress.networking.k8s.io"}, paths: []string{".spec.defaultBackend.service.port"}, when: isChanged,
		text: "name and number of a Service's port are merged one by one"},
	// pkg/api/pod/util.go: dropContainerRestartRules is called since 1.34; sidecars are older.
	{since: 34, paths: []string{".containers[].restartPolicy"}, when: isPresent,
		text: "the restartPolicy of a container is not dropped"},
	{since: 34, paths: []string{".initContainers[].restartPolicy"}, when: isPresent, value: isNot("Always"),
		text: "the restartPolicy of a container is not dropped"},

	// What is accepted now and was refused.

	// pkg/apis/core/validation: ValidateService refused the kubelet's port until 1.32.
	{since: 33, kinds: []string{"Service"}, paths: []string{".spec.ports[].port"}, when: isPresent, value: isNumber(10250),
		text: "port 10250 cannot be exposed by a load balancer"},
	// pkg/apis/apps/validation: ValidateStatefulSetUpdate (kubernetes/kubernetes#130263).
	{since: 33, kinds: []string{"StatefulSet.apps"}, paths: []string{".spec.revisionHistoryLimit"}, when: isChanged,
		text: "spec.revisionHistoryLimit cannot be changed"},
	// pkg/apis/networking/validation: ValidateServiceCIDRUpdate.
	{since: 33, kinds: []string{"ServiceCIDR.networking.k8s.io"}, paths: []string{".spec.cidrs"}, when: isChanged,
		text: "spec.cidrs cannot be changed"},
	// What is refused now and was accepted.

	// StrictCostEnforcementForVAP and …ForWebhooks: off in 1.30, on and locked from 1.32.
	{since: 32, kinds: []string{policy}, when: isRefused, says: "cost",
		text: "the cost of its expressions is reckoned more leniently"},
	{since: 32, kinds: webhooks, when: isRefused, says: "cost",
		text: "the cost of its match conditions is reckoned more leniently"},
	// apiextensions-apiserver/pkg/apis/apiextensions/validation: ValidateCABundle is called since 1.31.
	{since: 31, kinds: []string{definition}, paths: []string{".spec.conversion"}, when: isRefused,
		text: "the conversion's caBundle is not checked"},
	// pkg/apis/core/validation: ValidateNodeSelectorRequirement checks values since 1.33.
	{since: 33, when: isRefused,
		paths: []string{".affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[].matchExpressions[].values[]"},
		text:  "the values of a required node affinity are not checked"},
	{since: 33, kinds: []string{"PersistentVolume"}, when: isRefused,
		paths: []string{".spec.nodeAffinity.required.nodeSelectorTerms[].matchExpressions[].values[]"},
		text:  "the values of a required node affinity are not checked"},
	// pkg/apis/discovery/validation: IPv6 addresses are validated strictly since 1.33.
	{since: 33, kinds: []string{"EndpointSlice.discovery.k8s.io"}, paths: []string{".endpoints[].addresses[]"}, when: isRefused, says: "canonical",
		text: "IPv6 addresses may be written in other ways"},
	// pkg/apis/apps/validation: ValidatePodTemplateSpecForStatefulSet looks into the Pod's spec since 1.34.
	{since: 34, kinds: []string{"StatefulSet.apps"}, paths: []string{".spec.template.spec"}, when: isRefused,
		text: "the Pod template of a StatefulSet is hardly checked"},
	// pkg/apis/autoscaling/validation: ValidateAPIVersion is called since 1.34.
	{since: 34, kinds: []string{"HorizontalPodAutoscaler.autoscaling"}, when: isRefused,
		paths: []string{".spec.scaleTargetRef.apiVersion", ".spec.metrics[].object.describedObject.apiVersion"},
		text:  "the apiVersion of what it refers to is not checked"},
	// pkg/apis/core/validation: validateHostUsers forbids them since 1.34.
	{since: 34, paths: []string{".containers[].volumeDevices", ".initContainers[].volumeDevices"}, when: isRefused, says: "hostUsers",
		text: "volumeDevices are allowed with hostUsers: false"},
	// pkg/apis/core/validation: validateInitContainers forbids RestartContainer since 1.36.
	{since: 36, paths: []string{".initContainers[].resizePolicy"}, when: isRefused, says: "RestartContainer",
		text: "the resizePolicy RestartContainer is allowed for all init containers"},

	// Both: resource.k8s.io became stable in 1.34; slices had other limits until 1.35.
	{since: 34, kinds: claims, paths: []string{".spec"}, when: isJudged, text: "the rules of resource.k8s.io are not the stable ones"},
	{since: 36, kinds: devices, paths: []string{".spec"}, when: isJudged, text: "the limits of resource.k8s.io are others"},
}, expressionRules(isChanged)...)

// expressionRules are about expressions that use what older servers do not know: apiserver/pkg/cel/environment/base.go
// lets a new expression use a library from the version after it came.
func expressionRules(when touch) []changedRule {
	return []changedRule{
		{since: 31, kinds: hasExpression, paths: expressions, when: when, value: has(`\b(ip|isIP|cidr|isCIDR)\(`),
			text: "expressions cannot use addresses"},
		{since: 32, kinds: hasExpression, paths: expressions, when: when, value: has(`\bformat\.|\b(field|label)Selector\(`),
			text: "expressions cannot use formats and selectors"},
		{since: 33, kinds: hasExpression, paths: expressions, when: when,
			value: has(`\btransform(List|Map|MapEntry)\(|\b(all|exists|existsOne|exists_one)\(\s*\w+\s*,\s*\w+\s*,`),
			text:  "expressions cannot use comprehensions with two variables"},
		{since: 34, kinds: hasExpression, paths: expressions, when: when, value: has(`\b(semver|isSemver)\(`),
			text: "expressions cannot use semantic versions"},
		{since: 35, kinds: hasExpression, paths: expressions, when: when,
			value: has(`\b(slice|flatten|range|distinct|reverse|sort|sortBy|first|last)\(`),
			text:  "expressions know fewer functions of lists"},
	}
}
