package kustomize

import (
	"fmt"
	"reflect"
	"testing"
)

func TestPatchesThatSelectNothingAreNamed(t *testing.T) {
	kustomization := "resources: [web.yaml]\npatches:\n" +
		"- target: {kind: Deployment, name: web}\n  patch: '[{\"op\": \"add\", \"path\": \"/spec/paused\", \"value\": true}]'\n" +
		"- target: {kind: Deployment, name: wep}\n  patch: '[{\"op\": \"add\", \"path\": \"/spec/paused\", \"value\": true}]'\n" +
		"- target: {kind: StatefulSet}\n  path: patch.yaml\n" +
		"- target: {kind: Deployment, labelSelector: a=b}\n  path: patch.yaml\n" +
		"- target: {kind: Deployment, name: w.*}\n  path: patch.yaml\n" +
		"- target: {kind: Deployment, name: x.*}\n  path: patch.yaml\n" +
		"- target: {kind: Deployment, name: p-web}\n  path: patch.yaml\n"
	patch := "apiVersion: apps/v1\nkind: Any\nmetadata: {name: any}\nspec: {paused: true}\n"
	for name, test := range map[string]struct {
		prefix string
		want   []string
	}{
		"names as they are": {"", []string{"Deployment wep:5", "StatefulSet:7", "Deployment x.*:13", "Deployment p-web:15"}},
		// What a name was when a patch looked for it is not known then.
		"names with a prefix": {"namePrefix: p-\n", []string{"Deployment wep:5", "StatefulSet:7"}},
	} {
		view := viewOf(map[string]string{
			"kustomization.yaml": kustomization + test.prefix, "web.yaml": webText, "patch.yaml": patch,
		})
		built, err := Build(view, Request{Trace: true})
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for _, unused := range built.Unused {
			if unused.Kind != "patch" || unused.File != "kustomization.yaml" || unused.Column < 18 {
				t.Errorf("%+v", unused)
			}
			found = append(found, fmt.Sprintf("%s:%d", unused.Name, unused.Line))
		}
		if !reflect.DeepEqual(found, test.want) {
			t.Errorf("%s: %q, want %q", name, found, test.want)
		}
	}
}

func TestImagesThatStandNowhereAreNamed(t *testing.T) {
	view := viewOf(map[string]string{
		"kustomization.yaml": "resources: [web.yaml]\nimages:\n- {name: web, newName: other}\n- {name: other, newTag: '2'}\n- {name: a/web, newTag: '2'}\n",
		"web.yaml":           "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: one, image: 'web:1'}]}\n",
	})
	built, err := Build(view, Request{Trace: true})
	if err != nil || len(built.Unused) != 1 {
		t.Fatal(built.Unused, err)
	}
	if u := built.Unused[0]; u.Kind != "image" || u.Name != "a/web" || u.Line != 5 || u.Column != 10 {
		t.Errorf("%+v", u)
	}
}

func TestTargetsOfReplacementsThatSelectNothingAreNamed(t *testing.T) {
	view := viewOf(map[string]string{
		"kustomization.yaml": "resources: [web.yaml]\nreplacements:\n- source: {kind: Deployment, name: web}\n  targets:\n" +
			"  - select: {kind: Deployment}\n    fieldPaths: [metadata.annotations.a]\n    options: {create: true}\n  - select: {kind: Pod, name: one}\n    fieldPaths: [spec.a]\n",
		"web.yaml": webText,
	})
	built, err := Build(view, Request{Trace: true})
	if err != nil || len(built.Unused) != 1 {
		t.Fatal(built.Unused, err)
	}
	if u := built.Unused[0]; u.Kind != "target" || u.Name != "Pod one" || u.Line != 8 || u.Column != 31 {
		t.Errorf("%+v", u)
	}
}
