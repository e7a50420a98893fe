package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// createdRules are what changedRules are for an apply to a living object, of what the server asks only when it makes an
// object: they were found in the same way, and by `npm run fuzz:validation -- --server PROGRAM` on 1.30 and 1.34. The rules
// of changedRules that refuse hold for new objects, too.
var createdRules = append([]changedRule{
	// What is accepted now and was refused.

	// pkg/apis/core/validation: ValidateService refused the kubelet's port until 1.32.
	{since: 33, kinds: []string{"Service"}, paths: []string{".spec.ports[].port"}, when: isPresent, value: isNumber(10250),
		text: "port 10250 cannot be exposed by a load balancer"},
	// pkg/apis/core/helper: IsStandardResourceQuotaScope knows VolumeAttributesClass since 1.33.
	{since: 33, kinds: []string{"ResourceQuota"}, when: isPresent, value: isText("VolumeAttributesClass"),
		paths: []string{".spec.scopes[]", ".spec.scopeSelector.matchExpressions[].scopeName"},
		text:  "there is no scope VolumeAttributesClass"},
	// pkg/apis/core/validation: validateContainers forbade the restartPolicy of containers until 1.33.
	{since: 34, paths: []string{".containers[].restartPolicy"}, when: isPresent,
		text: "containers other than init containers cannot have a restartPolicy"},

	// What is refused now and was accepted.

	// pkg/apis/apps/validation: ValidateControllerRevision asks for a JSON object since 1.31.
	{since: 31, kinds: []string{"ControllerRevision.apps"}, paths: []string{".data"}, when: isRefused,
		text: "the data of a ControllerRevision is not checked"},
	// pkg/apis/apps/validation: ValidateStatefulSet asks for a DNS label since 1.33.
	{since: 33, kinds: []string{"StatefulSet.apps"}, paths: []string{".spec.serviceName"}, when: isRefused,
		text: "spec.serviceName is not checked"},
	// pkg/apis/apps/validation: ValidateStatefulSet looks into claim templates since 1.34.
	{since: 34, kinds: []string{"StatefulSet.apps"}, paths: []string{".spec.volumeClaimTemplates"}, when: isRefused,
		text: "spec.volumeClaimTemplates is not checked"},
	// pkg/apis/storage/validation: ValidateVolumeAttachment checks the name since 1.36.
	{since: 36, kinds: []string{"VolumeAttachment.storage.k8s.io"}, paths: []string{".spec.source.persistentVolumeName"}, when: isRefused,
		text: "spec.source.persistentVolumeName is hardly checked"},

	// What is warned of now and was not.

	// pkg/api/service/warnings.go: GetWarningsForService.
	{since: 36, kinds: []string{"Service"}, when: isWarned, says: "spec.externalIPs is deprecated"},
	{since: 34, kinds: []string{"Service"}, when: isWarned, says: "is ignored for headless services"},
}, expressionRules(isPresent)...)

// asOf makes warnings of what a server of an older version accepts, such as what only refuses the Pods that the object
// leads to, takes its later warnings back, and adds what it may refuse.
func asOf(minor int, found []finding, object map[string]any, kind schema.GroupKind) []finding {
	for _, rules := range [][]changedRule{createdRules, changedRules} {
		for i := range rules {
			if rule := &rules[i]; minor < rule.since {
				found = rule.takeBack(found, rule.places(kind))
			}
		}
	}
	if slices.ContainsFunc(found, isError) {
		return found // refused by both
	}
	for i := range createdRules {
		if rule := &createdRules[i]; minor < rule.since && rule.when == isPresent {
			found = append(found, rule.refusals(object, rule.places(kind))...)
		}
	}
	return found
}

// takeBack changes what the rule found.
func (r *changedRule) takeBack(found []finding, places [][]string) []finding {
	var kept []finding
	for _, f := range found {
		switch {
		case r.when == isWarned && len(places) > 0 && f.Severity == "warning" && strings.Contains(f.Message, r.says):
		case f.Step == "invalid" && r.refuses(http.StatusUnprocessableEntity, f, places):
			f.Severity, f.Since = "warning", fmt.Sprintf("1.%d", r.since)
			kept = append(kept, f)
		default:
			kept = append(kept, f)
		}
	}
	return kept
}

// refusals are the places that older servers may refuse.
func (r *changedRule) refusals(object map[string]any, places [][]string) []finding {
	var found []finding
	for _, place := range places {
		if r.holds(object, place) {
			found = append(found, r.doubt(pathOfPlace(place)))
		}
	}
	return found
}

func (r *changedRule) doubt(path string) finding {
	message := fmt.Sprintf("before Kubernetes 1.%d, %s", r.since, r.text)
	return finding{Step: "suspect", Path: path, Message: message, Severity: "information"}
}

// pathOfPlace leads down to the first list or to what may be anywhere.
func pathOfPlace(place []string) string {
	path := ""
	for _, step := range place {
		if step == "[]" || step == "**" {
			break
		}
		path += fieldText(step)
	}
	return path
}

func isError(f finding) bool { return f.Severity == "error" }
