package kustomize

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"driftline/renderer/internal/provenance"
)

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "web:1"}
      - {name: side, image: "side:1"}
`

// buildForArgo builds a folder for an Application whose options are a text of JSON that stands in its file.
func buildForArgo(t *testing.T, texts map[string]string, options string) (string, map[string]provenance.Place, error) {
	t.Helper()
	const before = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    kustomize: "
	argo := &Argo{Place: provenance.Place{File: "app.yaml", Line: 5, Column: 16}}
	if err := json.Unmarshal([]byte(options), &argo.Options); err != nil {
		t.Fatal(err)
	}
	texts["app.yaml"] = before + options + "\n"
	made, err := Build(viewOf(texts), Request{Path: "web", Argo: argo, Origin: provenance.Place{File: "app.yaml", Line: 1, Column: 1}, Trace: true})
	if err != nil {
		return "", nil, err
	}
	return string(made.Text()), made.Objects[0].Provenance.Fields, nil
}

func TestArgoOptionsAreEditedIntoTheKustomization(t *testing.T) {
	for name, test := range map[string]struct {
		options, kustomization string
		has                    []string
	}{
		"names":                     {`{"namePrefix": "a-", "nameSuffix": "-z", "namespace": "shop"}`, "namePrefix: x-\n", []string{"name: a-web-z", "namespace: shop"}},
		"image's tag, name dropped": {`{"images": ["web:2"]}`, "images: [{name: web, newName: mine/web, newTag: '1.5'}]\n", []string{"image: web:2"}},
		"image's name and digest":   {`{"images": ["web=mine/web@sha256:abc", "side=*:7"]}`, "images: [{name: side, newName: other}]\n", []string{"image: mine/web@sha256:abc", "image: other:7"}},
		"replicas":                  {`{"replicas": [{"name": "web", "count": "4"}]}`, "replicas: [{name: web, count: 2}]\n", []string{"replicas: 4"}},
		"labels of selectors":       {`{"commonLabels": {"team": "a"}}`, "", []string{"matchLabels:\n      app: web\n      team: a"}},
		"labels of metadata only":   {`{"commonLabels": {"team": "a"}, "labelWithoutSelector": true}`, "labels: [{pairs: {x: other}}]\n", []string{"metadata:\n  labels:\n    team: a\n    x: other\n  name: web\n", "matchLabels:\n      app: web\n  template:\n    metadata:\n      labels:\n        app: web\n    spec"}},
		"labels of templates too":   {`{"commonLabels": {"team": "a"}, "labelWithoutSelector": true, "labelIncludeTemplates": true}`, "", []string{"matchLabels:\n      app: web\n  template:\n    metadata:\n      labels:\n        app: web\n        team: a"}},
		"labels by force":           {`{"commonLabels": {"team": "b"}, "forceCommonLabels": true}`, "commonLabels: {team: a}\n", []string{"team: b"}},
		"annotations":               {`{"commonAnnotations": {"note": "n"}}`, "commonAnnotations: {other: o}\n", []string{"note: \"n\"", "other: o"}},
		"patches after its own":     {`{"patches": [{"target": {"kind": "Deployment"}, "patch": "[{\"op\": \"replace\", \"path\": \"/spec/replicas\", \"value\": 9}]"}]}`, "patches: [{target: {kind: Deployment}, patch: '[{\"op\": \"replace\", \"path\": \"/spec/replicas\", \"value\": 3}]'}]\n", []string{"replicas: 9"}},
		"components":                {`{"components": ["../part", "../gone"], "ignoreMissingComponents": true}`, "", []string{"from: part"}},
	} {
		texts := map[string]string{
			"web/kustomization.yaml":  "resources: [web.yaml]\n" + test.kustomization,
			"web/web.yaml":            deployment,
			"part/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonAnnotations: {from: part}\n",
		}
		text, _, err := buildForArgo(t, texts, test.options)
		for _, wanted := range test.has {
			if err != nil || !strings.Contains(text, wanted) {
				t.Errorf("%s: no %q in %s %v", name, wanted, text, err)
			}
		}
	}
}

func TestArgoOptionsThatKustomizeRefuses(t *testing.T) {
	for problem, test := range map[string][2]string{
		"already in kustomization file":     {`{"commonLabels": {"team": "b"}}`, "commonLabels: {team: a}\n"},
		"--without-selector":                {`{"commonLabels": {"team": "b"}, "labelIncludeTemplates": true}`, ""},
		"invalid format of image":           {`{"images": ["web"]}`, ""},
		"../gone has no match":              {`{"components": ["../gone"]}`, ""},
		"remote components are not fetched": {`{"components": ["https://example.org/x"]}`, ""},
		"is no number":                      {`{"replicas": [{"name": "web", "count": "many"}]}`, ""},
	} {
		_, _, err := buildForArgo(t, map[string]string{"web/kustomization.yaml": test[1], "web/web.yaml": deployment}, test[0])
		if err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%s: %v", problem, err)
		}
	}
	if _, _, err := buildForArgo(t, map[string]string{"web/web.yaml": deployment}, `{"namePrefix": "a-"}`); err == nil {
		t.Error("a folder without a kustomization was built")
	}
}

func TestFieldsThatArgoSetsStandInTheApplication(t *testing.T) {
	texts := map[string]string{"web/kustomization.yaml": "resources: [web.yaml]\n", "web/web.yaml": deployment}
	options := `{"namePrefix": "a-",
      "images": ["side:3", "web:2"],
      "replicas": [{"name": "web", "count": 4}],
      "commonAnnotations": {"note": "n"},
      "patches": [{"patch": "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {paused: true}}"}]}`
	_, fields, err := buildForArgo(t, texts, options)
	if err != nil {
		t.Fatal(err)
	}
	for pointer, want := range map[string]string{
		"/metadata/name":                         "app.yaml:5:31 transformed",
		"/spec/template/spec/containers/0/image": "app.yaml:6:28 transformed",
		"/spec/replicas":                         "app.yaml:7:45 transformed",
		"/metadata/annotations/note":             "app.yaml:8:37 transformed",
		"/spec/paused":                           "app.yaml:9:29 transformed",
		"/spec/template/spec/containers/0/name":  "web/web.yaml:11:16 exact",
	} {
		place := fields[pointer]
		if got := fmt.Sprintf("%s:%d:%d %s", place.File, place.Line, place.Column, place.How); got != want {
			t.Errorf("%s: got %s, want %s", pointer, got, want)
		}
	}
}
