package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
)

func ask(t *testing.T, requests ...string) []map[string]any {
	t.Helper()
	var in, out bytes.Buffer
	for _, request := range requests {
		if err := writeFrame(&in, json.RawMessage(request)); err != nil {
			t.Fatal(err)
		}
	}
	if err := serve(&in, &out); err != nil {
		t.Fatal(err)
	}
	var answers []map[string]any
	for range requests {
		frame, err := readFrame(&out)
		if err != nil {
			t.Fatal(err)
		}
		var answer map[string]any
		if err := json.Unmarshal(frame, &answer); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, answer)
	}
	return answers
}

func TestServe(t *testing.T) {
	definition := string(fromYAML(t, widgetType))
	widget := `{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"size":11}}`
	answers := ask(t,
		`{"id":1,"op":"ping"}`,
		`{"id":2,"op":"nonsense"}`,
		`{"id":3,"op":"validate","types":"x","objects":[`+widget+`]}`,
		`{"id":4,"op":"types","types":"x","crds":[`+definition+`]}`,
		`{"id":5,"op":"validate","types":"x","objects":[`+widget+`],"texts":["apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}"]}`,
		`{"id":6,"op":"types","types":"x","crds":[{"kind":"Widget"}]}`,
		`{"id":7,"op":"validate","target":"latest","objects":[]}`,
		`{"id":8,"op":"apply","items":[{}]}`,
		`{"id":9,"op":"warm"}`,
	)
	for i, want := range []string{
		`{"id":1,"ok":true,"version":"` + kubernetesVersion + `"}`,
		`{"code":"usage","error":"no operation \"nonsense\"","id":2,"ok":false}`,
		`{"code":"types","error":"the set of types \"x\" is not known","id":3,"ok":false}`,
		`{"id":4,"ok":true}`,
		`{"findings":[[{"message":"Invalid value: 11: spec.size in body should be less than or equal to 10","path":".spec.size","severity":"error","step":"invalid","type":"FieldValueInvalid"}],[]],"id":5,"ok":true}`,
		`{"code":"usage","error":"not a CustomResourceDefinition: kind, spec.group or spec.names.kind is missing","id":6,"ok":false}`,
		`{"code":"usage","error":"\"latest\" is no Kubernetes version","id":7,"ok":false}`,
		`{"id":8,"ok":true,"verdicts":[{"changes":[],"equal":false,"unchecked":"the question lacks the live or the desired object"}]}`,
		`{"id":9,"ok":true}`,
	} {
		if got := jsonText(answers[i]); got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	}
}

func TestTypeSetsForgetTheOldest(t *testing.T) {
	known := newTypeSets()
	body := fromYAML(t, widgetType)
	for i := range maxTypeSets + 1 {
		if err := known.add(fmt.Sprint(i), []json.RawMessage{body}); err != nil {
			t.Fatal(err)
		}
		known.find("1")
	}
	if _, ok := known.find("0"); ok {
		t.Error("the oldest is still there")
	}
	if _, ok := known.find("1"); !ok {
		t.Error("one in use was forgotten")
	}
	if len(known.shared) != 1 {
		t.Errorf("equal definitions are kept %d times", len(known.shared))
	}
}
