package appset

func mapOf(value any) map[string]any {
	found, _ := value.(map[string]any)
	return found
}

func mapAt(value map[string]any, field string) map[string]any { return mapOf(value[field]) }

func listAt(value map[string]any, field string) []any {
	found, _ := value[field].([]any)
	return found
}

func textAt(value map[string]any, field string) string {
	found, _ := value[field].(string)
	return found
}

func textsAt(value map[string]any, field string) []string {
	var texts []string
	for _, item := range listAt(value, field) {
		if text, ok := item.(string); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// stringsAt is a map of texts, such as `values` and labels.
func stringsAt(value map[string]any, field string) map[string]string {
	texts := map[string]string{}
	for key, item := range mapAt(value, field) {
		if text, ok := item.(string); ok {
			texts[key] = text
		}
	}
	return texts
}
