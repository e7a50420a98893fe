package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"
)

// takeWrongTypes finds every value that the Go type of a built-in kind cannot hold, and returns the object
// without them. The server itself names only the first, without list index and often without field.
func takeWrongTypes(body []byte, gvk schema.GroupVersionKind) ([]byte, []finding) {
	object, err := scheme.New(gvk)
	if err != nil {
		return nil, nil
	}
	value, err := withNumbers(body)
	if err != nil {
		return nil, nil
	}
	walk := typeWalk{}
	walk.visit("", value, reflect.TypeOf(object).Elem())
	rest, err := json.Marshal(value)
	if err != nil {
		return nil, nil
	}
	return rest, walk.found
}

// wrongMetadata finds every value in the metadata of an object that ObjectMeta cannot hold.
func wrongMetadata(body []byte) []finding {
	value, err := withNumbers(body)
	object, ok := value.(map[string]any)
	if err != nil || !ok {
		return nil
	}
	walk := typeWalk{}
	walk.visit(".metadata", object["metadata"], reflect.TypeFor[metav1.ObjectMeta]())
	return walk.found
}

// withNumbers reads JSON in which 2.0 stays apart from 2.
func withNumbers(body []byte) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	err = decoder.Decode(&value)
	return value, err
}

type typeWalk struct{ found []finding }

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

// visit reports false for a value that must go.
func (w *typeWalk) visit(path string, value any, t reflect.Type) bool {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if value == nil || t.Kind() == reflect.Interface {
		return true
	}
	if reflect.PointerTo(t).Implements(unmarshaler) {
		return w.visitLeaf(path, value, t)
	}
	switch t.Kind() {
	case reflect.Struct:
		if fields, ok := value.(map[string]any); ok {
			w.visitStruct(path, fields, t)
			return true
		}
	case reflect.Map:
		if fields, ok := value.(map[string]any); ok {
			w.visitMap(path, fields, t.Elem())
			return true
		}
	case reflect.Slice:
		if items, ok := value.([]any); ok && t.Elem().Kind() != reflect.Uint8 {
			w.visitList(path, items, t.Elem())
			return true
		}
	}
	return w.visitLeaf(path, value, t)
}

func (w *typeWalk) visitStruct(path string, fields map[string]any, t reflect.Type) {
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" && (field.Anonymous || strings.Contains(options, "inline")) {
			w.visitStruct(path, fields, field.Type)
			continue
		}
		if value, ok := fields[name]; ok && !w.visit(path+fieldText(name), value, field.Type) {
			delete(fields, name)
		}
	}
}

func (w *typeWalk) visitMap(path string, fields map[string]any, element reflect.Type) {
	for _, name := range sortedKeys(fields) {
		if !w.visit(path+fieldText(name), fields[name], element) {
			delete(fields, name)
		}
	}
}

// visitList puts null where a value goes, so that the indices of the others stay.
func (w *typeWalk) visitList(path string, items []any, element reflect.Type) {
	for i, item := range items {
		if !w.visit(path+indexText(i), item, element) {
			items[i] = nil
		}
	}
}

func (w *typeWalk) visitLeaf(path string, value any, t reflect.Type) bool {
	text, err := json.Marshal(value)
	if err == nil {
		err = utiljson.Unmarshal(text, reflect.New(t).Interface())
	}
	if err == nil {
		return true
	}
	f := failure("decode", path, typeMessage(err, value, t))
	f.Type = "FieldValueTypeInvalid"
	w.found = append(w.found, f)
	return false
}

func typeMessage(err error, value any, t reflect.Type) string {
	var mismatch *json.UnmarshalTypeError
	if number, ok := value.(json.Number); ok && wanted(t) == "an integer" {
		return fmt.Sprintf("must be an integer that fits %s, not %s", t.Kind(), number)
	}
	if want := wanted(t); want != "" && !isBytes(value, t) {
		return fmt.Sprintf("must be %s, not %s", want, kindOfValue(value))
	}
	if errors.As(err, &mismatch) || kindOfValue(value) != "text" {
		return fmt.Sprintf("cannot be %s", kindOfValue(value))
	}
	return err.Error()
}

func isBytes(value any, t reflect.Type) bool {
	_, text := value.(string)
	return text && t.Kind() == reflect.Slice
}

func wanted(t reflect.Type) string {
	if reflect.PointerTo(t).Implements(unmarshaler) {
		return ""
	}
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "an integer"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "base64 text"
		}
		return "a list"
	case reflect.Map, reflect.Struct:
		return "a map"
	}
	return ""
}

func kindOfValue(value any) string {
	switch value.(type) {
	case string:
		return "text"
	case bool:
		return "true or false"
	case json.Number:
		return "a number"
	case []any:
		return "a list"
	case map[string]any:
		return "a map"
	}
	return "null"
}
