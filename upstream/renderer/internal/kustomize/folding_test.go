package kustomize

import (
	"strings"
	"testing"

	"driftline/renderer/internal/provenance"
)

var longText = strings.Repeat("    a line of text\n", 40)

func TestFoldedTextsAreBuiltAndTracedAsTheyAre(t *testing.T) {
	config := "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  text: |\n" + longText
	view := viewOf(map[string]string{
		"kustomization.yaml": "resources: [a.yaml, list.yaml]\n",
		"a.yaml":             config,
		"list.yaml": "apiVersion: v1\nkind: ConfigMapList\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: b}\n" +
			"  data:\n    text: |\n" + strings.ReplaceAll(longText, "    ", "      "),
	})
	built, err := Build(view, Request{Trace: true})
	if err != nil || strings.Contains(string(built.Text()), "fold") || strings.Count(string(built.Text()), "a line of text") != 80 {
		t.Fatalf("%s %v", built.Text(), err)
	}
	for index, want := range []provenance.Place{{File: "a.yaml", Line: 6, Column: 9}, {File: "list.yaml", Line: 8, Column: 11}} {
		place := built.Objects[index].Provenance.Fields["/data/text"]
		if place.String() != want.String() || place.Column != want.Column || place.How != provenance.Exact {
			t.Errorf("%+v", place)
		}
	}
}

func TestWhatLooksInsideAFoldedTextSeesIt(t *testing.T) {
	config := "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  text: |\n" + longText
	for name, kustomization := range map[string]string{
		"a test":        "patches:\n- target: {kind: ConfigMap}\n  patch: |-\n    - {op: copy, from: /data/text, path: /data/other}\n",
		"a replacement": "replacements:\n- source: {kind: ConfigMap, name: a, fieldPath: data.text}\n  targets:\n  - select: {kind: ConfigMap}\n    fieldPaths: [data.other]\n    options: {create: true}\n",
		"a generator":   "configMapGenerator:\n- {name: a, behavior: merge, literals: [other=1]}\n",
	} {
		view := viewOf(map[string]string{"kustomization.yaml": "resources: [a.yaml]\n" + kustomization, "a.yaml": config})
		made, err := (Request{}).make(view)
		if err != nil || made.folds != nil {
			t.Errorf("%s: folded, or %v", name, err)
		}
	}
}
