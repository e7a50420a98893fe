package main

import "testing"

func TestNewObjectsOnOlderServers(t *testing.T) {
	const statefulSet = "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {serviceName: a, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i, volumeMounts: [{name: gone, mountPath: /x}]}]}}}}"
	const port = "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 10250}]}}"
	const mounted = ".spec.template.spec.containers[0].volumeMounts[0].name"
	for name, c := range map[string]struct {
		text  string
		minor int
		want  []string
	}{
		"what was not checked is a warning":        {statefulSet, 33, []string{"invalid " + mounted + " since 1.34"}},
		"what is checked is refused":               {statefulSet, 34, []string{"invalid " + mounted}},
		"what was refused is not sure":             {port, 32, []string{"suspect .spec.ports"}},
		"what is not refused any more is sure":     {port, 33, nil},
		"what was warned of later is not said":     {"{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {externalIPs: [1.2.3.4], ports: [{port: 80}]}}", 35, nil},
		"what is warned of is said":                {"{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {externalIPs: [1.2.3.4], ports: [{port: 80}]}}", 36, []string{"warning "}},
		"an expression that was not known":         {newPolicy(`ip("10.0.0.1").family() == 4`), 30, []string{"suspect .spec.validations"}},
		"an expression that is known":              {newPolicy(`ip("10.0.0.1").family() == 4`), 31, nil},
		"what both refuse is refused":              {"{apiVersion: v1, kind: Service, metadata: {name: A_}, spec: {ports: [{port: 10250}]}}", 32, []string{"invalid .metadata.name"}},
		"privileged containers are mostly allowed": {"{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, image: i, securityContext: {privileged: true}}]}}", 36, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := emulate("1." + indexText(c.minor)[1:3]); err != nil {
				t.Fatal(err)
			}
			defer func() { _, _ = emulate("") }()
			var got []string
			for _, f := range validateText(c.text, &typeSet{}, c.minor) {
				said := f.Step + " " + f.Path
				if f.Since != "" {
					said += " since " + f.Since
				}
				got = append(got, said)
			}
			expect(t, got, c.want)
		})
	}
}

func newPolicy(expression string) string {
	return "{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: a}, spec: {matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}, validations: [{expression: '" + expression + "'}]}}"
}

func TestMetadataOfCustomResourcesHasAPlace(t *testing.T) {
	types := withTypes(t, hookedType)
	found := validateText("{apiVersion: example.com/v1, kind: Hooked, metadata: {name: a, creationTimestamp: yesterday, labels: {a: 1}}}", types, newestMinor)
	var got []string
	for _, f := range found {
		got = append(got, f.Step+" "+f.Path)
	}
	expect(t, got, []string{"decode .metadata.creationTimestamp", "decode .metadata.labels.a"})
}
