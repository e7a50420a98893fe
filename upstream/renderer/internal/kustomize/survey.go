package kustomize

import (
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/provenance"
)

// survey rewrites what kustomize reads so that the result tells where it comes from.
type survey struct {
	view    *files.View
	numbers *numbering
	// folds is nil where nothing is folded.
	folds *folding
	// marks is nil where nothing is to be marked; either what makes names is marked or all the rest: names
	// select what patches act on, and marks in them can lead a patch astray.
	marks     *marks
	markNames bool
	// makesNames is true when a kustomization sets a namespace, prefix or suffix.
	makesNames bool
	// makesObjects is true where it is not known for certain which objects patches act on: some may be made, or
	// get another kind, in ways that are not followed.
	makesObjects bool
	// withoutJSON leaves the JSON 6902 patches out: they lose the lines of the objects they touch.
	withoutJSON bool
	jsonPatches int
	// made is the kustomization that Flux generates; what it adds stands at origin.
	made   *generated
	origin provenance.Place
	// edits are kustomizations that are not as they stand in their files.
	edits map[string]*editedFile

	generators []*generator
	// signatures are the numbers of the generators of each kustomization.
	signatures   map[string][]int
	replacements []replacement
	variables    []kustomizeVar
	// levels number the kustomizations in the order in which they are read.
	levels map[string]int
	// entries are what patches objects, the outermost kustomization's first.
	entries []patch
	images  []imageEntry
	// patchFiles are the files that the entries name.
	patchFiles map[string]bool
	// raw are files that a generator takes as they are.
	raw map[string]bool
	// parents says for a file or folder which kustomization names it.
	parents map[string]reference
	seen    map[string]bool
}

// reference is the entry of a kustomization that names a file or folder.
type reference struct {
	place provenance.Place
	field string
}

func newSurvey(view *files.View, made *generated, origin provenance.Place, firstLine int) *survey {
	return &survey{
		view: view, numbers: newNumbering(firstLine), made: made, origin: origin,
		raw: map[string]bool{}, patchFiles: map[string]bool{}, signatures: map[string][]int{}, levels: map[string]int{}, parents: map[string]reference{}, seen: map[string]bool{},
	}
}

func isKustomization(name string) bool {
	for _, known := range konfig.RecognizedKustomizationFileNames() {
		if path.Base(name) == known {
			return true
		}
	}
	return false
}

// rewrite is called for every file as it is read.
func (s *survey) rewrite(name string, content []byte) []byte {
	if isKustomization(name) {
		s.folds.rewrite(name, content)
		return s.kustomization(name, content)
	}
	if extension := path.Ext(name); s.raw[name] || extension != ".yaml" && extension != ".yml" && extension != ".json" {
		return content
	}
	numbered := s.numbers.add(name, name, textOf(s.view, name), nil)
	switch numbered.text.FirstKind() {
	case yaml.SequenceNode:
		if patch := jsonPatch(string(content)); patch != nil {
			return []byte(s.jsonPatch(patch, numbered))
		}
	case yaml.MappingNode:
		if s.marks != nil && !s.markNames && isBuiltin(numbered.text.Documents[0]) {
			if text, ok := s.transformer(string(content), numbered); ok {
				return []byte(text)
			}
		}
	}
	numbered.folded = s.folds.text(name, content)
	if numbered.folded == nil && s.patchFiles[name] {
		return numbered.padded(s.markMetadata(content, numbered))
	}
	return numbered.padded(s.folds.rewrite(name, content))
}

func isBuiltin(root *yaml.Node) bool {
	version := fieldOf(root, "apiVersion")
	return version != nil && version.Value == "builtin"
}

// transformer marks what a builtin transformer's file says; not ok for other files.
func (s *survey) transformer(content string, numbered *span) (string, bool) {
	root, err := yaml.Parse(content)
	if err != nil || yaml.IsMissingOrNull(root) {
		return "", false
	}
	for _, field := range []string{"labels", "annotations", "imageTag", "replica"} {
		values := root.Field(field)
		if values == nil || values.Value.YNode().Kind != yaml.MappingNode {
			continue
		}
		content := values.Value.YNode().Content
		for index := 0; index+1 < len(content); index += 2 {
			key, scalar := content[index].Value, content[index+1]
			made := mark{place: numbered.place(scalar.Line, scalar.Column), field: field}
			if key == "count" {
				s.marks.number(scalar, made)
			} else if key != "name" || field != "imageTag" && field != "replica" {
				s.marks.text(scalar, made)
			}
		}
	}
	text, err := root.String()
	return text, err == nil
}

