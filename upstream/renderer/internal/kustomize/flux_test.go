package kustomize

import (
	"encoding/json"
	"strings"
	"testing"

	"driftline/renderer/internal/provenance"
)

const fluxFile = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: apps
  namespace: flux-system
spec:
  commonMetadata:
    labels:
      team: shop
  postBuild:
    substitute:
      TAG: "2.0"
`

func buildFlux(t *testing.T, flux *Flux, texts map[string]string) map[string]any {
	t.Helper()
	made, err := Build(viewOf(texts), Request{Path: "apps", Flux: flux, Trace: true, Origin: provenance.Place{File: "ks.yaml", Line: 1, Column: 1}})
	if err != nil {
		t.Fatal(err)
	}
	result := map[string]any{"sensitive": made.Objects[0].Sensitive, "unresolved": made.Objects[0].Unresolved}
	places := map[string]string{}
	for pointer, place := range made.Objects[0].Provenance.Fields {
		places[pointer] = strings.Join(append([]string{place.String() + " " + place.How}, place.Via...), " | ")
	}
	var value map[string]any
	if err := json.Unmarshal(made.Objects[0].Value, &value); err != nil {
		t.Fatal(err)
	}
	result["places"], result["value"] = places, value
	return result
}

func TestSubstitutedFieldsKeepTheirPlaces(t *testing.T) {
	flux := &Flux{
		Name: "apps", Namespace: "flux-system",
		CommonMetadata: &commonMetadata{Labels: map[string]string{"team": "shop"}},
		PostBuild: &postBuild{
			Substitute:     map[string]string{"TAG": "2.0"},
			SubstituteFrom: []objectName{{"ConfigMap", "settings"}, {"Secret", "keys"}},
			Known: []knownData{
				{objectName: objectName{"ConfigMap", "settings"}, Data: map[string]string{"TAG": "1.0", "KEY": "shop", "N": "3"},
					Places: map[string]provenance.Place{"KEY": {File: "settings.yaml", Line: 6, Column: 8}}},
				{objectName: objectName{"Secret", "keys"}, Data: map[string]string{"WORD": "hush"}, Secret: true},
			},
		},
	}
	made := buildFlux(t, flux, map[string]string{
		"ks.yaml": fluxFile,
		"apps/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  ${KEY}: ${TAG}\n  n: ${N}\n  word: a-${WORD/u/a}\n" +
			"  both: ${TAG}${WORD:-x}\n  none: ${NONE:=default}\n  escaped: $${TAG}\n  plain: yes\n",
	})
	data := made["value"].(map[string]any)["data"].(map[string]any)
	want := map[string]any{"shop": 2.0, "n": 3.0, "word": "a-hash", "both": "2.0hush", "none": "default", "escaped": "${TAG}", "plain": "yes"}
	for key, value := range want {
		if data[key] != value {
			t.Errorf("%s: got %v, want %v", key, data[key], value)
		}
	}
	places := made["places"].(map[string]string)
	for pointer, place := range map[string]string{
		"/data/shop":            "apps/a.yaml:6 transformed | ks.yaml:1 resources | settings.yaml:6 ConfigMap settings KEY | ks.yaml:12 postBuild TAG",
		"/data/n":               "apps/a.yaml:7 transformed | ks.yaml:1 resources",
		"/data/none":            "apps/a.yaml:10 transformed | ks.yaml:1 resources",
		"/data/escaped":         "apps/a.yaml:11 transformed | ks.yaml:1 resources",
		"/data/plain":           "apps/a.yaml:12 exact | ks.yaml:1 resources",
		"/metadata/labels/team": "ks.yaml:9 transformed",
		"/metadata/labels/kustomize.toolkit.fluxcd.io~1name": "ks.yaml:4 transformed",
	} {
		if places[pointer] != place {
			t.Errorf("%s: got %q, want %q", pointer, places[pointer], place)
		}
	}
	if got := strings.Join(made["sensitive"].([]string), " "); got != "/data/both /data/word" {
		t.Errorf("sensitive: %s", got)
	}
}

func TestWhatMayBeSetElsewhereIsNotCertain(t *testing.T) {
	files := map[string]string{"ks.yaml": fluxFile, "apps/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: ${X}\n"}
	settings := knownData{objectName: objectName{"ConfigMap", "settings"}, Data: map[string]string{"X": "1", "Y": "2"}}
	sealed := knownData{objectName: objectName{"Secret", "keys"}, Hidden: []string{"Y"}, Secret: true, Reason: "is encrypted"}
	from := []objectName{{"ConfigMap", "settings"}, {"Secret", "keys"}}
	for name, c := range map[string]struct {
		build *postBuild
		want  string
	}{
		"a later object that is not known may win": {&postBuild{SubstituteFrom: from, Known: []knownData{settings}},
			"${X} may be set by Secret keys, which only the cluster has"},
		"a later object whose keys are known does not": {&postBuild{SubstituteFrom: from, Known: []knownData{settings, sealed}}, ""},
		"an earlier one cannot":                        {&postBuild{SubstituteFrom: []objectName{from[1], from[0]}, Known: []knownData{settings}}, ""},
		"the spec wins over all":                       {&postBuild{SubstituteFrom: from, Substitute: map[string]string{"X": "3"}}, ""},
		"a hidden value": {&postBuild{SubstituteFrom: from, Known: []knownData{settings, {objectName: sealed.objectName, Hidden: []string{"X"}, Reason: "is encrypted"}}},
			"${X} may be set by Secret keys, which is encrypted"},
		"none of all": {&postBuild{SubstituteFrom: from[1:], Unknown: []unknownData{{from[1], "is not there"}}},
			"${X} may be set by Secret keys, which is not there"},
	} {
		if got := buildFlux(t, &Flux{PostBuild: c.build}, files)["unresolved"]; got != c.want {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestWhatNothingSetsIsRefusedOrEmpty(t *testing.T) {
	text := "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: ${A}\n  b: ${B:-b}\n  c: ${C}${#D}\n"
	build := &postBuild{Substitute: map[string]string{"A": "1"}}
	got := buildFlux(t, &Flux{PostBuild: build}, map[string]string{"ks.yaml": fluxFile, "apps/a.yaml": text})["unresolved"]
	if got != "${C}, ${D} is set by nothing: kustomize-controller 1.9 and later refuse that, earlier ones leave it empty" {
		t.Errorf("got %q", got)
	}
}

func TestNothingIsSubstitutedWithoutVariables(t *testing.T) {
	files := map[string]string{"ks.yaml": fluxFile, "apps/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: ${X:-1}\n"}
	absent := []knownData{{objectName: objectName{"ConfigMap", "gone"}}}
	from := []objectName{{"ConfigMap", "gone"}}
	for strategy, want := range map[string]any{"": "${X:-1}", "Always": 1.0} {
		build := &postBuild{SubstituteFrom: from, Known: absent, SubstituteStrategy: strategy}
		value := buildFlux(t, &Flux{PostBuild: build}, files)["value"].(map[string]any)
		if got := value["data"].(map[string]any)["x"]; got != want {
			t.Errorf("%q: got %v", strategy, got)
		}
	}
}

func TestNamesAndErrorsTellNoSecret(t *testing.T) {
	secret := &postBuild{SubstituteFrom: []objectName{{"Secret", "keys"}},
		Known: []knownData{{objectName: objectName{"Secret", "keys"}, Data: map[string]string{"X": "hush: [hush"}, Secret: true}}}
	files := map[string]string{"ks.yaml": fluxFile, "apps/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a-${X}\n"}
	_, err := Build(viewOf(files), Request{Path: "apps", Flux: &Flux{PostBuild: secret}})
	if err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("got %v", err)
	}
	secret.Known[0].Data["X"] = "hush"
	made, err := Build(viewOf(files), Request{Path: "apps", Flux: &Flux{PostBuild: secret}})
	if err != nil || string(made.Objects[0].Value) != "{}" || !strings.Contains(made.Objects[0].Unresolved, "name from ${X} of Secret keys") {
		t.Errorf("got %v %+v", err, made.Objects)
	}
}

func TestAFieldsNameTellsNoSecret(t *testing.T) {
	secret := &postBuild{SubstituteFrom: []objectName{{"Secret", "keys"}},
		Known: []knownData{{objectName: objectName{"Secret", "keys"}, Data: map[string]string{"X": "hush"}, Secret: true}}}
	files := map[string]string{"ks.yaml": fluxFile, "apps/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  ${X}: 1\n  b: c\n"}
	made, err := Build(viewOf(files), Request{Path: "apps", Flux: &Flux{PostBuild: secret}})
	if err != nil || strings.Contains(string(made.Objects[0].Value), "hush") || !strings.Contains(made.Objects[0].Unresolved, "name of one of its fields") {
		t.Errorf("got %v %s %s", err, made.Objects[0].Value, made.Objects[0].Unresolved)
	}
}

func TestAParentsPatchIsWhereItsValuesStand(t *testing.T) {
	parent := "kind: Kustomization\nspec:\n  patches:\n  - patch: |-\n      spec:\n        patches:\n        - patch: |-\n            - op: add\n              path: /data/b\n              value: two\n"
	flux := &Flux{
		Patches: []json.RawMessage{[]byte(`{"patch":"- op: add\n  path: /data/b\n  value: two","target":{"kind":"ConfigMap"}}`)},
		Places:  map[string]provenance.Place{"/spec/patches/0/patch": {File: "parent.yaml", Line: 7, Column: 18}},
	}
	places := buildFlux(t, flux, map[string]string{
		"ks.yaml": fluxFile, "parent.yaml": parent, "apps/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: one\n",
	})["places"].(map[string]string)
	if got := places["/data/b"]; !strings.HasPrefix(got, "parent.yaml:10 exact") {
		t.Errorf("got %q", got)
	}
}
