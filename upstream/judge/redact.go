package main

import (
	"encoding/base64"
	"slices"
	"strings"
)

// Shorter values could be any word of a message; they are taken out only where they stand in quotes.
const shortSecret = 4

// redact takes the values of a Secret out of what is said about it.
func redact(found []finding, object map[string]any) []finding {
	secrets := secretValues(object)
	for i := range found {
		found[i].Message = redactText(found[i].Message, secrets)
	}
	return found
}

func redactText(text string, secrets []string) string {
	for _, secret := range secrets {
		if len(secret) >= shortSecret {
			text = strings.ReplaceAll(text, secret, "***")
		} else {
			text = strings.ReplaceAll(text, `"`+secret+`"`, `"***"`)
		}
	}
	return text
}

// secretValues lists the values of a Secret, plain and as base64, the longest first; none for other kinds.
func secretValues(object map[string]any) []string {
	if object["kind"] != "Secret" || object["apiVersion"] != "v1" {
		return nil
	}
	var values []string
	for _, field := range []string{"data", "stringData"} {
		values = appendTexts(values, object[field])
	}
	slices.SortFunc(values, func(a, b string) int { return len(b) - len(a) })
	return values
}

func appendTexts(values []string, value any) []string {
	switch v := value.(type) {
	case map[string]any:
		for _, inner := range v {
			values = appendTexts(values, inner)
		}
	case []any:
		for _, inner := range v {
			values = appendTexts(values, inner)
		}
	case string:
		if plain, err := base64.StdEncoding.DecodeString(v); err == nil && len(plain) > 0 {
			values = append(values, string(plain))
		}
		if v != "" {
			values = append(values, v)
		}
	case int64, float64:
		values = append(values, jsonText(v))
	}
	return values
}
