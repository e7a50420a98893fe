package main

import (
	"encoding/json"
	"io"
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

func TestMain(m *testing.M) {
	silence()
	allowPrivileged()
	panicLog = io.Discard
	m.Run()
}

func fromYAML(t *testing.T, text string) json.RawMessage {
	t.Helper()
	body, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func objectOf(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(fromYAML(t, text)); err != nil {
		t.Fatal(err)
	}
	return object
}

// withTypes is a set with the given CustomResourceDefinitions.
func withTypes(t *testing.T, definitions ...string) *typeSet {
	t.Helper()
	known := newTypeSets()
	var bodies []json.RawMessage
	for _, text := range definitions {
		bodies = append(bodies, fromYAML(t, text))
	}
	if err := known.add("test", bodies); err != nil {
		t.Fatal(err)
	}
	set, _ := known.find("test")
	return set
}

func expect(t *testing.T, got, want []string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}

const widgetType = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              size: {type: integer, default: 3, maximum: 10}
              limit: {type: integer}
              cpu: {x-kubernetes-int-or-string: true}
              labels: {type: object, additionalProperties: {type: string}}
              tags: {type: array, items: {type: string}, x-kubernetes-list-type: set}
              parts:
                type: array
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [name, protocol]
                items:
                  type: object
                  required: [name]
                  properties:
                    name: {type: string}
                    protocol: {type: string, default: TCP}
                    weight: {type: integer}
            x-kubernetes-validations:
            - rule: "!has(self.limit) || self.size <= self.limit"
              message: size must not be above limit
  - name: v1beta1
    served: true
    storage: false
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
  - name: v1alpha1
    served: false
    storage: false
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`

// gizmoType has versions with other defaults and other fields.
const gizmoType = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gizmos.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: gizmos, singular: gizmo, kind: Gizmo, listKind: GizmoList}
  versions:
  - name: v1beta1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}, mode: {type: string}, colour: {type: string, default: red}}}}}}
  - name: v1beta2
    served: true
    storage: false
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}, mode: {type: string, default: Auto}, only: {type: string, default: x}, colour: {type: string}}}}}}
`
