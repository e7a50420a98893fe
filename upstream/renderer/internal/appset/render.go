package appset

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// renderer fills templates in one of Argo CD's two languages.
type renderer struct {
	goTemplate bool
	// options are those of text/template, such as `missingkey=error`.
	options []string
}

var base = template.New("base").Funcs(functions())

// functions are sprig's without those that tell of the machine, and Argo CD's own.
func functions() template.FuncMap {
	all := sprig.GenericFuncMap()
	for _, name := range []string{"env", "expandenv", "getHostByName"} {
		delete(all, name)
	}
	all["normalize"], all["slugify"] = sanitized, slugified
	all["toYaml"], all["fromYaml"], all["fromYamlArray"] = toYAML, fromYAML, fromYAMLArray
	return all
}

// deep fills every text in a value, keys of maps too.
func (r renderer) deep(value any, params parameters) (any, error) {
	switch v := value.(type) {
	case string:
		return r.text(v, params)
	case []any:
		list := make([]any, len(v))
		for index, item := range v {
			filled, err := r.deep(item, params)
			if err != nil {
				return nil, err
			}
			list[index] = filled
		}
		return list, nil
	case map[string]any:
		filled := make(map[string]any, len(v))
		for key, item := range v {
			name, err := r.text(key, params)
			if err != nil {
				return nil, err
			}
			if filled[name], err = r.deep(item, params); err != nil {
				return nil, err
			}
		}
		return filled, nil
	}
	return value, nil
}

// text fills one text.
func (r renderer) text(text string, params parameters) (string, error) {
	if r.goTemplate {
		return r.goText(text, params)
	}
	return plainText(text, params)
}

// goText takes the options with care: text/template panics at one that it does not know.
func (r renderer) goText(text string, params parameters) (filled string, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("failed to execute go template %s: %v", text, cause)
		}
	}()
	cloned, err := base.Clone()
	if err != nil {
		return "", err
	}
	parsed, err := cloned.Option(r.options...).Parse(text)
	if err != nil {
		return "", fmt.Errorf("failed to parse template %s: %w", text, err)
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, params); err != nil {
		return "", fmt.Errorf("failed to execute go template %s: %w", text, err)
	}
	return out.String(), nil
}

var isTemplated = regexp.MustCompile(".*{{.*}}.*")

// plainText replaces `{{name}}` by the parameter of that name; what is no name of a text stays.
func plainText(text string, params parameters) (string, error) {
	if !isTemplated.MatchString(text) {
		return text, nil
	}
	var out strings.Builder
	rest := text
	for {
		before, after, found := strings.Cut(rest, "{{")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		tag, behind, closed := strings.Cut(after, "}}")
		if !closed {
			return "", fmt.Errorf("cannot find the end tag in the template %q", text)
		}
		if value, ok := params[strings.TrimSpace(tag)].(string); ok && strings.TrimSpace(tag) != "" {
			out.WriteString(value)
		} else {
			out.WriteString("{{" + tag + "}}")
		}
		rest = behind
	}
}

// generator fills a generator with another one's parameters. Its `values` may use parameters that only it
// makes itself: such stay for later.
func (r renderer) generator(kind string, options map[string]any, params parameters) (map[string]any, error) {
	filled := map[string]any{}
	for field, value := range options {
		if field == "values" && kind != "list" {
			continue
		}
		made, err := r.deep(value, params)
		if err != nil {
			return nil, fmt.Errorf("failed to replace parameters in generator: %w", err)
		}
		filled[field] = made
	}
	strict := renderer{goTemplate: r.goTemplate, options: append(withoutMissingKey(r.options), "missingkey=error")}
	values := map[string]any{}
	for key, value := range stringsAt(options, "values") {
		text, err := strict.text(value, params)
		if isMissingKey(err) {
			text, err = value, nil
		}
		if err != nil {
			return nil, err
		}
		values[key] = text
	}
	if len(values) > 0 && kind != "list" {
		filled["values"] = values
	}
	return filled, nil
}

func withoutMissingKey(options []string) []string {
	var others []string
	for _, option := range options {
		if !strings.HasPrefix(option, "missingkey=") {
			others = append(others, option)
		}
	}
	return others
}

func isMissingKey(err error) bool {
	var failed template.ExecError
	return errors.As(err, &failed) &&
		(strings.Contains(err.Error(), "map has no entry for key") || strings.Contains(err.Error(), "can't evaluate field"))
}
