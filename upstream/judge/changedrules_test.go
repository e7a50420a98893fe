package main

import (
	"fmt"
	"strings"
	"testing"
)

// inPod is a Deployment, or another kind of its shape, whose Pods have these fields.
func inPod(kind, podSpec string) string {
	return fmt.Sprintf("{apiVersion: apps/v1, kind: %s, metadata: {name: a}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {%s}}}}", kind, podSpec)
}

const (
	oneContainer    = "containers: [{name: c, image: i}]"
	wrongAffinity   = "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In, values: [%q]}]}]}}}, " + oneContainer
	cronJobOf       = "{apiVersion: batch/v1, kind: CronJob, metadata: {name: a}, spec: {schedule: '1 * * * *', jobTemplate: {spec: {template: {spec: {restartPolicy: Never, %s}}}}}}"
	statefulSetWith = "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {%s, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {" + oneContainer + "}}}}"
	ingressTo       = "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a}, spec: {rules: [{host: %s, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: s, port: {%s}}}}]}}]}}"
	defaultPort     = "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a}, spec: {defaultBackend: {service: {name: s, port: {%s}}}}}"
	portService     = "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {type: LoadBalancer, ports: [{port: %d}]}}"
	volume          = "{apiVersion: v1, kind: PersistentVolume, metadata: {name: a}, spec: {accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, csi: {driver: d, volumeHandle: h}%s}}"
	rangeOf         = "{apiVersion: networking.k8s.io/v1beta1, kind: ServiceCIDR, metadata: {name: a}, spec: {cidrs: [%s]}}"
	policyWith      = "{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: a}, spec: {matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], resources: [pods], operations: [CREATE]}]}, validations: [{expression: '%s'}]}}"
	definitionOf    = "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: things.example.com}, spec: {group: example.com, scope: Namespaced, names: {plural: things, singular: thing, kind: Thing, listKind: ThingList}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {%s}}}}]}}"
	converted       = "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: things.example.com}, spec: {group: example.com, scope: Namespaced, names: {plural: things, singular: thing, kind: Thing, listKind: ThingList}, conversion: {strategy: Webhook, webhook: {conversionReviewVersions: [v1], clientConfig: {url: 'https://example.com'%s}}}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}, status: {conditions: [{type: Established, status: 'True'}]}}"
	autoscaler      = "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: a}, spec: {maxReplicas: %d, scaleTargetRef: {apiVersion: %s, kind: Deployment, name: d}}}"
	slice           = "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a}, addressType: IPv6, endpoints: [{addresses: ['%s']}]}"
	classOf         = "{apiVersion: resource.k8s.io/v1beta1, kind: DeviceClass, metadata: {name: a}, spec: {selectors: [{cel: {expression: '%s'}}]}}"
	ownService      = "{apiVersion: example.com/v1, kind: Service, metadata: {name: a}, spec: {trafficDistribution: %s}}"
)

