package main

import (
	"fmt"
	"strings"
)

// doubts says why an answer may differ from that of a server of the target version; empty when nothing is known
// that speaks against it. Fields that the target does not know are found in TypeScript, by its OpenAPI.
func (q *question) doubts(k kind, v verdict, minor int) string {
	if minor > newestMinor {
		return fmt.Sprintf("Kubernetes 1.%d is newer than what this program holds (%s), so that its rules may differ", minor, kubernetesVersion)
	}
	if custom, ok := k.(*customKind); ok && !custom.all.convertsByName() && custom != custom.all.storage {
		return fmt.Sprintf("it is stored as %s and converted by a webhook of the cluster, which may change it", custom.all.storage.gvk.Version)
	}
	for _, rule := range changedRules {
		if minor < rule.since && k.groupVersionKind().Kind == rule.kind && rule.decides(q, v) {
			return fmt.Sprintf("before Kubernetes 1.%d, %s", rule.since, rule.text)
		}
	}
	return ""
}

// changedRule is a rule of the server that changed in a minor version and cannot be switched back.
type changedRule struct {
	since   int
	kind    string
	text    string
	decides func(q *question, v verdict) bool
}

// changedRules are what the feature gates of 1.36 cannot emulate of the versions since 1.30. Gates that are gone:
// `versioned_feature_list.yaml` of 1.32 and 1.34 (kubernetes/test), compared with that of 1.36; of all that is
// gone, these alone were off in 1.30 or later and decide what is stored or refused.
var changedRules = []changedRule{
	{
		// ServiceTrafficDistribution: alpha in 1.30, on from 1.31, gone since 1.35.
		since: 31, kind: "Service", text: "spec.trafficDistribution is dropped unless its feature gate is on",
		decides: func(q *question, v verdict) bool { return declares(q.Desired.Object, "spec", "trafficDistribution") },
	},
	{
		// StrictCostEnforcementForVAP: off in 1.30, on and locked from 1.32.
		since: 32, kind: "ValidatingAdmissionPolicy", text: "the cost of its expressions is reckoned more leniently",
		decides: refusesCost,
	},
	{
		// StrictCostEnforcementForWebhooks: the same.
		since: 32, kind: "ValidatingWebhookConfiguration", text: "the cost of its match conditions is reckoned more leniently",
		decides: refusesCost,
	},
	{
		since: 32, kind: "MutatingWebhookConfiguration", text: "the cost of its match conditions is reckoned more leniently",
		decides: refusesCost,
	},
	{
		// kubernetes/kubernetes#130263: refused by 1.31 and 1.32, accepted by 1.36 without a gate. Which minor in
		// between allowed it is not known here, so that all before 1.36 count.
		since: 36, kind: "StatefulSet", text: "spec.revisionHistoryLimit could not always be changed",
		decides: func(q *question, v verdict) bool { return changes(v, ".spec.revisionHistoryLimit") },
	},
}

func declares(object map[string]any, path ...string) bool {
	value := maybe{object, true}
	for _, name := range path {
		value = value.field(name)
	}
	return value.exists && value.value != nil
}

func changes(v verdict, path string) bool {
	for _, c := range v.Changes {
		if isAtOrBelow(c.Path, path) {
			return v.Refused == nil
		}
	}
	return false
}

func refusesCost(q *question, v verdict) bool {
	return v.Refused != nil && strings.Contains(v.Refused.Message, "cost")
}
