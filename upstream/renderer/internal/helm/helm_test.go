package helm

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

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

const chartFile = "apiVersion: v2\nname: web\nversion: 0.1.0\n"

func TestLaterValuesWin(t *testing.T) {
	view := viewOf(map[string]string{
		"web/Chart.yaml":       chartFile,
		"web/values.yaml":      "a: chart\nb: chart\nc: chart\n",
		"prod.yaml":            "b: prod\nc: prod\n",
		"web/templates/x.yaml": "kind: X\na: {{ .Values.a }}-{{ .Values.b }}-{{ .Values.c }}\nns: {{ .Release.Namespace }}\n",
	})
	made, err := Template(view, Request{Path: "web", Namespace: "shop", Values: []Values{{File: "prod.yaml"}, {Text: "c: inline"}}})
	if err != nil {
		t.Fatal(err)
	}
	if want := "---\n# Source: web/templates/x.yaml\nkind: X\na: chart-prod-inline\nns: shop\n"; string(made.Text()) != want {
		t.Errorf("%q", made.Text())
	}
}

func TestIgnoredFilesAreNoTemplates(t *testing.T) {
	view := viewOf(map[string]string{
		"web/Chart.yaml": chartFile, "web/.helmignore": "templates/skip.yaml\n",
		"web/templates/skip.yaml": "{{ fail \"read\" }}", "web/templates/x.yaml": "kind: X\n",
	})
	if made, err := Template(view, Request{Path: "web"}); err != nil || len(made.Objects) != 1 {
		t.Error(made, err)
	}
}

func TestMissingDependenciesAreNamed(t *testing.T) {
	view := viewOf(map[string]string{"web/Chart.yaml": chartFile + "dependencies:\n- {name: a, version: 1.0.0}\n- {name: b, version: 1.0.0}\n"})
	_, err := Template(view, Request{Path: "web"})
	var missing *MissingDependencies
	if !errors.As(err, &missing) || !reflect.DeepEqual(missing.Names, []string{"a", "b"}) {
		t.Error(err)
	}
}