const ownServiceType = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: services.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: services, kind: Service}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
`

// Each change is made for every version; `suspect` names those whose server may see it otherwise.
func TestRulesThatChangedWithoutAGate(t *testing.T) {
	types := withTypes(t, ownServiceType)
	for name, c := range map[string]struct{ live, desired, suspect string }{
		"a history limit":              {fmt.Sprintf(statefulSetWith, "revisionHistoryLimit: 10"), fmt.Sprintf(statefulSetWith, "revisionHistoryLimit: 3"), "30 31 32"},
		"replicas":                     {fmt.Sprintf(statefulSetWith, "replicas: 1"), fmt.Sprintf(statefulSetWith, "replicas: 3"), ""},
		"a merged port":                {fmt.Sprintf(defaultPort, "number: 80"), fmt.Sprintf(defaultPort, "name: http"), "30"},
		"a port in an atomic list":     {fmt.Sprintf(ingressTo, "a", "number: 80"), fmt.Sprintf(ingressTo, "b", "name: http"), ""},
		"a container's own policy":     {inPod("Deployment", oneContainer), inPod("Deployment", "containers: [{name: c, image: i, restartPolicy: Never}]"), "30 31 32 33"},
		"an init container's policy":   {inPod("Deployment", oneContainer), inPod("Deployment", "initContainers: [{name: i, image: i, restartPolicy: Never}], "+oneContainer), "30 31 32 33"},
		"a sidecar":                    {inPod("Deployment", oneContainer), inPod("Deployment", "initContainers: [{name: i, image: i, restartPolicy: Always}], "+oneContainer), ""},
		"labels that do not match":     {inPod("StatefulSet", oneContainer), strings.Replace(inPod("StatefulSet", oneContainer), "{labels: {a: b}}", "{labels: {a: c}}", 1), ""},
		"the kubelet's port":           {fmt.Sprintf(portService, 80), fmt.Sprintf(portService, 10250), "30 31 32"},
		"another port":                 {fmt.Sprintf(portService, 80), fmt.Sprintf(portService, 10251), ""},
		"a volume's class":             {fmt.Sprintf(volume, ""), fmt.Sprintf(volume, ", volumeAttributesClassName: c"), "30"},
		"a volume's node affinity":     {fmt.Sprintf(volume, ""), fmt.Sprintf(volume, ", nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In, values: ['b c']}]}]}}"), "30 31 32"},
		"a second range":               {fmt.Sprintf(rangeOf, "10.0.0.0/24"), fmt.Sprintf(rangeOf, "10.0.0.0/24, '2001:db8::/64'"), "31 32"},
		"a function of CEL":            {fmt.Sprintf(policyWith, "true"), fmt.Sprintf(policyWith, `semver("1.0.0").major() == 1`), "30 31 32 33"},
		"an expression of old":         {fmt.Sprintf(policyWith, "true"), fmt.Sprintf(policyWith, "has(object.spec)"), ""},
		"a definition's rule":          {fmt.Sprintf(definitionOf, "a: {type: string}"), fmt.Sprintf(definitionOf, "a: {type: string}, b: {type: string, maxLength: 50, x-kubernetes-validations: [{rule: 'isIP(self)'}]}"), "30"},
		"a definition's field":         {fmt.Sprintf(definitionOf, "a: {type: string}"), fmt.Sprintf(definitionOf, "a: {type: string}, b: {type: string}"), ""},
		"a webhook's certificate":      {fmt.Sprintf(converted, ""), fmt.Sprintf(converted, ", caBundle: YQ=="), "30"},
		"a wrong reference":            {fmt.Sprintf(autoscaler, 3, "apps/v1"), fmt.Sprintf(autoscaler, 3, "a/b/c"), "30 31 32 33"},
		"what was always refused, too": {fmt.Sprintf(autoscaler, 3, "apps/v1"), fmt.Sprintf(autoscaler, -1, "a/b/c"), ""},
		"an address":                   {fmt.Sprintf(slice, "2001:db8::1"), fmt.Sprintf(slice, "2001:db8::0001"), "30 31 32"},
		"no address":                   {fmt.Sprintf(slice, "2001:db8::1"), fmt.Sprintf(slice, "c-1"), ""},
		"a Deployment's affinity":      {inPod("Deployment", oneContainer), inPod("Deployment", fmt.Sprintf(wrongAffinity, "b c")), "30 31 32"},
		"a CronJob's affinity":         {fmt.Sprintf(cronJobOf, oneContainer), fmt.Sprintf(cronJobOf, fmt.Sprintf(wrongAffinity, "b c")), "30 31 32"},
		"a right affinity":             {inPod("Deployment", oneContainer), inPod("Deployment", fmt.Sprintf(wrongAffinity, "b")), ""},
		"a wrong StatefulSet":          {inPod("StatefulSet", oneContainer), inPod("StatefulSet", "containers: [{name: c, image: i, imagePullPolicy: Sometimes}]"), "30 31 32 33"},
		"a wrong Deployment":           {inPod("Deployment", oneContainer), inPod("Deployment", "containers: [{name: c, image: i, imagePullPolicy: Sometimes}]"), ""},
		"a field of one version":       {inPod("Deployment", oneContainer), inPod("Deployment", "workloadRef: {name: w}, "+oneContainer), "30 31 32 33 34 35"},
		// Earlier versions do not know resizePolicy and hostUsers without their gates, and drop them.
		"a resize policy": {inPod("Deployment", oneContainer), inPod("Deployment", "initContainers: [{name: i, image: i, resizePolicy: [{resourceName: cpu, restartPolicy: RestartContainer}]}], "+oneContainer), "33 34 35"},
		"a device for users of its own": {
			inPod("Deployment", oneContainer),
			inPod("Deployment", "hostUsers: false, volumes: [{name: v, persistentVolumeClaim: {claimName: v}}], containers: [{name: c, image: i, volumeDevices: [{name: v, devicePath: /v}]}]"), "33",
		},
		"a device class":              {fmt.Sprintf(classOf, "true"), fmt.Sprintf(classOf, "false"), "32 33"},
		"another group's own Service": {fmt.Sprintf(ownService, "a"), fmt.Sprintf(ownService, "b"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			var suspect []string
			for minor := 30; minor <= newestMinor; minor++ {
				if _, err := emulate(fmt.Sprintf("1.%d", minor)); err != nil {
					t.Fatal(err)
				}
				q := question{Mode: "ssa", Manager: "me", Live: objectOf(t, c.live), Desired: objectOf(t, c.desired)}
				v := q.judge(types, minor)
				if v.Suspect != "" {
					suspect = append(suspect, fmt.Sprint(minor))
				} else if v.Equal && minor == newestMinor {
					t.Error("nothing changes")
				}
			}
			if got := strings.Join(suspect, " "); got != c.suspect {
				t.Errorf("suspect in %q, want %q", got, c.suspect)
			}
		})
	}
	if _, err := emulate(""); err != nil {
		t.Fatal(err)
	}
}
