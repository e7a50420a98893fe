package kustomize

import (
	"fmt"
	"strings"
	"testing"
)

// placed is one build and where some of its fields come from: by kind and pointer, `file:line:column how`.
type placed struct {
	files map[string]string
	want  map[string]string
	// via are links that the chain of a field has.
	via map[string]string
}

const webText = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 1\n  template:\n    spec:\n      containers:\n      - name: app\n        image: nginx:1.0\n        args: [\"-a\", '-b']\n"

const replicasPatch = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 1\n"

const settingsText = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  key: one\n  other: two\n"

var constructs = map[string]placed{
	"the last of two patches": {
		files: map[string]string{
			"kustomization.yaml": "resources: [web.yaml]\npatches:\n- path: first.yaml\n- path: second.yaml\n",
			"web.yaml":           webText,
			"first.yaml":         "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 2\n",
			"second.yaml":        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 3\n",
		},
		want: map[string]string{"Deployment /spec/replicas": "second.yaml:6:13 exact"},
		via: map[string]string{
			"Deployment /spec/replicas": "kustomization.yaml:4 patches > first.yaml:6 overwritten > web.yaml:6 overwritten",
		},
	},
	"patches of a base, a component and an overlay": {
		files: map[string]string{
			"kustomization.yaml":           "resources: [base]\ncomponents: [component]\npatches:\n- path: patch.yaml\n",
			"patch.yaml":                   strings.Replace(replicasPatch, ": 1", ": 4", 1),
			"component/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n- path: patch.yaml\n",
			"component/patch.yaml":         strings.Replace(replicasPatch, ": 1", ": 3", 1),
			"base/kustomization.yaml":      "resources: [web.yaml]\npatches:\n- path: patch.yaml\n",
			"base/patch.yaml":              strings.Replace(replicasPatch, ": 1", ": 2", 1),
			"base/web.yaml":                webText,
		},
		want: map[string]string{"Deployment /spec/replicas": "patch.yaml:6:13 exact"},
		via: map[string]string{
			"Deployment /spec/replicas": "kustomization.yaml:4 patches > component/patch.yaml:6 overwritten > base/patch.yaml:6 overwritten > base/web.yaml:6 overwritten",
		},
	},
	"an image that a patch sets and a kustomization tags": {
		files: map[string]string{
			"kustomization.yaml": "resources: [web.yaml]\npatches:\n- path: patch.yaml\nimages:\n- name: other\n  newTag: \"2\"\n",
			"web.yaml":           webText,
			"patch.yaml":         "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - name: app\n        image: other:1\n",
		},
		want: map[string]string{"Deployment /spec/template/spec/containers/0/image": "kustomization.yaml:6:11 transformed"},
		via: map[string]string{
			"Deployment /spec/template/spec/containers/0/image": "kustomization.yaml:6 images > patch.yaml:10 patches > web.yaml:11 overwritten",
		},
	},
	"a patch that says what the base says": {
		files: map[string]string{
			"kustomization.yaml": "resources: [web.yaml]\npatches:\n- target: {kind: Deployment}\n  path: patch.yaml\n",
			"web.yaml":           strings.Replace(webText, "  name: web\n", "  name: web\n  labels:\n    tier: front\n", 1),
			"patch.yaml":         "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: any\n  labels:\n    tier: front\n",
		},
		want: map[string]string{"Deployment /metadata/labels/tier": "patch.yaml:6:11 exact", "Deployment /metadata/name": "web.yaml:4:9 exact"},
	},
	"JSON patches with tests, renaming": {
		files: map[string]string{
			"kustomization.yaml": "resources: [web.yaml]\npatches:\n- target: {kind: Deployment}\n  patch: |-\n    - {op: replace, path: /spec/replicas, value: 2}\n    - {op: test, path: /spec/replicas, value: 2}\n    - {op: replace, path: /metadata/name, value: other}\n    - op: add\n      path: /spec/template/spec/containers/-\n      value: {name: side, image: 'side:1'}\n",
			"web.yaml":           webText,
		},
		want: map[string]string{
			"Deployment /spec/replicas":                         "kustomization.yaml:5:50 exact",
			"Deployment /metadata/name":                         "kustomization.yaml:7:50 exact",
			"Deployment /spec/template/spec/containers/0/image": "web.yaml:11:16 exact",
			"Deployment /spec/template/spec/containers/1/image": "kustomization.yaml:10:34 exact",
		},
	},
	"a JSON patch that changes how a number is written": {
		files: map[string]string{
			"kustomization.yaml": "resources: [web.yaml]\npatches:\n- target: {kind: Deployment}\n  patch: '[{\"op\": \"add\", \"path\": \"/spec/paused\", \"value\": true}]'\n",
			"web.yaml":           webText + "      volumes:\n      - name: v\n        configMap: {defaultMode: 0755}\n",
		},
		want: map[string]string{
			"Deployment /spec/template/spec/volumes/0/configMap/defaultMode": "web.yaml:15:34 exact",
			"Deployment /spec/paused": "kustomization.yaml:4:10 transformed",
		},
	},
	"one of two equal items that a JSON patch removes": {
		files: map[string]string{
			"kustomization.yaml": "resources: [web.yaml]\npatches:\n- target: {kind: Deployment}\n  patch: '[{\"op\": \"remove\", \"path\": \"/spec/template/spec/containers/0/args/0\"}]'\n",
			"web.yaml":           strings.Replace(webText, "'-b'", "'-a'", 1),
		},
		want: map[string]string{"Deployment /spec/template/spec/containers/0/args/0": "unknown"},
	},
	"a JSON patch that adds an item like one that it removes": {
		files: map[string]string{
			"kustomization.yaml": "resources: [web.yaml]\npatches:\n- target: {kind: Deployment}\n  patch: |-\n    - {op: add, path: /spec/template/spec/containers/0/args/-, value: \"-a\"}\n    - {op: remove, path: /spec/template/spec/containers/0/args/0}\n    - {op: copy, from: /spec/replicas, path: /spec/limit}\n",
			"web.yaml":           strings.Replace(webText, "'-b'", "'-a'", 1),
		},
		want: map[string]string{
			"Deployment /spec/template/spec/containers/0/args/0": "unknown",
			"Deployment /spec/template/spec/containers/0/args/1": "kustomization.yaml:5:71 exact",
			"Deployment /spec/limit":                             "web.yaml:6:13 transformed",
		},
		via: map[string]string{"Deployment /spec/limit": "kustomization.yaml:7 patches"},
	},
	"a replica count of an object that a JSON patch changes": {
		files: map[string]string{
			"kustomization.yaml":      "resources: [base]\npatches:\n- target: {kind: Deployment}\n  patch: '[{\"op\": \"add\", \"path\": \"/spec/paused\", \"value\": true}]'\n",
			"base/kustomization.yaml": "resources: [web.yaml]\nreplicas:\n- name: web\n  count: 3\n",
			"base/web.yaml":           webText,
		},
		want: map[string]string{"Deployment /spec/replicas": "base/kustomization.yaml:4:10 transformed"},
	},
	"components": {
		files: map[string]string{
			"kustomization.yaml":           "resources: [web.yaml]\ncomponents: [component]\n",
			"web.yaml":                     webText,
			"component/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nreplicas:\n- name: web\n  count: 5\n",
		},
		want: map[string]string{"Deployment /spec/replicas": "component/kustomization.yaml:5:10 transformed"},
		via:  map[string]string{"Deployment /spec/replicas": "kustomization.yaml:2 components > component/kustomization.yaml:5 replicas > web.yaml:6"},
	},
	"generators": {
		files: map[string]string{
			"kustomization.yaml": "resources: [base]\nconfigMapGenerator:\n- name: settings\n  behavior: merge\n  literals:\n  - \"quoted=one\"\n  - inner=\"two\"\nsecretGenerator:\n- name: settings\n  envs: [secret.env]\n",
			"secret.env":         "# comment\nTOKEN=abc\n",
			"base/kustomization.yaml": "configMapGenerator:\n- name: settings\n  files: [a.txt, b=some.json]\n  literals: [plain=x]\n" +
				"generatorOptions:\n  immutable: true\n  labels: {app: shop}\n",
			"base/a.txt": "text\n", "base/some.json": "{}",
		},
		want: map[string]string{
			"ConfigMap /data/quoted":         "kustomization.yaml:6:13 exact",
			"ConfigMap /data/inner":          "kustomization.yaml:7:11 exact",
			"ConfigMap /data/plain":          "base/kustomization.yaml:4:20 exact",
			"ConfigMap /data/a.txt":          "base/a.txt:1:1 exact",
			"ConfigMap /data/b":              "base/some.json:1:1 exact",
			"ConfigMap /metadata/labels/app": "base/kustomization.yaml:7:17 transformed",
			"ConfigMap /metadata/name":       "base/kustomization.yaml:2:9 transformed",
			"Secret /data/TOKEN":             "secret.env:2:7 exact",
			"Secret /type":                   "kustomization.yaml:9:9 transformed",
		},
	},
	"generators of like names": {
		files: map[string]string{
			"kustomization.yaml": "configMapGenerator:\n- name: a\n  literals: [x=1]\n- name: a-b\n  literals: [y=1]\nsecretGenerator:\n- name: b\n  literals: [x=1]\n  options: {disableNameSuffixHash: true}\ngeneratorOptions: {immutable: true}\n",
		},
		want: map[string]string{"ConfigMap /data/y": "kustomization.yaml:5:16 exact", "Secret /data/x": "kustomization.yaml:8:16 exact", "Secret /immutable": "kustomization.yaml:10:31 exact"},
	},
	"a replacement": {
		files: map[string]string{
			"kustomization.yaml": "resources: [web.yaml, settings.yaml]\nreplacements:\n- source: {kind: ConfigMap, name: settings, fieldPath: data.key}\n  targets:\n  - select: {kind: Deployment}\n    fieldPaths: [\"spec.template.spec.containers.[name=app].image\"]\n    options: {delimiter: ':', index: 1}\n",
			"web.yaml":           webText, "settings.yaml": settingsText,
		},
		want: map[string]string{"Deployment /spec/template/spec/containers/0/image": "settings.yaml:6:8 transformed"},
		via:  map[string]string{"Deployment /spec/template/spec/containers/0/image": "kustomization.yaml:3 replacements > web.yaml:11"},
	},
	"a replacement by what stands there already": {
		files: map[string]string{
			"kustomization.yaml": "resources: [web.yaml, settings.yaml]\nreplacements:\n- path: replacement.yaml\n",
			"replacement.yaml":   "source: {kind: ConfigMap, name: settings, fieldPath: data.key}\ntargets:\n- select: {kind: Deployment}\n  fieldPaths: [spec.template.spec.containers.0.image]\n",
			"web.yaml":           strings.Replace(webText, "nginx:1.0", "one", 1), "settings.yaml": settingsText,
		},
		want: map[string]string{"Deployment /spec/template/spec/containers/0/image": "settings.yaml:6:8 transformed"},
	},
	"vars": {
		files: map[string]string{
			"kustomization.yaml": "resources: [web.yaml, settings.yaml]\nvars:\n- name: KEY\n  objref: {kind: ConfigMap, name: settings, apiVersion: v1}\n  fieldref: {fieldpath: data.key}\n",
			"web.yaml":           strings.Replace(webText, "'-b'", "--key=$(KEY)", 1), "settings.yaml": settingsText,
		},
		want: map[string]string{"Deployment /spec/template/spec/containers/0/args/1": "settings.yaml:6:8 transformed"},
		via:  map[string]string{"Deployment /spec/template/spec/containers/0/args/1": "kustomization.yaml:3 vars > web.yaml:12"},
	},
	"names and what refers to them": {
		files: map[string]string{
			"kustomization.yaml": "resources: [web.yaml, settings.yaml]\nnamePrefix: p-\nnamespace: shop\ncommonLabels: {app: x}\n",
			"web.yaml":           webText + "        envFrom:\n        - configMapRef: {name: settings}\n", "settings.yaml": settingsText,
		},
		want: map[string]string{
			"Deployment /metadata/name":                                               "kustomization.yaml:2:13 transformed",
			"Deployment /metadata/namespace":                                          "kustomization.yaml:3:12 transformed",
			"Deployment /spec/template/metadata/labels/app":                           "kustomization.yaml:4:21 transformed",
			"Deployment /spec/template/spec/containers/0/envFrom/0/configMapRef/name": "kustomization.yaml:2:13 transformed",
		},
		via: map[string]string{"Deployment /spec/template/spec/containers/0/envFrom/0/configMapRef/name": "web.yaml:14"},
	},
	"anchors, aliases and merge keys": {
		files: map[string]string{
			"kustomization.yaml": "resources: [a.yaml]\n",
			"a.yaml":             "apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: a}\nspec:\n  one: &one\n    x: 1\n    y: &y why\n  two: *one\n  three:\n    <<: *one\n    x: 2\n  four: *y\n",
		},
		want: map[string]string{
			"Thing /spec/two/x": "a.yaml:6:8 exact", "Thing /spec/three/x": "a.yaml:11:8 exact",
			"Thing /spec/three/y": "a.yaml:7:8 exact", "Thing /spec/four": "a.yaml:7:8 exact",
		},
	},
	"lists, JSON, CRLF and wide characters": {
		files: map[string]string{
			"kustomization.yaml": "resources: [list.yaml, one.json, crlf.yaml]\n",
			"list.yaml":          "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata: {name: s}\n  spec: {type: \"NodePort\"}\n",
			"one.json":           "{\n  \"apiVersion\": \"v1\", \"kind\": \"Secret\",\n  \"metadata\": {\"name\": \"j\"},\n  \"stringData\": {\"😀\": \"a\", \"b\": \"c\"}\n}\n",
			"crlf.yaml":          "apiVersion: v1\r\nkind: ConfigMap\r\nmetadata:\r\n  name: c\r\ndata:\r\n  text: |\r\n    one\r\n    two\r\n  next: 'x'\r\n",
		},
		want: map[string]string{
			"Service /spec/type": "list.yaml:7:16 exact", "Secret /stringData/b": "one.json:4:34 exact",
			"ConfigMap /data/text": "crlf.yaml:6:9 exact", "ConfigMap /data/next": "crlf.yaml:9:9 exact",
		},
	},
	"a folded text that is printed in another way": {
		files: map[string]string{
			"kustomization.yaml": "resources: [a.yaml]\n",
			"a.yaml":             "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  text: >\n    one\n      two\n    three\n",
		},
		want: map[string]string{"ConfigMap /data/text": "a.yaml:5:9 transformed"},
	},
}

func TestEveryConstructLeadsToItsLine(t *testing.T) {
	for name, test := range constructs {
		t.Run(name, func(t *testing.T) {
			built, err := Build(viewOf(test.files), Request{Trace: true})
			if err != nil {
				t.Fatal(err)
			}
			for field, want := range test.want {
				kind, pointer, _ := strings.Cut(field, " ")
				place, found := built.Objects[0].Provenance.Fields[pointer], false
				for index := len(built.Objects) - 1; index >= 0; index-- {
					at, known := built.Objects[index].Provenance.Fields[pointer]
					if strings.Contains(string(built.Objects[index].Value), fmt.Sprintf(`"kind":%q`, kind)) && known {
						place, found = at, true
					}
				}
				got := fmt.Sprintf("%s:%d %s", place, place.Column, place.How)
				if place.How == "unknown" || place.How == "" {
					got = "unknown"
				}
				if !found && want != "unknown" || got != want {
					t.Errorf("%s: %s, want %s", field, got, want)
				}
				if via, chain := test.via[field], strings.Join(place.Via, " > "); !strings.Contains(chain, via) {
					t.Errorf("%s: via %s, want %s", field, chain, via)
				}
			}
		})
	}
}
