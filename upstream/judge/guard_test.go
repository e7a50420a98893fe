package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

// samples are the objects that the tests with real servers use: one of every kind.
func samples(t *testing.T) []map[string]any {
	t.Helper()
	var objects []map[string]any
	for _, name := range []string{"kinds.yaml", "objects.yaml", "customs.yaml"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "test", "servers", "judge", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split(string(text), "\n---\n") {
			body, err := yaml.YAMLToJSON([]byte(part))
			if err != nil {
				t.Fatal(err)
			}
			object := &unstructured.Unstructured{}
			if err := object.UnmarshalJSON(body); err != nil {
				t.Fatal(err)
			}
			objects = append(objects, object.Object)
		}
	}
	return objects
}

// Objects that do make upstream's code panic.
const (
	selectableWithoutSchema = `{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: things.example.com}, spec: {group: example.com, scope: Namespaced, names: {plural: things, singular: thing, kind: Thing, listKind: ThingList}, versions: [{name: v1, served: true, storage: true, schema: {}, selectableFields: [{jsonPath: .spec.a}]}]}}`
	keyThatIsAList          = `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, image: i, env: [{name: [hunter2], value: x}]}]}}`
	keyThatIsAText          = `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, image: i, env: [{name: hunter2, value: hunter2}]}]}}`
)

func TestPanicsAreNotChecked(t *testing.T) {
	var log bytes.Buffer
	panicLog = &log
	defer func() { panicLog = io.Discard }()
	found := validateText(selectableWithoutSchema, &typeSet{}, newestMinor)
	if len(found) != 1 || found[0].Step != "unchecked" || !strings.HasPrefix(found[0].Message, upstreamFailed) {
		t.Errorf("got %+v", found)
	}
	if !strings.Contains(log.String(), "cel.ValidFieldPath:") {
		t.Errorf("the log does not say where: %s", log.String())
	}
	q := question{
		Mode:    "csa",
		Live:    objectOf(t, keyThatIsAText),
		Desired: objectOf(t, keyThatIsAList),
	}
	v := q.judge(&typeSet{}, newestMinor)
	if !strings.HasPrefix(v.Unchecked, upstreamFailed) {
		t.Errorf("got %+v", v)
	}
	if lines := strings.Split(strings.TrimSpace(log.String()), "\n"); len(lines) != 2 || !strings.Contains(lines[1], "strategicpatch.") {
		t.Errorf("the log does not say where: %q", lines)
	}
	if strings.Contains(log.String(), "hunter2") {
		t.Error("the log tells values")
	}
}

func TestBrokenDefinitionsSayWhy(t *testing.T) {
	version := func(rest string) string {
		return "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: things.example.com}, spec: {group: example.com, scope: Namespaced, names: {plural: things, singular: thing, kind: Thing, listKind: ThingList}, versions: [{name: v1, served: true" + rest + "}]}}"
	}
	for name, c := range map[string]struct{ definition, want string }{
		"selectable fields without a schema": {selectableWithoutSchema, "the CustomResourceDefinition of Thing.example.com is not valid: "},
		"no schema":                          {version(", storage: true"), "the CustomResourceDefinition of Thing.example.com is not valid: spec.versions[0].schema.openAPIV3Schema: Required value"},
		"no stored version":                  {version(", schema: {openAPIV3Schema: {type: object}}"), "the CustomResourceDefinition of Thing.example.com is not valid: spec.versions: Invalid value"},
		"no structural schema":               {version(", storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {properties: {a: {type: string}}}}}}"), "the CustomResourceDefinition of Thing.example.com is not valid: spec.versions[0].schema.openAPIV3Schema.properties[spec].type: Required value"},
		"a rule that is none":                {version(", storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-validations: [{rule: 'self.nothing > 1'}]}}"), "the CustomResourceDefinition of Thing.example.com is not valid: a validation rule of it does not compile"},
		"a schema that is no object":         {version(", storage: true, schema: {openAPIV3Schema: []}"), "the CustomResourceDefinition of Thing.example.com is not valid: "},
	} {
		t.Run(name, func(t *testing.T) {
			types := withTypes(t, c.definition)
			const thing = "{apiVersion: example.com/v1, kind: Thing, metadata: {name: a}}"
			q := question{Mode: "ssa", Manager: "me", Live: objectOf(t, thing), Desired: objectOf(t, thing)}
			if v := q.judge(types, newestMinor); !strings.HasPrefix(v.Unchecked, c.want) {
				t.Errorf("got %q", v.Unchecked)
			}
			if found := validateText(thing, types, newestMinor); len(found) != 1 || !strings.HasPrefix(found[0].Message, c.want) {
				t.Errorf("got %+v", found)
			}
		})
	}
}

var oddValues = []any{nil, "", "x", int64(-1), int64(1 << 40), 0.5, true, []any{}, []any{nil}, []any{map[string]any{}}, map[string]any{}, map[string]any{"x": nil}}

// mutations calls with every object that has one value less or one odd value.
func mutations(value any, call func()) {
	switch v := value.(type) {
	case map[string]any:
		for _, name := range sortedKeys(v) {
			inner := v[name]
			delete(v, name)
			call()
			for _, odd := range oddValues {
				v[name] = odd
				call()
			}
			v[name] = inner
			mutations(inner, call)
		}
	case []any:
		for i, inner := range v {
			for _, odd := range oddValues {
				v[i] = odd
				call()
			}
			v[i] = inner
			mutations(inner, call)
		}
	}
}

// Whatever a manifest holds, every question is answered. Where Kubernetes' own code panics, that is said.
func TestEveryQuestionIsAnswered(t *testing.T) {
	definitions := []string{widgetType}
	objects := samples(t)
	for _, object := range objects {
		if object["kind"] == "CustomResourceDefinition" {
			definitions = append(definitions, jsonText(object))
		}
	}
	types := withTypes(t, definitions...)
	step := 41 // a part of them; all take a minute
	if os.Getenv("ALL") != "" {
		step = 1
	}
	count, panicked := 0, map[string]int{}
	for _, object := range objects {
		live := runtime.DeepCopyJSON(object)
		changed := runtime.DeepCopyJSON(object)
		mutations(changed, func() {
			if count++; count%step != 0 {
				return
			}
			body, err := json.Marshal(changed)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range validate(body, types, newestMinor) {
				if strings.HasPrefix(f.Message, upstreamFailed) {
					panicked["validate "+object["kind"].(string)]++
				}
			}
			mode := []string{"ssa", "csa", "csa3", "flux"}[count%4]
			q := question{
				Mode:     mode,
				Manager:  "me",
				Live:     &unstructured.Unstructured{Object: runtime.DeepCopyJSON(live)},
				Desired:  &unstructured.Unstructured{Object: runtime.DeepCopyJSON(changed)},
				Previous: &unstructured.Unstructured{Object: runtime.DeepCopyJSON(live)},
			}
			if v := q.judge(types, newestMinor); strings.HasPrefix(v.Unchecked, upstreamFailed) {
				panicked[mode+" "+object["kind"].(string)]++
			}
		})
	}
	t.Logf("%d questions; Kubernetes' code panicked: %v", count/step, panicked)
}
