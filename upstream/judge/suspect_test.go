package main

import (
	"strings"
	"testing"
)

const hookedType = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: hooked.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: hooked, kind: Hooked}
  conversion: {strategy: Webhook, webhook: {conversionReviewVersions: [v1], clientConfig: {url: 'https://example.com'}}}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
  - {name: v2, served: true, storage: false, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
`

func TestWhatIsNotSure(t *testing.T) {
	types := withTypes(t, hookedType)
	for name, c := range map[string]struct {
		target, live, desired, want string
	}{
		"a newer server": {
			target:  "1.37",
			desired: "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}",
			want:    "suspect Kubernetes 1.37 is newer",
		},
		"the same server": {
			target:  "1.36",
			desired: "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}",
		},
		"a version that is not stored, with a webhook": {
			desired: "{apiVersion: example.com/v2, kind: Hooked, metadata: {name: a}, a: 1}",
			want:    "suspect it is stored as v1 and converted by a webhook",
		},
		"the stored version, with a webhook": {
			desired: "{apiVersion: example.com/v1, kind: Hooked, metadata: {name: a}, a: 1}",
		},
		"a manager that wrote at another version, with a webhook": {
			live:    "{apiVersion: example.com/v1, kind: Hooked, metadata: {name: a, managedFields: [{manager: other, operation: Update, apiVersion: example.com/v2, fieldsType: FieldsV1, fieldsV1: {'f:a': {}}}]}, a: 2}",
			desired: "{apiVersion: example.com/v1, kind: Hooked, metadata: {name: a}, a: 1}",
			want:    "unchecked its versions are converted by a webhook",
		},
		"a live object of another version, with a webhook": {
			live:    "{apiVersion: example.com/v2, kind: Hooked, metadata: {name: a}, a: 2}",
			desired: "{apiVersion: example.com/v1, kind: Hooked, metadata: {name: a}, a: 1}",
			want:    "unchecked its versions are converted by a webhook",
		},
		"a field whose gate is gone": {
			target:  "1.30",
			live:    "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80}]}}",
			desired: "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {trafficDistribution: PreferClose, ports: [{port: 80}]}}",
			want:    "suspect before Kubernetes 1.31, spec.trafficDistribution",
		},
		"a field whose gate was on": {
			target:  "1.31",
			desired: "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {trafficDistribution: PreferClose, ports: [{port: 80}]}}",
		},
		"a rule that changed without a gate": {
			target:  "1.32",
			live:    "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {revisionHistoryLimit: 10, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}}",
			desired: "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {revisionHistoryLimit: 3, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}}",
			want:    "suspect before Kubernetes 1.33, spec.revisionHistoryLimit",
		},
		"a version that is not served yet": {
			target:  "1.33",
			desired: "{apiVersion: resource.k8s.io/v1, kind: DeviceClass, metadata: {name: a}}",
			want:    "unchecked resource.k8s.io/v1 DeviceClass is served from Kubernetes 1.34 on",
		},
		"a version that was not gone yet": {
			target:  "1.31",
			live:    "{apiVersion: flowcontrol.apiserver.k8s.io/v1beta3, kind: FlowSchema, metadata: {name: a}, spec: {matchingPrecedence: 1, priorityLevelConfiguration: {name: x}}}",
			desired: "{apiVersion: flowcontrol.apiserver.k8s.io/v1beta3, kind: FlowSchema, metadata: {name: a}, spec: {matchingPrecedence: 2, priorityLevelConfiguration: {name: x}}}",
		},
		"a version that is gone": {
			target:  "1.30",
			desired: "{apiVersion: apps/v1beta1, kind: Deployment, metadata: {name: a}}",
			want:    "unchecked apps/v1beta1 Deployment was removed in Kubernetes 1.16",
		},
	} {
		t.Run(name, func(t *testing.T) {
			minor, err := emulate(c.target)
			if err != nil {
				t.Fatal(err)
			}
			if c.live == "" {
				c.live = c.desired
			}
			q := question{Mode: "ssa", Manager: "me", Live: objectOf(t, c.live), Desired: objectOf(t, c.desired)}
			v := q.judge(types, minor)
			got := ""
			if v.Unchecked != "" {
				got = "unchecked " + v.Unchecked
			} else if v.Suspect != "" {
				got = "suspect " + v.Suspect
			}
			if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if _, err := emulate(""); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkEmulate(b *testing.B) {
	for i := range b.N {
		if _, err := emulate([]string{"1.30", "1.36"}[i%2]); err != nil {
			b.Fatal(err)
		}
	}
}
