package kustomize

import (
	"bytes"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

func TestTheValueIsThatOfThePrintedText(t *testing.T) {
	for _, json := range []string{
		`{"a":"yes","b":"0x1F","c":"1e3","d":"2020-01-01","e":"012","f":"1:30","g":"=","h":"null","i":"~","j":""}`,
		`{"a":1e+21,"b":1000000,"c":0.1,"d":-0.5,"e":18446744073709551615,"f":9007199254740993,"g":true,"h":null}`,
		`{"a":" x","b":"x ","c":"- x","d":"# x","e":"a: b","f":"a\nb\n","g":"\ttab","h":"\u0007","i":"é \u2028 😀"}`,
		`{"":"e","0x1":"g","1":"a","1.5":"h","a b":"f","null":"c","true":"b","y":"i","~":"d"}`,
		`{"a":"\u003cb\u003e \u0026 \"c\" \\ /","b":[],"c":{},"d":[[1],[]],"e":[null]}`,
		`{"a":"` + strings.Repeat("word ", 60) + `"}`,
		`{"<<":{"a":1},"b":2}`,
		"{\"a\":\"del \x7f\"}",
	} {
		made := newPrinted([]byte(json))
		if made.invalid != nil {
			continue // as kustomize refuses it
		}
		value, err := yaml.YAMLToJSON(made.text())
		if err != nil || !bytes.Equal(made.value, value) {
			t.Errorf("%s\n%s\n%s %v", json, made.value, value, err)
		}
	}
}
