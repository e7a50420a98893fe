package helm

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"driftline/renderer/internal/objects"
	"driftline/renderer/internal/provenance"
)

const webChart = "apiVersion: v2\nname: web\nversion: 1.0.0\n"

func TestEveryFaultOfAChartIsToldAtItsPlace(t *testing.T) {
	schema := `{"type": "object", "required": ["name"], "properties": {"replicas": {"type": "integer", "minimum": 1},
"service": {"type": "object", "additionalProperties": false, "properties": {"port": {"type": "integer"}}}, "mode": {"enum": ["a", "b"]}}}`
	for name, test := range map[string]struct {
		files  map[string]string
		values []Values
		want   []string
	}{
		"templates": {
			map[string]string{
				"web/templates/a.yaml":       "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ include \"web.fullname\" . }}\ndata:\n  repo: {{ .Values.a | quoted }}\n",
				"web/templates/b.yaml":       "a: b\n{{- if .Values.a }}\nc: {{ if .Values.b }}d{{ end }}\n",
				"web/templates/c.yaml":       "kind: ConfigMap\nmetadata:\n  name: c\ndata:\n  x: {{ .Values.no.such }}\n",
				"web/templates/d.yaml":       "kind: ConfigMap\nmetadata:\n  name: d\ndata:\n  x: {{ required \"say x\" .Values.x }}\n",
				"web/templates/e.yaml":       "kind: ConfigMap\nmetadata:\n  name: e\n  labels:\n{{ toYaml .Values.labels }}\ndata:\n  a: b\n {{ \"c: d\" }}\n",
				"web/templates/f.yaml":       "x: {{ include \"deep\" . }}\n",
				"web/templates/_helpers.tpl": "{{ define \"deep\" }}\n{{ fail \"never\" }}\n{{ end }}\n",
				"web/values.yaml":            "labels: {a: b}\n",
			}, nil,
			[]string{"syntax web/templates/b.yaml:2:1", "function quoted web/templates/a.yaml:6:24", "undefined web.fullname web/templates/a.yaml:4:20",
				"execution web/templates/c.yaml:5:16", "refused web/templates/d.yaml:5:9", "refused web/templates/f.yaml:1:7", "output web/templates/e.yaml:7:3"},
		},
		"values of the chart": {
			map[string]string{
				"web/values.schema.json": schema, "web/templates/a.yaml": "", "web/values.yaml": "replicas: \"two\"\nservice:\n  prot: 80\nmode: c\n",
			}, nil,
			[]string{"schema replicas web/values.yaml:1:11", "schema service/prot web/values.yaml:3:9", "schema mode web/values.yaml:4:7", "schema web/values.yaml:1:1"},
		},
		"values that are given": {
			map[string]string{
				"web/values.schema.json": schema, "web/templates/a.yaml": "", "web/values.yaml": "name: a\nreplicas: 1\n",
				"production.yaml": "replicas: 0\n", "release.yaml": "spec:\n  values:\n    service:\n      port: x\n",
			},
			[]Values{{File: "production.yaml"}, {Text: `{"service":{"port":"x"}}`, Place: provenance.Place{File: "release.yaml", Line: 3, Column: 5}}},
			[]string{"schema replicas production.yaml:1:11", "schema service/port release.yaml:4:13"},
		},
		"values of a subchart": {
			map[string]string{
				"web/Chart.yaml": webChart + "dependencies:\n- name: db\n  version: 1.0.0\n", "web/values.yaml": "db:\n  replicas: x\n",
				"web/charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n", "web/charts/db/values.yaml": "name: 1\nmode: x\n",
				"web/charts/db/values.schema.json": schema, "web/charts/db/templates/a.yaml": "",
			}, nil,
			[]string{"schema db/mode web/charts/db/values.yaml:2:7", "schema db/replicas web/values.yaml:2:13"},
		},
		"Chart.yaml": {map[string]string{"web/Chart.yaml": "name: web\n"}, nil, []string{"chart web/Chart.yaml:1:1 whole"}},
	} {
		if test.files["web/Chart.yaml"] == "" {
			test.files["web/Chart.yaml"] = webChart
		}
		_, err := Template(viewOf(test.files), Request{Path: "web", Values: test.values, Trace: true})
		var failed *objects.Failure
		if !errors.As(err, &failed) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		found := map[string]bool{}
		for _, fault := range failed.Faults {
			text := fault.Field + " "
			if fault.Path != "" {
				text += fault.Path + " "
			}
			text += fmt.Sprintf("%s:%d:%d", fault.File, fault.Line, fault.Column)
			if fault.Whole {
				text += " whole"
			}
			found[text] = true
		}
		want := map[string]bool{}
		for _, text := range test.want {
			want[text] = true
		}
		if !reflect.DeepEqual(found, want) {
			for _, fault := range failed.Faults {
				t.Logf("%q", fault.Message)
			}
			t.Errorf("%s:\n%v, want\n%v", name, found, want)
		}
	}
}
