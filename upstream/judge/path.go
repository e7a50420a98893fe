package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

var plainField = regexp.MustCompile(`^[A-Za-z0-9_$-]+$`)

// pathText writes a path in Driftline's syntax: .spec.containers[name="app"].image
func pathText(path fieldpath.Path) string {
	var text strings.Builder
	for _, element := range path {
		text.WriteString(elementText(element))
	}
	return text.String()
}

func elementText(element fieldpath.PathElement) string {
	switch {
	case element.FieldName != nil:
		return fieldText(*element.FieldName)
	case element.Key != nil:
		var keys []string
		for _, key := range *element.Key {
			keys = append(keys, key.Name+"="+jsonText(key.Value.Unstructured()))
		}
		return "[" + strings.Join(keys, ",") + "]"
	case element.Value != nil:
		return "[=" + jsonText((*element.Value).Unstructured()) + "]"
	case element.Index != nil:
		return indexText(*element.Index)
	}
	return ""
}

func fieldText(name string) string {
	if plainField.MatchString(name) {
		return "." + name
	}
	return "[" + jsonText(name) + "]"
}

func indexText(index int) string { return fmt.Sprintf("[%d]", index) }

func jsonText(value any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return "null"
	}
	return strings.TrimSuffix(text.String(), "\n")
}

// pathOf rewrites a path as Kubernetes prints it (spec.ports[0].name, metadata.labels[a.b/c]). Whether
// brackets hold an index or a key, and where a name with dots ends, is seen in the object.
func pathOf(text string, object any) string {
	var path strings.Builder
	text = strings.TrimPrefix(strings.Trim(text, `"`), ".")
	if text == "<nil>" {
		return ""
	}
	for text != "" {
		var step string
		if text[0] == '[' {
			step, text = cutBracket(text)
			if index, err := strconv.Atoi(step); err == nil && !isMap(object) {
				path.WriteString(indexText(index))
				object = itemAt(object, index)
				continue
			}
			step = strings.Trim(step, `"`)
		} else {
			step, text = cutName(text, object)
		}
		path.WriteString(fieldText(step))
		fields, _ := object.(map[string]any)
		object = fields[step]
		text = strings.TrimPrefix(text, ".")
	}
	return path.String()
}

// cutBracket cuts "[a]" off; the text of a key may hold brackets itself.
func cutBracket(text string) (inner, rest string) {
	for end := 1; end < len(text); end++ {
		if text[end] == ']' && (end+1 == len(text) || text[end+1] == '.' || text[end+1] == '[') {
			return text[1:end], strings.TrimPrefix(text[end+1:], ".")
		}
	}
	return text[1:], ""
}

// cutName cuts the shortest name off that the object has, else the shortest at all.
func cutName(text string, object any) (name, rest string) {
	fields, _ := object.(map[string]any)
	for end := 1; end <= len(text); end++ {
		if end < len(text) && text[end] != '.' && text[end] != '[' {
			continue
		}
		if _, ok := fields[text[:end]]; ok {
			return text[:end], text[end:]
		}
	}
	if end := strings.IndexAny(text, ".["); end > 0 {
		return text[:end], text[end:]
	}
	return text, ""
}

func isMap(value any) bool {
	_, ok := value.(map[string]any)
	return ok
}

func itemAt(value any, index int) any {
	if list, ok := value.([]any); ok && index >= 0 && index < len(list) {
		return list[index]
	}
	return nil
}

func isAtOrBelow(path, parent string) bool {
	rest, ok := strings.CutPrefix(path, parent)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
