package kustomize

import (
	"encoding/base64"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

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
	// options are the kustomization's generatorOptions, or nil.
	options *yaml.RNode
}

func (f *kustomizationFile) findGenerators(root *yaml.RNode) {
	for _, field := range generatorLists {
		each(root, field, func(item *yaml.RNode) {
			name := scalarIn(item, "name")
			if name == nil {
				return
			}
			made := &generator{
				kind: generatedKinds[field], name: name.Value, place: f.place(name), list: field, entry: item.Copy(),
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
			if options := root.Field("generatorOptions"); options != nil {
				made.options = options.Value.Copy()
			}
			f.signatures[f.name] = append(f.signatures[f.name], len(f.generators))
			f.generators = append(f.generators, made)
		})
	}
}

var (
	generatorLists = []string{"configMapGenerator", "secretGenerator"}
	generatedKinds = map[string]string{"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"}
)

// signature begins the annotations that tell which entries made an object.
const signature = "driftline.made.by/"

// sign lets each entry annotate what it makes.
func (f *kustomizationFile) sign(root *yaml.RNode) {
	next := 0
	for _, field := range generatorLists {
		each(root, field, func(item *yaml.RNode) {
			if scalarIn(item, "name") == nil || next >= len(f.signatures[f.name]) {
				return
			}
			key := signature + strconv.Itoa(f.signatures[f.name][next])
			next++
			set(mapIn(mapIn(item, "options"), "annotations"), key, yaml.NewStringRNode("true"))
		})
	}
}

// mapIn is the map that a map has at a field, made where there is none.
func mapIn(node *yaml.RNode, field string) *yaml.RNode {
	if found := node.Field(field); found != nil && found.Value.YNode().Kind == yaml.MappingNode {
		return found.Value
	}
	made := yaml.NewMapRNode(nil)
	set(node, field, made)
	return made
}

// makersOf are the entries that made an object of this build, and changed it, the outermost first.
func (r *rebuilt) makersOf(node *yaml.Node) []*generator {
	if node == nil {
		return nil
	}
	var numbers []int
	pairs := mapAt(node, "metadata", "annotations")
	for index := 0; pairs != nil && index < len(pairs.Content); index += 2 {
		if text, signed := strings.CutPrefix(pairs.Content[index].Value, signature); signed {
			if number := indexOf(text, len(r.survey.generators)); number >= 0 {
				numbers = append(numbers, number)
			}
		}
	}
	slices.Sort(numbers)
	makers := make([]*generator, len(numbers))
	for index, number := range numbers {
		makers[index] = r.survey.generators[number]
	}
	return makers
}

// fileSource splits `key=path`; without a key it is the file's name.
func fileSource(source string) (key, name string) {
	if key, name, ok := strings.Cut(source, "="); ok {
		return key, name
	}
	return path.Base(source), source
}

// locate finds the literal, file or line of an env file that holds the value of a key.
func (g *generator) locate(view *files.View, key, value string) (provenance.Place, bool) {
	for _, literal := range g.literals {
		name, written, ok := strings.Cut(literal.Value, "=")
		if ok && name == key && unquoted(written) == value {
			return g.literalPlace(literal, name), true
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

// literalPlace is where the value of `key=value` begins.
func (g *generator) literalPlace(literal *yaml.Node, key string) provenance.Place {
	place := g.owner.place(literal)
	place.How = provenance.Transformed
	if literal.Line == 0 {
		return place
	}
	_, lines, number := g.owner.source(literal)
	characters := []rune(lines[number-1])
	if literal.Column > len(characters) {
		return place
	}
	rest := string(characters[literal.Column-1:])
	for _, quote := range []string{"", `"`, "'"} {
		if strings.HasPrefix(rest, quote+key+"=") && !strings.Contains(literal.Value, "\n") {
			place.Column += len(quote) + len(utf16.Encode([]rune(key))) + 1
			place.How = provenance.Exact
			return place
		}
	}
	return place
}

// field finds the field of the entry that sets one of the object.
func (g *generator) field(pointer, value string) (provenance.Place, bool) {
	names := map[string]string{"/metadata/namespace": "namespace", "/type": "type"}
	scalar := scalarIn(g.entry, names[pointer])
	if pointer == "/immutable" {
		if options := g.entry.Field("options"); options != nil {
			scalar = scalarIn(options.Value, "immutable")
		}
		if scalar == nil {
			scalar = scalarIn(g.options, "immutable")
		}
	}
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
		// Without `=` the value would come from the environment.
		name, written, found := strings.Cut(text, "=")
		if found && name == key && written == value {
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