func TestRandomAnswersAreReplayed(t *testing.T) {
	view := viewOf(map[string]string{
		"web/Chart.yaml":       chartFile,
		"web/templates/x.yaml": "kind: X\npassword: {{ randAlphaNum 8 }}\nfixed: yes\nyear: {{ now | date \"2006\" }}\n",
	})
	made, err := Template(view, Request{Path: "web", Trace: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := made.Objects[0].Volatile; len(got) != 2 || strings.Join(got, " ") != "/password /year" && strings.Join(got, " ") != "/year /password" {
		t.Error(got)
	}
	if place := made.Objects[0].Provenance.Fields["/password"]; place.Line != 2 || place.How != "template" {
		t.Errorf("%+v", place)
	}
}

func TestLookupsAreFoundThroughDefinitions(t *testing.T) {
	view := viewOf(map[string]string{
		"web/Chart.yaml":             chartFile,
		"web/templates/_helpers.tpl": "{{ define \"old\" }}{{ (lookup \"v1\" \"Secret\" \"ns\" \"a\").data }}{{ end }}",
		"web/templates/x.yaml":       "kind: X\nold: \"{{ include \"old\" . }}\"\n",
		"web/templates/y.yaml":       "kind: Y\n",
	})
	made, err := Template(view, Request{Path: "web"})
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range made.Objects {
		asks := strings.Contains(string(object.Value), `"X"`)
		if (object.Unresolved != "") != asks {
			t.Errorf("%s: %q", object.Value, object.Unresolved)
		}
	}
}

func TestDifferencesGoAsDeepAsTheShapesAgree(t *testing.T) {
	got := differences(json.RawMessage(`{"a":{"b/c":1,"d":[1,2]},"e":[1]}`), json.RawMessage(`{"a":{"b/c":2,"d":[1,3]},"e":[1,2]}`))
	seen := map[string]bool{}
	for _, pointer := range got {
		seen[pointer] = true
	}
	if want := map[string]bool{"/a/b~1c": true, "/a/d/1": true, "/e": true}; !reflect.DeepEqual(seen, want) {
		t.Error(got)
	}
}

func TestMarksComeOutOfTheOutput(t *testing.T) {
	l := &ledger{}
	in := &instrument{ledger: l}
	text, err := in.template("t.yaml", "a: 1\nb: {{ .x }}\n{{- if .y }}\nc: 2\n{{- end }}\n")
	if err != nil || !strings.ContainsRune(text, beginMark) || !balanced(text) {
		t.Fatal(text, err)
	}
	marked := l.read(enclosed(l.number(origin{text: "a\nb c"}), "a\n  b d"))
	if marked.text != "a\n  b d" || len(marked.segments) != 4 || marked.segments[2].at != 2 || marked.segments[3].at != altered {
		t.Errorf("%q %+v", marked.text, marked.segments)
	}
}

func TestValuesThatNoTemplateReadsAreNamed(t *testing.T) {
	view := viewOf(map[string]string{
		"web/Chart.yaml":       chartFile + "dependencies:\n- {name: db, version: 1.0.0, condition: db.enabled}\n- {name: spare, version: 1.0.0, condition: spare.enabled}\n",
		"web/values.yaml":      "image: {tag: a}\nwhole: {}\nlooped: {}\nnote: '{{ .Values.inTpl }}'\nspare: {enabled: false}\n",
		"web/templates/_x.tpl": `{{ define "image" }}{{ .values.image.repository }}:{{ with .root.Values.image }}{{ .tag }}{{ end }}{{ end }}`,
		"web/templates/x.yaml": `kind: X
image: {{ include "image" (dict "values" .Values "root" $) }}
whole: {{ toYaml .Values.whole | nindent 2 }}
{{- range $k, $v := .Values.looped }}
{{ $k }}: {{ $v }}
{{- end }}
{{- if and .Values.never .Values.gate }}
never: {{ (index .Values "by-name").here }}
{{- end }}
{{- $deep := .Values.deep | default dict }}
deep: {{ $deep.used }}
note: {{ tpl .Values.note . }}
sum: {{ include (print $.Template.BasePath "/y.yaml") . | sha256sum }}
`,
		"web/templates/y.yaml":           "kind: Y\n",
		"web/charts/db/Chart.yaml":       "apiVersion: v2\nname: db\nversion: 1.0.0\n",
		"web/charts/db/templates/y.yaml": "kind: Y\nsize: {{ .Values.size }}\ndomain: {{ .Values.global.domain }}\n",
		"web/charts/spare/Chart.yaml":    "apiVersion: v2\nname: spare\nversion: 1.0.0\n",
		"prod.yaml": `image: {tag: b, repository: r, tagg: c}
whole: {any: 1}
looped: {key: 1}
never: false
gate: 1
by-name: {here: 1, gone: 2}
deep: {used: 1, unused: {a: 1}}
inTpl: 5
mistyped: 3
global: {domain: d, other: e}
db: {size: 3, sise: 4, enabled: true}
spare: {enabled: false, anything: 1}
`,
	})
	made, err := Template(view, Request{Path: "web", Values: []Values{{File: "prod.yaml"}}, Trace: true})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, unused := range made.Unused {
		names = append(names, fmt.Sprintf("%s %d:%d", unused.Name, unused.Line, unused.Column))
	}
	want := "image.tagg 1:32, by-name.gone 6:20, deep.unused 7:17, mistyped 9:1, global.other 10:21, db.sise 11:15"
	if got := strings.Join(names, ", "); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestAnythingMayBeReadWhereAllValuesArePassedOn(t *testing.T) {
	for _, template := range []string{"{{ toYaml .Values }}", "{{ range $k, $v := .Values }}{{ $k }}{{ end }}", `{{ get .Values (printf "%s" "na") }}`, "{{ toJson . }}"} {
		view := viewOf(map[string]string{
			"web/Chart.yaml": chartFile, "prod.yaml": "name: a\n",
			"web/templates/x.yaml": "kind: X\n{{ if .Values.never }}" + template + "{{ end }}\n",
		})
		made, err := Template(view, Request{Path: "web", Values: []Values{{File: "prod.yaml"}}, Trace: true})
		if err != nil || len(made.Unused) != 0 {
			t.Error(template, made.Unused, err)
		}
	}
}

func TestOnlyWhatIsMadeAnewIsRenderedAgain(t *testing.T) {
	view := viewOf(map[string]string{
		"web/Chart.yaml":             chartFile,
		"web/templates/_helpers.tpl": `{{ define "secret" }}{{ randAlphaNum 8 }}{{ end }}`,
		"web/templates/fixed.yaml":   "kind: Fixed\n",
		"web/templates/summed.yaml":  `{{ "kind" }}: Summed` + "\nsum: {{ include (print $.Template.BasePath \"/secret.yaml\") . | sha256sum }}\n",
		"web/templates/secret.yaml":  "kind: Secret\nkey: {{ include \"secret\" . }}\n",
	})
	prepared, err := prepare(view, Request{Path: "web"})
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for _, file := range prepared.reaching(madeAnew).Templates {
		kept = append(kept, file.Name)
	}
	if want := "templates/_helpers.tpl templates/secret.yaml templates/summed.yaml"; strings.Join(kept, " ") != want {
		t.Error(kept)
	}
	made, err := Template(view, Request{Path: "web"})
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range made.Objects {
		volatile := strings.Join(object.Volatile, " ")
		if want := map[string]string{"web/templates/secret.yaml": "/key", "web/templates/summed.yaml": "/sum"}[object.Source]; volatile != want || object.Unresolved != "" {
			t.Errorf("%s: %s %s", object.Source, volatile, object.Unresolved)
		}
	}
}

func TestRendersShareNoState(t *testing.T) {
	view := viewOf(map[string]string{
		"web/Chart.yaml":            chartFile + "dependencies:\n- {name: db, alias: store, version: 1.0.0, condition: store.enabled, import-values: [{child: a, parent: b}]}\n",
		"web/values.yaml":           "list: [{x: 1}]\nmap: {}\n",
		"web/templates/x.yaml":      "kind: X\n{{ $_ := set .Values.map \"seen\" true }}{{ $_ := set (index .Values.list 0) \"x\" 2 }}map: {{ .Values.map | toJson }}\nb: {{ toJson .Values.b }}\nstore: {{ toJson .Values.store }}\n",
		"web/templates/a.yaml":      "kind: A\nmap: {{ .Values.map | toJson }}\nlist: {{ .Values.list | toJson }}\n",
		"web/charts/db/Chart.yaml":  "apiVersion: v2\nname: db\nversion: 1.0.0\n",
		"web/charts/db/values.yaml": "a: {c: 1}\n",
	})
	var texts []string
	for _, values := range []string{"", "store: {enabled: false}", "store: {a: {c: 2}}", ""} {
		for _, trace := range []bool{false, true} {
			made, err := Template(view, Request{Path: "web", Values: []Values{{Text: values}}, Trace: trace})
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, string(made.Text()))
		}
	}
	for _, index := range []int{1, 6, 7} {
		if texts[index] != texts[0] {
			t.Errorf("render %d: %s\nfirst: %s", index, texts[index], texts[0])
		}
	}
	if texts[2] == texts[0] || texts[4] == texts[0] {
		t.Error(texts)
	}
}

func TestDefinitionsThatCallThemselvesMayReadAnything(t *testing.T) {
	call := `{{ if .never }}{{ include "deep" (dict "below" . "never" .never) }}{{ include "deep" (dict "other" . "twice" . "never" .never) }}{{ end }}`
	view := viewOf(map[string]string{
		"web/Chart.yaml": chartFile, "prod.yaml": "name: a\n",
		"web/templates/_x.tpl": `{{ define "deep" }}` + call + `{{ end }}`,
		"web/templates/x.yaml": "kind: X\n" + `{{ include "deep" (dict "root" . "never" false) }}`,
	})
	made, err := Template(view, Request{Path: "web", Values: []Values{{File: "prod.yaml"}}, Trace: true})
	if err != nil || len(made.Unused) != 0 {
		t.Error(made.Unused, err)
	}
}

func TestValuesOfOtherFilesLeadThere(t *testing.T) {
	view := viewOf(map[string]string{
		"web/Chart.yaml":       chartFile,
		"web/templates/x.yaml": "kind: X\na: {{ .Values.a }}\nb: {{ .Values.b.c }}\nd: {{ .Values.d }}\ne: {{ index .Values.e 0 }}\nhost: {{ getHostByName \"example.org\" | quote }}\n",
		"map.yaml":             "kind: ConfigMap\ndata:\n  values.yaml: |\n    # first\n    a: one\n    b: {c: \"t😀o\", x: 1}\n",
		"app.yaml":             "parameters:\n- name: d\n  value: three\n- {name: e, value: \"{four,five}\"}\n",
	})
	made, err := Template(view, Request{Path: "web", Trace: true, Values: []Values{
		{Text: "a: one\nb: {c: \"t😀o\", x: 1}\n", Place: provenance.Place{File: "map.yaml", Line: 3, Column: 16}},
		{Set: "d=three", As: setTyped, Place: provenance.Place{File: "app.yaml", Line: 2, Column: 3}},
		{Set: "e={four,five}", As: setTyped, Place: provenance.Place{File: "app.yaml", Line: 4, Column: 3}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for pointer, want := range map[string]string{
		"/a": "map.yaml:5:8 exact", "/b": "map.yaml:6:12 exact", "/d": "app.yaml:3:10 exact", "/e": "app.yaml:4:3 transformed",
		"/host": "web/templates/x.yaml:6:1 template",
	} {
		place := made.Objects[0].Provenance.Fields[pointer]
		if got := fmt.Sprintf("%s:%d %s", place, place.Column, place.How); got != want {
			t.Errorf("%s is %s, want %s", pointer, got, want)
		}
	}
	if !strings.Contains(string(made.Text()), `host: ""`) {
		t.Errorf("%s", made.Text())
	}
}