func (s *survey) kustomization(name string, content []byte) []byte {
	var root *yaml.RNode
	original := string(content)
	if edit := s.edits[name]; edit != nil {
		root, original = edit.root.Copy(), edit.original
	} else if s.made != nil && s.made.name == name {
		root, original = s.made.root.Copy(), s.made.original
	} else {
		parsed, err := yaml.Parse(string(content))
		if err != nil || yaml.IsMissingOrNull(parsed) {
			return content
		}
		root = parsed
	}
	file := &kustomizationFile{survey: s, name: name, lines: strings.Split(original, "\n")}
	if !s.seen[name] {
		s.seen[name] = true
		s.levels[name] = len(s.levels) + 1
		file.references(root)
		file.findGenerators(root)
		file.findReplacements(root)
		file.findPatches(root)
		file.findImages(root)
		for _, entry := range s.entries {
			s.patchFiles[entry.text] = true
		}
	}
	file.sign(root)
	if s.withoutJSON {
		file.keepNames(root)
		if root.Field("replacements") != nil {
			// Left empty, not out: a kustomization must say something.
			set(root, "replacements", yaml.NewListRNode())
		}
	}
	file.patches(root)
	if s.marks != nil {
		file.mark(root)
	}
	text, err := root.String()
	if err != nil {
		return content
	}
	return []byte(text)
}

// jsonPatch rewrites the operations of a JSON 6902 patch.
func (s *survey) jsonPatch(patch *yaml.RNode, numbered *span) string {
	s.jsonPatches++
	if s.withoutJSON {
		return "[]"
	}
	// What a test asks for was there in the build itself; marks would make it fail.
	content := patch.Content()[:0:0]
	for _, operation := range patch.Content() {
		if op := fieldOf(operation, "op"); op != nil && op.Value == "test" {
			continue
		}
		content = append(content, operation)
		at := fieldOf(operation, "path")
		named := at != nil && identifying[at.Value]
		s.makesObjects = s.makesObjects || named && at.Value != "/metadata/name" && at.Value != "/metadata/namespace"
		s.makesNames = s.makesNames || named
		if s.marks != nil && named == s.markNames {
			s.markOperation(yaml.NewRNode(operation), numbered)
		}
	}
	if len(content) == 0 {
		return "[]"
	}
	patch.YNode().Content = content
	blockStyle(patch.YNode())
	text, err := patch.String()
	if err != nil {
		return "[]"
	}
	return text
}

func (s *survey) markOperation(operation *yaml.RNode, numbered *span) {
	value := operation.Field("value")
	if value == nil {
		return
	}
	provenance.Walk(value.Value.YNode(), "", func(_ string, node *yaml.Node) {
		if node.Kind == yaml.ScalarNode {
			place := numbered.place(node.Line, node.Column)
			s.marks.text(node, mark{place: place, field: "patches", whole: numbered.exact()})
		}
	})
}

// jsonPatch reads a text as JSON 6902 operations; nil where it is none.
func jsonPatch(text string) *yaml.RNode {
	node, err := yaml.Parse(text)
	if err != nil || yaml.IsMissingOrNull(node) || node.YNode().Kind != yaml.SequenceNode {
		return nil
	}
	elements, err := node.Elements()
	if err != nil || len(elements) == 0 || elements[0].YNode().Kind != yaml.MappingNode || elements[0].Field("op") == nil {
		return nil
	}
	return node
}

// blockStyle makes a text that begins with `[` one that does not: kustomize would read it as JSON.
func blockStyle(node *yaml.Node) {
	node.Style &^= yaml.FlowStyle
	for _, child := range node.Content {
		blockStyle(child)
	}
}
