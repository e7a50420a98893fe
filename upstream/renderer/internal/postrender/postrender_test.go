package postrender

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/helm"
	"driftline/renderer/internal/objects"
	"driftline/renderer/internal/provenance"
)

const release = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: web
  namespace: apps
spec:
  commonMetadata:
    annotations:
      team: shop
  postRenderers:
  - kustomize:
      images:
      - name: shop/web
        newTag: "2.0"
  - kustomize:
      patches:
      - target: {kind: Deployment}
        patch: |
          - op: add
            path: /spec/paused
            value: true
          - op: remove
            path: /spec/minReadySeconds
`

var chart = map[string]string{
	"release.yaml":      release,
	"chart/Chart.yaml":  "apiVersion: v2\nname: web\nversion: 1.0.0\n",
	"chart/values.yaml": "replicas: 3\n",
	"chart/crds/a.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: as.example.org}\n",
	"chart/templates/a.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: {{ .Values.replicas }}
  minReadySeconds: 5
  template:
    spec:
      containers:
      - name: web
        image: shop/web:1.0
`,
	"chart/templates/b.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hook\n  annotations:\n    helm.sh/hook: pre-install\ndata:\n  answer: yes\n",
}

func apply(t *testing.T, change func(*Release)) []objects.Object {
	t.Helper()
	store, hashes := files.NewStore(), map[string]string{}
	for name, text := range chart {
		hashes[name] = name
		store.Put(name, []byte(text))
	}
	view := files.NewView(store.Set("tree", "/repository", hashes), nil)
	made, err := helm.Template(view, helm.Request{Path: "chart", Release: "web", Namespace: "apps", IncludeCRDs: true, Trace: true})
	if err != nil {
		t.Fatal(err)
	}
	r := &Release{Name: "web", Namespace: "apps", Origin: provenance.Place{File: "release.yaml", Line: 1, Column: 1}}
	if err := json.Unmarshal([]byte(`{"commonMetadata":{"annotations":{"team":"shop"}},"postRenderers":[
		{"kustomize":{"images":[{"name":"shop/web","newTag":"2.0"}]}},
		{"kustomize":{"patches":[{"target":{"kind":"Deployment"},"patch":"- op: add\n  path: /spec/paused\n  value: true\n- op: remove\n  path: /spec/minReadySeconds\n"}]}}]}`), r); err != nil {
		t.Fatal(err)
	}
	change(r)
	done, err := Apply(view, r, made, true)
	if err != nil {
		t.Fatal(err)
	}
	if reads := view.Reads(); slices.ContainsFunc(reads, func(name string) bool { return strings.HasPrefix(name, ".driftline") }) {
		t.Errorf("depends on files that do not exist: %v", reads)
	}
	return done.Objects
}

func find(t *testing.T, all []objects.Object, kind string) (map[string]any, map[string]provenance.Place) {
	t.Helper()
	for _, object := range all {
		var value map[string]any
		if json.Unmarshal(object.Value, &value) == nil && value["kind"] == kind {
			return value, object.Provenance.Fields
		}
	}
	t.Fatalf("no %s", kind)
	return nil, nil
}

func TestPatchedFieldsComeFromTheReleaseAndAllOthersFromTheChart(t *testing.T) {
	value, places := find(t, apply(t, func(*Release) {}), "Deployment")
	want := `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"annotations":{"team":"shop"},"labels":{` +
		`"helm.toolkit.fluxcd.io/name":"web","helm.toolkit.fluxcd.io/namespace":"apps"},"name":"web"},` +
		`"spec":{"paused":true,"replicas":3,"template":{"spec":{"containers":[{"image":"shop/web:2.0","name":"web"}]}}}}`
	if got, _ := json.Marshal(value); string(got) != want {
		t.Errorf("got %s", got)
	}
	for pointer, place := range map[string]string{
		"/spec/paused":                                  "release.yaml:21 exact",
		"/spec/replicas":                                "chart/values.yaml:1 exact",
		"/metadata/name":                                "chart/templates/a.yaml:4 exact",
		"/spec/template/spec/containers/0/image":        "release.yaml:14 transformed",
		"/spec/template/spec/containers/0/name":         "chart/templates/a.yaml:11 exact",
		"/metadata/annotations/team":                    "release.yaml:9 transformed",
		"/metadata/labels/helm.toolkit.fluxcd.io~1name": "release.yaml:4 transformed",
	} {
		if got := places[pointer]; got.String()+" "+got.How != place {
			t.Errorf("%s: got %s %s, want %s", pointer, got, got.How, place)
		}
	}
	for pointer, place := range places {
		if strings.HasPrefix(place.File, ".driftline") || strings.Contains(strings.Join(place.Via, " "), ".driftline") {
			t.Errorf("%s comes from %s %v", pointer, place, place.Via)
		}
	}
}

func TestHooksAreRenderedAsTheStrategySays(t *testing.T) {
	for strategy, labelled := range map[string]bool{"": true, "combined": true, "separate": true, "nohooks": false} {
		value, _ := find(t, apply(t, func(r *Release) { r.PostRenderStrategy = strategy }), "ConfigMap")
		_, has := value["metadata"].(map[string]any)["labels"]
		if has != labelled {
			t.Errorf("%q: got %v", strategy, value)
		}
		// kustomize reads YAML 1.2, Helm 1.1.
		if answer := value["data"].(map[string]any)["answer"]; (answer == "yes") != labelled {
			t.Errorf("%q: got %v", strategy, answer)
		}
	}
}

func TestDefinitionsAreLabelledOnly(t *testing.T) {
	value, _ := find(t, apply(t, func(*Release) {}), "CustomResourceDefinition")
	metadata := value["metadata"].(map[string]any)
	if metadata["annotations"] != nil || metadata["labels"].(map[string]any)["helm.toolkit.fluxcd.io/name"] != "web" {
		t.Errorf("got %v", metadata)
	}
}
