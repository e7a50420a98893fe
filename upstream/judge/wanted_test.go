package main

import (
	"encoding/json"
	"testing"
)

func TestApplyReturnsWhatIsWanted(t *testing.T) {
	types := withTypes(t, widgetType)
	const note = `metadata: {name: a, uid: u, resourceVersion: '7', annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"annotations":{},"name":"a"},"data":{"x":"1","w":"2"}}'}}`
	for name, c := range map[string]struct{ mode, live, desired, previous, patch, predicted string }{
		"server-side apply": {
			mode:      "ssa",
			live:      "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, uid: u, " + owned("{'f:data': {'f:w': {}}}") + "}, data: {x: '0', w: '2'}}",
			desired:   "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: '1'}}",
			patch:     `null`,
			predicted: `{"apiVersion":"v1","data":{"x":"1"},"kind":"ConfigMap","metadata":{"name":"a","namespace":"default","uid":"u"}}`,
		},
		"kubectl": {
			mode:      "csa",
			live:      "{apiVersion: v1, kind: ConfigMap, " + note + ", data: {x: '1', w: '3'}}",
			desired:   "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: '1'}}",
			patch:     `{"body":{"data":{"w":null},"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"v1\",\"data\":{\"x\":\"1\"},\"kind\":\"ConfigMap\",\"metadata\":{\"annotations\":{},\"name\":\"a\",\"namespace\":\"default\"}}\n"}}},"contentType":"application/strategic-merge-patch+json"}`,
			predicted: `{"apiVersion":"v1","data":{"x":"1"},"kind":"ConfigMap","metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"v1\",\"data\":{\"x\":\"1\"},\"kind\":\"ConfigMap\",\"metadata\":{\"annotations\":{},\"name\":\"a\",\"namespace\":\"default\"}}\n"},"name":"a","namespace":"default","resourceVersion":"7","uid":"u"}}`,
		},
		"Helm compares releases of custom resources": {
			mode:      "csa3",
			live:      "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, spec: {size: 9, tags: [z]}}",
			desired:   "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, spec: {size: 4, tags: [a]}}",
			previous:  "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, spec: {size: 4, cpu: 1, tags: [b]}}",
			patch:     `{"body":{"spec":{"cpu":null,"tags":["a"]}},"contentType":"application/merge-patch+json"}`,
			predicted: `{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"generation":1,"name":"a","namespace":"default"},"spec":{"size":9,"tags":["a"]}}`,
		},
		"Helm compares releases where the manifest is not of its type": {
			mode:     "csa3",
			live:     "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: '9', w: '2'}}",
			desired:  "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: [1]}}",
			previous: "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: [1]}}",
			// What did not change between the releases is not sent, so that the server does not see what is wrong.
			patch:     `{"body":{},"contentType":"application/merge-patch+json"}`,
			predicted: `{"apiVersion":"v1","data":{"w":"2","x":"9"},"kind":"ConfigMap","metadata":{"name":"a","namespace":"default"}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			q := question{Mode: c.mode, Manager: "mgr", Live: objectOf(t, c.live), Desired: objectOf(t, c.desired), WantPredicted: true, WantPatch: true}
			if c.previous != "" {
				q.Previous = objectOf(t, c.previous)
			}
			v := q.judge(types, newestMinor)
			if got := jsonText(v.Predicted); got != c.predicted {
				t.Errorf("\n got %s\nwant %s", got, c.predicted)
			}
			body, err := json.Marshal(v.Patch)
			if err != nil {
				t.Fatal(err)
			}
			var patch any
			if err := json.Unmarshal(body, &patch); err != nil || jsonText(patch) != c.patch {
				t.Errorf("\n got %s\nwant %s", jsonText(patch), c.patch)
			}
		})
	}
}

func TestHelmNeedsItsPreviousRelease(t *testing.T) {
	q := question{
		Mode:    "csa3",
		Live:    objectOf(t, "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, spec: {size: 9}}"),
		Desired: objectOf(t, "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, spec: {size: 4}}"),
	}
	expect(t, q.ask(t, withTypes(t, widgetType)), []string{"unchecked " + errNoRelease.reason})
}
