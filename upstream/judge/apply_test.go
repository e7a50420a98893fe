package main

import (
	"strings"
	"testing"
)

// ask answers with "kind path", "(follows)" for consequences, and a line for refusals.
func (q question) ask(t *testing.T, types *typeSet) []string {
	t.Helper()
	if _, err := emulate(""); err != nil {
		t.Fatal(err)
	}
	if q.Manager == "" {
		q.Manager = "mgr"
	}
	v := q.judge(types, newestMinor)
	lines := []string{}
	for _, c := range v.Changes {
		line := c.Kind + " " + c.Path
		if c.Consequence {
			line += " (follows)"
		}
		lines = append(lines, line)
	}
	if v.Refused != nil {
		line := "refused"
		if v.Refused.Recreate {
			line = "recreate"
		}
		lines = append(lines, line+" "+v.Refused.Message)
	}
	if v.Unchecked != "" {
		lines = append(lines, "unchecked "+v.Unchecked)
	}
	if v.Equal != (len(lines) == 0) {
		t.Errorf("equal is %v with %q", v.Equal, lines)
	}
	return lines
}

func owned(fields string) string {
	return "managedFields: [{manager: mgr, operation: Apply, apiVersion: v1, fieldsV1: " + fields + "}]"
}

func TestApply(t *testing.T) {
	types := withTypes(t, widgetType, gizmoType)
	for name, c := range map[string]struct {
		mode, manager, desired, live, previous string
		want                                   []string
	}{
		"nothing": {
			mode:    "ssa",
			desired: "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: '1'}}",
			live:    "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: ns, labels: {theirs: x}}, data: {x: '1'}}",
		},
		"changed, missing, stale": {
			mode:    "ssa",
			desired: "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: '1', w: '2'}}",
			live:    "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, " + owned("{'f:data': {'f:x': {}, 'f:z': {}}}") + "}, data: {x: '0', z: '3'}}",
			want:    []string{"changed .data.x", "missing .data.w", "stale .data.z"},
		},
		"quantities are compared by value": {
			mode:    "ssa",
			desired: "{apiVersion: v1, kind: ResourceQuota, metadata: {name: a}, spec: {hard: {cpu: 1000m, memory: 1.5Gi}}}",
			live:    "{apiVersion: v1, kind: ResourceQuota, metadata: {name: a}, spec: {hard: {cpu: '1', memory: 1536Mi}}}",
		},
		"tolerations that the server adds to every Pod": {
			mode:    "ssa",
			desired: "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: 'a:1'}], tolerations: [{key: x, operator: Exists}]}}",
			live:    "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: 'a:1', imagePullPolicy: IfNotPresent, terminationMessagePath: /dev/termination-log, terminationMessagePolicy: File, resources: {}}], restartPolicy: Always, dnsPolicy: ClusterFirst, schedulerName: default-scheduler, securityContext: {}, enableServiceLinks: true, preemptionPolicy: PreemptLowerPriority, priority: 0, terminationGracePeriodSeconds: 30, tolerations: [{key: x, operator: Exists}, {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 300}, {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 300}]}}",
		},
		"tolerations that the server adds, one of which was changed": {
			mode:    "ssa",
			desired: "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: 'a:1'}], tolerations: [{key: x, operator: Exists}]}}",
			live:    "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: 'a:1', imagePullPolicy: IfNotPresent, terminationMessagePath: /dev/termination-log, terminationMessagePolicy: File, resources: {}}], restartPolicy: Always, dnsPolicy: ClusterFirst, schedulerName: default-scheduler, securityContext: {}, enableServiceLinks: true, preemptionPolicy: PreemptLowerPriority, priority: 0, terminationGracePeriodSeconds: 30, tolerations: [{key: x, operator: Exists}, {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 300}, {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 301}]}}",
			want:    []string{"changed .spec.tolerations"},
		},
		"an annotation that is null is an empty text to kubectl": {
			mode:    "csa",
			desired: "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, annotations: {x: null}}}",
			live:    "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, annotations: {x: ''}}}",
		},
		"what no version but the request's fills in is added by the apply": {
			mode:    "ssa",
			desired: "{apiVersion: example.com/v1beta2, kind: Gizmo, metadata: {name: a}, spec: {size: 2}}",
			live:    "{apiVersion: example.com/v1beta2, kind: Gizmo, metadata: {name: a}, spec: {size: 1, colour: red}}",
			want:    []string{"changed .spec.size", "missing .spec.mode (follows)"},
		},
		"what the stored version does not know is never there": {
			mode:    "ssa",
			desired: "{apiVersion: example.com/v1beta2, kind: Gizmo, metadata: {name: a}, spec: {size: 1, only: x}}",
			live:    "{apiVersion: example.com/v1beta2, kind: Gizmo, metadata: {name: a}, spec: {size: 1, mode: Auto, colour: red}}",
		},
		"a consequence": {
			mode:    "ssa",
			desired: "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80}]}}",
			live:    "{apiVersion: v1, kind: Service, metadata: {name: a, " + owned("{'f:spec': {'f:type': {}, 'f:ports': {'k:{\"port\":80,\"protocol\":\"TCP\"}': {'.': {}, 'f:port': {}}}}}") + "}, spec: {type: NodePort, clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1], ipFamilies: [IPv4], ipFamilyPolicy: SingleStack, internalTrafficPolicy: Cluster, externalTrafficPolicy: Cluster, sessionAffinity: None, ports: [{port: 80, protocol: TCP, targetPort: 80, nodePort: 30080}]}}",
			want:    []string{"stale .spec.type", `stale .spec.ports[port=80,protocol="TCP"].nodePort (follows)`, "stale .spec.externalTrafficPolicy (follows)"},
		},
		"atomic maps are told by key": {
			mode:    "ssa",
			desired: "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {selector: {app: a}, ports: [{port: 80}]}}",
			live:    "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {selector: {app: a, tier: x}, ports: [{port: 80}]}}",
			want:    []string{"stale .spec.selector.tier"},
		},
		"order": {
			mode:    "ssa",
			desired: "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, spec: {size: 3, tags: [b, a], parts: [{name: v}, {name: x, protocol: UDP}]}}",
			live:    "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, spec: {size: 3, tags: [a, b], parts: [{name: x, protocol: UDP}, {name: v, protocol: TCP}]}}",
			want:    []string{"order .spec.tags", "order .spec.parts"},
		},
		"members": {
			mode:    "ssa",
			desired: "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, spec: {tags: [a, c], parts: [{name: x, weight: 2}]}}",
			live:    "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a, " + strings.Replace(owned(`{'f:spec': {'f:tags': {'v:"b"': {}}}}`), "v1, f", "example.com/v1, f", 1) + "}, spec: {size: 3, tags: [a, b], parts: [{name: x, protocol: TCP, weight: 1}]}}",
			want:    []string{`missing .spec.tags[="c"]`, `stale .spec.tags[="b"]`, `changed .spec.parts[name="x",protocol="TCP"].weight`},
		},
		"an emptied map is told by key": {
			mode:    "csa",
			desired: "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, spec: {size: 3, labels: {}}}",
			live:    `{apiVersion: example.com/v1, kind: Widget, metadata: {name: a, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"labels":{"x":"1"}}}'}}, spec: {size: 3, labels: {x: '1'}}}`,
			want:    []string{"stale .spec.labels.x"},
		},
		"duplicates in live": {
			mode:    "ssa",
			desired: "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, image: i, env: [{name: A, value: '1'}]}]}}",
			live:    "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, image: i, env: [{name: A, value: '1'}, {name: A, value: '2'}]}]}}",
			want:    []string{`changed .spec.containers[name="c"].env`, "recreate .spec: Forbidden"},
		},
		"unknown field": {
			mode:    "ssa",
			desired: "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, dat: {x: '1'}}",
			live:    "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}",
			want:    []string{"refused .dat: field not declared in schema"},
		},
		"immutable": {
			mode:    "ssa",
			desired: "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, immutable: true, data: {x: '1'}}",
			live:    "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, immutable: true, data: {x: '0'}}",
			want:    []string{"changed .data.x", "recreate .data: Forbidden: field is immutable when `immutable` is set"},
		},
		"invalid and not stored": {
			mode:    "ssa",
			desired: "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, spec: {size: 3, limit: null}}",
			live:    "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, spec: {size: 3}}",
			want:    []string{`refused .spec.limit: Invalid value: "null": spec.limit in body must be of type integer: "null"`},
		},
		"defaults of a custom resource": {
			mode:    "ssa",
			desired: "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, spec: {tags: [a]}}",
			live:    "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a, " + strings.Replace(owned("{'f:spec': {'f:size': {}, 'f:cpu': {}}}"), "v1, f", "example.com/v1, f", 1) + "}, spec: {size: 4, cpu: 1, tags: [a]}}",
			want:    []string{"stale .spec.size", "stale .spec.cpu"},
		},
		"another version of a custom resource is pruned when stored": {
			mode:    "ssa",
			desired: "{apiVersion: example.com/v1beta1, kind: Widget, metadata: {name: a}, spec: {size: 4, unknown: 1}}",
			live:    "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, spec: {size: 4}}",
		},
		"flux takes kubectl's fields over": {
			mode:    "flux",
			desired: "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: '1'}}",
			live:    "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, managedFields: [{manager: kubectl-edit, operation: Update, apiVersion: v1, fieldsV1: {'f:data': {'f:w': {}}}}]}, data: {x: '1', w: '2'}}",
			want:    []string{"stale .data.w"},
		},
		"flux merges where asked to": {
			mode:    "flux",
			desired: "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, annotations: {kustomize.toolkit.fluxcd.io/ssa: Merge}}, data: {x: '1'}}",
			live:    "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, annotations: {kustomize.toolkit.fluxcd.io/ssa: Merge}, managedFields: [{manager: kubectl-edit, operation: Update, apiVersion: v1, fieldsV1: {'f:data': {'f:w': {}}}}]}, data: {x: '1', w: '2'}}",
		},
		"kubectl's three-way": {
			mode:    "csa",
			desired: "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: '1'}}",
			live:    `{apiVersion: v1, kind: ConfigMap, metadata: {name: a, annotations: {theirs: x, kubectl.kubernetes.io/last-applied-configuration: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"annotations":{},"name":"a"},"data":{"x":"1","w":"2"}}'}}, data: {x: '0', w: '3', z: '4'}}`,
			want:    []string{"changed .data.x", "stale .data.w"},
		},
		"annotations that are no texts are left out by kubectl": {
			mode:    "csa",
			desired: "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, annotations: {a: 1}}}",
			live:    "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}",
		},
		"Helm's three-way": {
			mode:     "csa3",
			desired:  "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: '1'}}",
			live:     "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: '0', w: '3', z: '4'}}",
			previous: "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {w: '2'}}",
			want:     []string{"changed .data.x", "stale .data.w"},
		},
		"lists of custom resources are one value to kubectl": {
			mode:    "csa",
			desired: "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, spec: {size: 3, tags: [a]}}",
			live:    "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, spec: {size: 3, tags: [a, b]}}",
			want:    []string{"changed .spec.tags"},
		},
		"a Secret's texts become data": {
			mode:    "ssa",
			desired: "{apiVersion: v1, kind: Secret, metadata: {name: a}, type: Opaque, stringData: {x: new}}",
			live:    "{apiVersion: v1, kind: Secret, metadata: {name: a}, type: Opaque, data: {x: b2xk}}",
			want:    []string{"changed .data.x"},
		},
		"a kind nobody defines": {
			mode:    "ssa",
			desired: "{apiVersion: x.example.com/v1, kind: Thing, metadata: {name: a}}",
			live:    "{apiVersion: x.example.com/v1, kind: Thing, metadata: {name: a}}",
			want:    []string{"unchecked x.example.com/v1 Thing is not known here: it is not built into Kubernetes, and no CustomResourceDefinition was found for it"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			q := question{Mode: c.mode, Manager: c.manager, Live: objectOf(t, c.live), Desired: objectOf(t, c.desired)}
			if c.previous != "" {
				q.Previous = objectOf(t, c.previous)
			}
			got := q.ask(t, types)
			for i, line := range got { // of long messages, the beginning counts
				for _, want := range c.want {
					if strings.HasPrefix(line, want) && strings.HasSuffix(want, "Forbidden") {
						got[i] = want
					}
				}
			}
			expect(t, got, c.want)
		})
	}
}

