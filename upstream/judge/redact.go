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
		fields, _ := object[field].(map[string]any)
		for _, value := range fields {
			text, ok := value.(string)
			if !ok {
				text = jsonText(value)
			}
			if text == "" {
				continue
			}
			values = append(values, text)
			if plain, err := base64.StdEncoding.DecodeString(text); err == nil && len(plain) > 0 {
				values = append(values, string(plain))
			}
		}
	}
	slices.SortFunc(values, func(a, b string) int { return len(b) - len(a) })
	return values
}
