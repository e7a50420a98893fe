package appset

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"sigs.k8s.io/yaml"
)

const maxNameLength = 253

var noNameCharacter = regexp.MustCompile("[^-a-z0-9.]")

// sanitized makes a text one that may be an object's name.
func sanitized(name string) string {
	name = noNameCharacter.ReplaceAllString(strings.ToLower(name), "-")
	if len(name) > maxNameLength {
		name = name[:maxNameLength]
	}
	return strings.Trim(name, "-.")
}

var (
	noSlugCharacter = regexp.MustCompile("[^a-z0-9-_]")
	manyDashes      = regexp.MustCompile("-+")
)

// slugified is `slugify [length] [smart] name`: words of a name joined by dashes, cut to a length, if smart
// between words.
func slugified(args ...any) (string, error) {
	longest, smart, name := 50, true, ""
	for index, arg := range args {
		ok := true
		switch {
		case index == len(args)-1:
			name, ok = arg.(string)
		case index == 0:
			longest, ok = arg.(int)
		case index == 1:
			smart, ok = arg.(bool)
		}
		if !ok {
			return "", errors.New("slugify takes a length, whether to cut between words, and a name")
		}
	}
	if longest < 0 {
		return "", errors.New("slugify takes no negative length")
	}
	slug := sanitized(name)
	if !smart && len(slug) >= longest {
		slug = slug[:longest]
	}
	slug = manyDashes.ReplaceAllString(noSlugCharacter.ReplaceAllString(slug, "-"), "-")
	slug = strings.Trim(slug, "-_")
	if smart && longest > 0 && len(slug) > longest {
		return betweenWords(slug, longest), nil
	}
	return slug, nil
}

// betweenWords keeps the words that fit; a first word that is too long is cut.
func betweenWords(slug string, longest int) string {
	if end := strings.LastIndexByte(slug[:longest+1], '-'); end >= 0 {
		return slug[:end]
	}
	return slug[:longest]
}

func toYAML(value any) (string, error) {
	text, err := yaml.Marshal(value)
	return strings.TrimSuffix(string(text), "\n"), err
}

func fromYAML(text string) (map[string]any, error) {
	value := map[string]any{}
	return value, yaml.Unmarshal([]byte(text), &value)
}

func fromYAMLArray(text string) ([]any, error) {
	value := []any{}
	return value, yaml.Unmarshal([]byte(text), &value)
}

// flattened joins the keys of nested maps and lists by dots; every value as text.
func flattened(params parameters) map[string]string {
	flat := map[string]string{}
	var visit func(key string, value any)
	visit = func(key string, value any) {
		switch v := value.(type) {
		case map[string]any:
			for name, item := range v {
				visit(joined(key, name), item)
			}
		case map[string]string:
			for name, item := range v {
				visit(joined(key, name), item)
			}
		case []any:
			for index, item := range v {
				visit(joined(key, fmt.Sprint(index)), item)
			}
		default:
			flat[key] = fmt.Sprintf("%v", value)
		}
	}
	visit("", params)
	return flat
}

func joined(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}
