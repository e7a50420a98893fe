package kustomize

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"driftline/renderer/internal/objects"
)

const webDeployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 1\n  template: {spec: {containers: [{name: web, image: web}]}}\n"

func TestEveryEntryThatFailsIsToldAtItsPlace(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"patches, replicas and replacements": {
			map[string]string{
				"kustomization.yaml": "resources: [web.yaml]\nreplicas:\n- name: webb\n  count: 3\npatches:\n- path: gone.yaml\n" +
					"- patch: |-\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata:\n      name: wbe\n" +
					"replacements:\n- source:\n    kind: ConfigMap\n    name: gone\n    fieldPath: data.x\n  targets:\n  - select: {kind: Deployment}\n" +
					"- source:\n    kind: Deployment\n    name: web\n    fieldPath: spec.no\n  targets:\n  - select: {kind: Deployment}\n",
				"web.yaml": webDeployment,
			},
			[]string{"patches kustomization.yaml:6:9", "patches kustomization.yaml:11:13", "replicas kustomization.yaml:3:9",
				"replacements kustomization.yaml:15:11", "replacements kustomization.yaml:22:16"},
		},
		"operations": {
			map[string]string{
				"kustomization.yaml": "resources: [web.yaml]\npatches:\n- target: {kind: Deployment}\n  path: ops.yaml\n- target: {kind: Deployment}\n" +
					"  patch: |-\n    - op: add\n      path: /spec/paused\n      value: true\n    - op: remove\n      path: /spec/no\n    - op: replace\n      path: /spec/never/x\n      value: 1\n",
				"web.yaml": webDeployment,
				"ops.yaml": "- op: replace\n  path: /spec/replicas\n  value: 2\n- op: replace\n  path: /spec/a/b\n  value: 2\n",
			},
			[]string{"patches ops.yaml:5:9", "patches kustomization.yaml:11:13", "patches kustomization.yaml:13:13"},
		},
		"a follow-up of what is missing is not told": {
			map[string]string{
				"kustomization.yaml": "resources:\n- wbe.yaml\n- no.yaml\nconfigMapGenerator:\n- name: a\n  files: [b=no.txt]\nreplicas:\n- name: web\n  count: 3\n",
				"web.yaml":           webDeployment,
			},
			[]string{"resources kustomization.yaml:2:3", "resources kustomization.yaml:3:3", "configMapGenerator kustomization.yaml:6:11"},
		},
		"in a base, where it is": {
			map[string]string{
				"kustomization.yaml":      "resources: [base]\nnamePrefix: a-\n",
				"base/kustomization.yaml": "resources:\n- web.yaml\nreplicas:\n- {name: other, count: 2}\n",
				"base/web.yaml":           webDeployment,
			},
			[]string{"replicas base/kustomization.yaml:4:10"},
		},
		"one object by two ways": {
			map[string]string{
				"kustomization.yaml":       "resources:\n- base\n- extra\n",
				"base/kustomization.yaml":  "resources: [web.yaml]\n",
				"base/web.yaml":            webDeployment,
				"extra/kustomization.yaml": "namespace: x\nresources:\n- ../base\n",
			},
			nil,
		},
		"one object twice": {
			map[string]string{
				"kustomization.yaml":       "resources:\n- base\n- extra\n",
				"base/kustomization.yaml":  "resources: [web.yaml]\n",
				"base/web.yaml":            webDeployment,
				"extra/kustomization.yaml": "resources:\n- ../base\n",
			},
			[]string{"resources extra/kustomization.yaml:2:3 kustomization.yaml:2"},
		},
		"one object in two files": {
			map[string]string{"kustomization.yaml": "resources: [a.yaml, b.yaml]\n", "a.yaml": webDeployment, "b.yaml": "# b\n" + webDeployment},
			[]string{"resources b.yaml:5:9 a.yaml:4"},
		},
		"what is elsewhere": {
			map[string]string{"kustomization.yaml": "resources: [https://example.org/a.yaml]\nreplicas: [{name: a, count: 1}]\n"},
			[]string{"resources kustomization.yaml:1:13 unavailable"},
		},
		"a file that cannot be read": {
			map[string]string{"kustomization.yaml": "resources: [a]\n", "a/kustomization.yaml": "resurces: []\n"},
			[]string{" a/kustomization.yaml:1:1 whole"},
		},
	} {
		_, err := Build(viewOf(test.files), Request{Trace: true})
		var failed *objects.Failure
		if errors.As(err, &failed) != (test.want != nil) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var found []string
		for _, fault := range failedFaults(failed) {
			text := fmt.Sprintf("%s %s:%d:%d", fault.Field, fault.File, fault.Line, fault.Column)
			for _, place := range fault.Related {
				text += " " + place.String()
			}
			if fault.Unavailable {
				text += " unavailable"
			}
			if fault.Whole {
				text += " whole"
			}
			found = append(found, text)
		}
		if !reflect.DeepEqual(found, test.want) {
			t.Errorf("%s:\n%q, want\n%q\n%v", name, found, test.want, failed)
		}
	}
}

func failedFaults(failed *objects.Failure) []objects.Fault {
	if failed == nil {
		return nil
	}
	return failed.Faults
}

func TestWhatIsLeftOfAFailingBuildIsLookedAtForWhatIsUnused(t *testing.T) {
	_, err := Build(viewOf(map[string]string{"kustomization.yaml": "replicas: [{name: gone, count: 1}]\n"}), Request{})
	var failed *objects.Failure
	if errors.As(err, &failed) {
		t.Error("nobody asked for places")
	}
	made, err := Build(viewOf(map[string]string{
		"kustomization.yaml": "resources:\n- web.yaml\nreplicas:\n- {name: gone, count: 1}\nimages:\n- name: we\n  newTag: a\n", "web.yaml": webDeployment,
	}), Request{Trace: true})
	if err == nil || len(made.Unused) != 1 || made.Unused[0].Line != 6 {
		t.Errorf("%+v %v", made.Unused, err)
	}
}
