package main

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"
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
	if rule := q.changedSince(minor, k.groupVersionKind().GroupKind(), v); rule != nil {
		return fmt.Sprintf("before Kubernetes 1.%d, %s", rule.since, rule.text)
	}
	return ""
}

// changedSince is a rule that decides here, and was another one in a minor version; nil if there is none.
func (q *question) changedSince(minor int, kind schema.GroupKind, v verdict) *changedRule {
	var unexplained []finding
	if v.Refused != nil {
		unexplained = v.Refused.Findings
	}
	var refusing *changedRule
	for i := range changedRules {
		rule := &changedRules[i]
		if minor >= rule.since {
			continue
		}
		places := rule.places(kind)
		if rule.decides(q, v, places) {
			return rule
		}
		left := slices.DeleteFunc(slices.Clone(unexplained), func(f finding) bool { return rule.refuses(v.Refused.Code, f, places) })
		if len(left) < len(unexplained) {
			refusing, unexplained = rule, left
		}
	}
	if len(unexplained) > 0 {
		return nil // what is refused for another reason, too, is refused by both
	}
	return refusing
}
