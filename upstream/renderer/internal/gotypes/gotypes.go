// Package gotypes writes the fields of Go types down for the host.
package gotypes

import (
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"
)

// Hold compares a file of the host with what a type says; DRIFTLINE_WRITE=1 writes it.
func Hold(root reflect.Type, file, constant, comment string) error {
	table := map[string]map[string]string{}
	describe(root, table)
	var text strings.Builder
	fmt.Fprintf(&text, "/**\n * %s\n */\nexport const %s: Record<string, Record<string, string>> = {\n", strings.ReplaceAll(comment, "\n", "\n * "), constant)
	for _, name := range sortedKeys(table) {
		fmt.Fprintf(&text, "  %s: {\n", name)
		for _, field := range sortedKeys(table[name]) {
			key := field
			if strings.ContainsRune(field, '-') {
				key = "'" + field + "'"
			}
			fmt.Fprintf(&text, "    %s: '%s',\n", key, table[name][field])
		}
		text.WriteString("  },\n")
	}
	text.WriteString("};\n")
	if os.Getenv("DRIFTLINE_WRITE") != "" {
		if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
			return err
		}
	}
	written, err := os.ReadFile(file)
	if err == nil && string(written) != text.String() {
		err = fmt.Errorf("%s is not what %s says", file, root)
	}
	return err
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
