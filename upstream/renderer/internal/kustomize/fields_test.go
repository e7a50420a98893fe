package kustomize

import (
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/types"
)

const fieldsFile = "../../../../src/core/validate/kustomization/types.ts"

// The host's table of a kustomization's fields is that of kustomize's own types. DRIFTLINE_WRITE=1 writes it.
func TestFieldsAreThoseOfKustomizesTypes(t *testing.T) {
	table := map[string]map[string]string{}
	describe(reflect.TypeFor[types.Kustomization](), table)
	var text strings.Builder
	text.WriteString("/**\n * The fields of a kustomization and of its parts, by kustomize's own types (kustomize/api v0.21.1); made by\n" +
		" * `upstream/renderer/internal/kustomize/fields_test.go`. Types are written as in Go.\n */\n" +
		"export const kustomizationTypes: Record<string, Record<string, string>> = {\n")
	for _, name := range sortedKeys(table) {
		fmt.Fprintf(&text, "  %s: {\n", name)
		for _, field := range sortedKeys(table[name]) {
			fmt.Fprintf(&text, "    %s: '%s',\n", field, table[name][field])
		}
		text.WriteString("  },\n")
	}
	text.WriteString("};\n")
	if os.Getenv("DRIFTLINE_WRITE") != "" {
		if err := os.WriteFile(fieldsFile, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(fieldsFile)
	if err != nil || string(written) != text.String() {
		t.Errorf("%s is not what kustomize's types say: %v", fieldsFile, err)
	}
}

func sortedKeys[V any](table map[string]V) []string {
	var keys []string
	for key := range table {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// describe is the name of a type; the fields of structs are entered into the table.
func describe(of reflect.Type, table map[string]map[string]string) string {
	switch of.Kind() {
	case reflect.Pointer:
		return describe(of.Elem(), table)
	case reflect.Slice:
		return "[]" + describe(of.Elem(), table)
	case reflect.Map:
		return "map[]" + describe(of.Elem(), table)
	case reflect.Interface:
		return "any"
	case reflect.Struct:
		if table[of.Name()] == nil {
			table[of.Name()] = map[string]string{}
			enterFields(of, table[of.Name()], table)
		}
		return of.Name()
	}
	return of.Kind().String()
}

func enterFields(of reflect.Type, fields map[string]string, table map[string]map[string]string) {
	for index := range of.NumField() {
		field := of.Field(index)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous && name == "":
			inner := field.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			enterFields(inner, fields, table)
		case field.IsExported() && name != "-":
			if name == "" {
				name = field.Name
			}
			fields[name] = describe(field.Type, table)
		}
	}
}
