package helm

import (
	"encoding/json"
	"reflect"

	"driftline/renderer/internal/provenance"
)

// differences lists the JSON pointers at which two values differ, as deep as their shapes agree.
func differences(a, b json.RawMessage) []string {
	var left, right any
	if json.Unmarshal(a, &left) != nil || json.Unmarshal(b, &right) != nil {
		return []string{""}
	}
	return compare(left, right, "", nil)
}

func compare(left, right any, pointer string, found []string) []string {
	switch l := left.(type) {
	case map[string]any:
		r, ok := right.(map[string]any)
		if !ok || len(l) != len(r) {
			return append(found, pointer)
		}
		for key := range l {
			if _, ok := r[key]; !ok {
				return append(found, pointer)
			}
		}
		for key, value := range l {
			found = compare(value, r[key], provenance.Field(pointer, key), found)
		}
		return found
	case []any:
		r, ok := right.([]any)
		if !ok || len(l) != len(r) {
			return append(found, pointer)
		}
		for index, value := range l {
			found = compare(value, r[index], provenance.Item(pointer, index), found)
		}
		return found
	}
	if !reflect.DeepEqual(left, right) {
		found = append(found, pointer)
	}
	return found
}
