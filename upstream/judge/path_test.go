package main

import (
	"encoding/json"
	"testing"
)

func TestPathOf(t *testing.T) {
	var object any
	text := `{"metadata": {"labels": {"a.b/c": "x", "0": "y"}}, "data": {"my.conf": "x"}, "spec": {"ports": [{"port": 1}]}}`
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	for kubernetes, want := range map[string]string{
		"spec.ports[0].nodePort":              ".spec.ports[0].nodePort",
		"metadata.labels[a.b/c]":              `.metadata.labels["a.b/c"]`,
		"metadata.labels[0]":                  ".metadata.labels.0",
		"data.my.conf":                        `.data["my.conf"]`,
		"data[my.conf]":                       `.data["my.conf"]`,
		"spec.absent[2].list[key].x":          ".spec.absent[2].list.key.x",
		"spec.limits[example.com/gpu[a]].max": `.spec.limits["example.com/gpu[a]"].max`,
		".spec.replica":                       ".spec.replica",
		"<nil>":                               "",
		"":                                    "",
	} {
		if got := pathOf(kubernetes, object); got != want {
			t.Errorf("%q: got %q, want %q", kubernetes, got, want)
		}
	}
}