func TestApplyWithoutForce(t *testing.T) {
	force := false
	q := question{
		Mode:    "ssa",
		Force:   &force,
		Desired: objectOf(t, "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: '1'}}"),
		Live:    objectOf(t, "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, managedFields: [{manager: other, operation: Apply, apiVersion: v1, fieldsV1: {'f:data': {'f:x': {}}}}]}, data: {x: '2'}}"),
	}
	v := q.judge(&typeSet{}, newestMinor)
	if v.Refused == nil || v.Refused.Code != 409 || v.Refused.Findings[0].Path != ".data.x" || len(v.Changes) != 1 {
		t.Errorf("got %+v %+v", v, v.Refused)
	}
}

func TestApplyValues(t *testing.T) {
	q := question{
		Mode:    "ssa",
		Manager: "mgr",
		Desired: objectOf(t, "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, spec: {cpu: 1000m, tags: [b, a]}}"),
		Live:    objectOf(t, "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a, "+strings.Replace(owned("{'f:spec': {'f:size': {}}}"), "v1, f", "example.com/v1, f", 1)+"}, spec: {size: 4, cpu: 1, tags: [a, b]}}"),
	}
	v := q.judge(withTypes(t, widgetType), newestMinor)
	want := `[{"path":".spec.cpu","kind":"changed","desired":"1000m","live":1},` +
		`{"path":".spec.size","kind":"stale","live":4,"becomes":3},` +
		`{"path":".spec.tags","kind":"order","desired":["b","a"],"live":["a","b"]}]`
	if got := jsonText(v.Changes); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestApplyTellsNoSecrets(t *testing.T) {
	q := question{
		Mode:    "ssa",
		Desired: objectOf(t, "{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {x: hunter2-is-no-base64}, stringData: {w: [hunter2]}}"),
		Live:    objectOf(t, "{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {x: b2xk}}"),
	}
	v := q.judge(&typeSet{}, newestMinor)
	if v.Refused == nil || strings.Contains(jsonText(v.Refused), "hunter2") {
		t.Errorf("got %+v", v.Refused)
	}
}
