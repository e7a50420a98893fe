package kustomize

import (
	"encoding/base64"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/provenance"
)

// generator is an entry of configMapGenerator or secretGenerator.
type generator struct {
	kind, name string
	place      provenance.Place
	// list is the field of the kustomization, and entry the item of it.
	list     string
	entry    *yaml.RNode
	literals []*yaml.Node
	// files and envs by what the entry says, relative to folder.
	files, envs []*yaml.Node
	folder      string
	owner       *kustomizationFile
}

func (f *kustomizationFile) findGenerators(root *yaml.RNode) {
	for field, kind := range map[string]string{"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"} {
		each(root, field, func(item *yaml.RNode) {
			name := scalarIn(item, "name")
			if name == nil {
				return
			}
			made := generator{
				kind: kind, name: name.Value, place: f.place(name), list: field, entry: item.Copy(),
				folder: path.Dir(f.name), owner: f,
			}
			each(item, "literals", func(node *yaml.RNode) { made.literals = append(made.literals, node.YNode()) })
			each(item, "files", func(node *yaml.RNode) { made.files = append(made.files, node.YNode()) })
			each(item, "envs", func(node *yaml.RNode) { made.envs = append(made.envs, node.YNode()) })
			if env := scalarIn(item, "env"); env != nil {
				made.envs = append(made.envs, env)
			}
			for _, file := range made.files {
				_, name := fileSource(file.Value)
				f.raw[path.Join(made.folder, name)] = true
			}
			for _, file := range made.envs {
				f.raw[path.Join(made.folder, file.Value)] = true
			}
			f.generators = append(f.generators, made)
		})
	}
}

// fileSource splits `key=path`; without a key it is the file's name.
func fileSource(source string) (key, name string) {
	if key, name, ok := strings.Cut(source, "="); ok {
		return key, name
	}
	return path.Base(source), source
}

// generatorsOf lists the entries that make (or, in an overlay, change) an object, the outermost first.
func (s *survey) generatorsOf(kind, name string) []generator {
	var found []generator
	longest := 0
	for _, made := range s.generators {
		if made.kind != kind || !strings.Contains(name, made.name) || len(made.name) < longest {
			continue
		}
		if len(made.name) > longest {
			longest, found = len(made.name), nil
		}
		found = append(found, made)
	}
	return found
}

// locate finds the literal, file or line of an env file that holds the value of a key.
func (g generator) locate(view *files.View, key, value string) (provenance.Place, bool) {
	for _, literal := range g.literals {
		name, written, ok := strings.Cut(literal.Value, "=")
		if ok && name == key && unquoted(written) == value {
			place := g.owner.place(literal)
			place.How = provenance.Exact
			if literal.Style == 0 && literal.Line > 0 {
				place.Column += len(name) + 1
			}
			return place, true
		}
	}
	for _, source := range g.files {
		name, file := fileSource(source.Value)
		file = path.Join(g.folder, file)
		if content, ok := view.Content(file); ok && name == key && string(content) == value {
			return provenance.Place{File: file, Line: 1, Column: 1, How: provenance.Exact}, true
		}
	}
	for _, source := range g.envs {
		file := path.Join(g.folder, source.Value)
		if content, ok := view.Content(file); ok {
			if place, ok := lineOfEnv(file, string(content), key, value); ok {
				return place, true
			}
		}
	}
	return provenance.Place{}, false
}

// field finds the field of the entry that sets one of the object.
func (g generator) field(pointer, value string) (provenance.Place, bool) {
	names := map[string]string{"/metadata/namespace": "namespace", "/type": "type"}
	scalar := scalarIn(g.entry, names[pointer])
	if scalar == nil || scalar.Value != value {
		return provenance.Place{}, false
	}
	place := g.owner.place(scalar)
	place.How = provenance.Exact
	return place, true
}

func lineOfEnv(file, content, key, value string) (provenance.Place, bool) {
	for index, line := range strings.Split(content, "\n") {
		line = strings.TrimSuffix(line, "\r")
		text := strings.TrimLeft(strings.TrimPrefix(line, "\uFEFF"), " \t")
		name, written, _ := strings.Cut(text, "=")
		if name == key && written == value {
			column := len(line) - len(written) + 1
			return provenance.Place{File: file, Line: index + 1, Column: column, How: provenance.Exact}, true
		}
	}
	return provenance.Place{}, false
}

func unquoted(text string) string {
	if len(text) >= 2 && text[0] == text[len(text)-1] && (text[0] == '"' || text[0] == '\'') {
		return text[1 : len(text)-1]
	}
	return text
}

// decoded is the text that a generated object's data stands for.
func decoded(pointer, value string, secret bool) string {
	if secret || strings.HasPrefix(pointer, "/binaryData/") {
		content, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(value, "\n", ""))
		if err == nil {
			return string(content)
		}
	}
	return value
}
