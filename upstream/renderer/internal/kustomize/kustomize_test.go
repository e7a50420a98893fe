package kustomize

import (
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/provenance"
)

func viewOf(texts map[string]string) *files.View {
	store, hashes := files.NewStore(), map[string]string{}
	for name, text := range texts {
		hashes[name] = name
		store.Put(name, []byte(text))
	}
	return files.NewView(store.Set("tree", "/repository", hashes), nil)
}

const pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  hostname: one\n"

func TestBuildTracesWithoutChangingTheText(t *testing.T) {
	view := viewOf(map[string]string{
		"kustomization.yaml": "resources: [pod.yaml]\nnamePrefix: a-\npatches:\n- target: {kind: Pod}\n  patch: |-\n    - {op: add, path: /spec/x, value: {list: [1, two]}}\n",
		"pod.yaml":           "# first\n" + pod,
	})
	plain, err := Build(view, Request{})
	if err != nil {
		t.Fatal(err)
	}
	traced, err := Build(view, Request{Trace: true})
	if err != nil || string(plain.Text()) != string(traced.Text()) {
		t.Fatalf("%s\n%s\n%v", plain.Text(), traced.Text(), err)
	}
	fields := traced.Objects[0].Provenance.Fields
	for pointer, want := range map[string]provenance.Place{
		"/spec/hostname": {File: "pod.yaml", Line: 7, Column: 13, How: provenance.Exact},
		"/spec/x/list/1": {File: "kustomization.yaml", Line: 6, Column: 50, How: provenance.Exact},
		"/metadata/name": {File: "kustomization.yaml", Line: 2, Column: 13, How: provenance.Transformed},
	} {
		got := fields[pointer]
		got.Via = nil
		if got.String() != want.String() || got.Column != want.Column || got.How != want.How {
			t.Errorf("%s: got %+v, want %+v", pointer, got, want)
		}
	}
}

func TestTypesOfOneBuildAreNotThoseOfTheNext(t *testing.T) {
	patched := map[string]string{
		"plain/kustomization.yaml": "resources: [a.yaml]\npatches:\n- patch: |-\n    apiVersion: apps/v1\n    kind: Deployment\n" +
			"    metadata: {name: a}\n    spec: {template: {spec: {containers: [{name: one, image: b}]}}}\n",
		"plain/a.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n" +
			"spec: {template: {spec: {containers: [{name: one, image: a, tty: true}]}}}\n",
		"own/kustomization.yaml": "resources: [../plain]\nopenapi: {path: types.json}\n",
		"own/types.json":         `{"definitions": {"x": {"type": "object"}}}`,
	}
	view := viewOf(patched)
	before, err := Build(view, Request{Path: "plain"})
	if err != nil {
		t.Fatal(err)
	}
	if other, err := Build(view, Request{Path: "own"}); err != nil || string(other.Text()) == string(before.Text()) {
		t.Fatal("the types do not count", err)
	}
	if after, err := Build(view, Request{Path: "plain"}); err != nil || string(after.Text()) != string(before.Text()) {
		t.Errorf("%s %v", after.Text(), err)
	}
}

func TestWhatReachesOutsideIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"helmCharts": "helmCharts:\n- {name: a, repo: https://example.org}\n",
		"plug-ins":   "generators:\n- |\n  apiVersion: example.org/v1\n  kind: Maker\n  metadata:\n    name: a\n    annotations:\n      config.kubernetes.io/function: \"container: {image: a}\"\n",
		"root":       "resources: [/etc/hostname]\n",
	} {
		if _, err := Build(viewOf(map[string]string{"kustomization.yaml": text}), Request{}); err == nil {
			t.Errorf("%s: built", name)
		}
	}
}

func TestPaddedTextsKeepTheirDocuments(t *testing.T) {
	numbers := newNumbering(100)
	numbers.add("first", "first", provenance.NewText("a\nb\nc"), nil)
	for _, text := range []string{"a: 1\n---\nb: 2\n", "---\na: 1\n--- # x\r\nb: 2", "a: |\n  ---x\n  y\n---\nb: 2\n"} {
		numbered := numbers.add(text, "file.yaml", provenance.NewText(text), nil)
		decoder := yaml.NewDecoder(strings.NewReader(string(numbered.padded([]byte(text)))))
		for {
			var document yaml.Node
			if decoder.Decode(&document) != nil {
				break
			}
			// Kustomize parses each document alone; here the lines of the second run on from the first.
			if root := document.Content[0]; root.Kind == yaml.MappingNode && root.Content[0].Value == "a" {
				place, _, ok := numbers.locate(root.Content[1])
				if want := strings.Count(text[:strings.Index(text, "a:")], "\n") + 1; !ok || place.Line != want {
					t.Errorf("%q: %+v, want line %d", text, place, want)
				}
			}
		}
	}
}

func TestAlignPairsListItems(t *testing.T) {
	parse := func(text string) *yaml.Node { return yaml.MustParse(text).YNode() }
	built := parse("- {name: a, v: 1}\n- {name: new}\n- {name: b, v: 3}\n")
	other := parse("- {name: b, v: 2}\n- {name: a, v: 1}\n")
	found := map[string]*yaml.Node{}
	align(built, other, "", found)
	if got := found["/0/v"]; got == nil || got.Value != "1" {
		t.Error("equal items are not paired", got)
	}
	if got := found["/2/v"]; got == nil || got.Value != "2" {
		t.Error("items of one name are not paired", got)
	}
	if found["/1"] != nil {
		t.Error("a new item has a partner")
	}
}

func TestMarksComeOutOfTheValue(t *testing.T) {
	all := newMarks()
	tag, count := yaml.NewScalarRNode("1.2").YNode(), yaml.NewScalarRNode("3").YNode()
	all.text(tag, mark{field: "images"})
	all.number(count, mark{field: "replicas"})
	if plain, found := all.read("web:" + tag.Value); plain != "web:1.2" || len(found) != 1 || found[0].field != "images" {
		t.Error(plain, found)
	}
	if plain, found := all.read(count.Value); plain != "3" || len(found) != 1 {
		t.Error(plain, found)
	}
	if plain, found := all.read("plain"); plain != "plain" || len(found) != 0 {
		t.Error(plain, found)
	}
}

func TestSubstitutionNamesWhatOnlyTheClusterKnows(t *testing.T) {
	view := viewOf(map[string]string{"apps/pod.yaml": strings.Replace(pod, "one", "${HOST}-${ZONE:=x}", 1)})
	flux := &Flux{PostBuild: &postBuild{Substitute: map[string]string{"HOST": "h"}}}
	built, err := Build(view, Request{Path: "apps", Flux: flux})
	if err != nil || !strings.Contains(string(built.Objects[0].Value), `"hostname":"h-x"`) || built.Objects[0].Unresolved != "" {
		t.Fatalf("%s %v", built.Objects[0].Value, err)
	}
	flux.PostBuild.SubstituteFrom = append(flux.PostBuild.SubstituteFrom, struct {
		Kind string `json:"kind"`
		Name string `json:"name"`
	}{"ConfigMap", "zones"})
	built, err = Build(view, Request{Path: "apps", Flux: flux})
	if err != nil || built.Objects[0].Unresolved != "${ZONE} may be set by ConfigMap zones, which only the cluster has" {
		t.Errorf("%q %v", built.Objects[0].Unresolved, err)
	}
}
