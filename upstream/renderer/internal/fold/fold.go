// Package fold takes out of manifests what kustomize only carries through, and what makes it slow: the schemas
// of custom resources, and long literal texts. A token of one word stands for each until the build is made.
// Lines keep their numbers.
package fold

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/provenance"
)

// What is smaller costs less than it would save.
const (
	minText  = 400
	minLines = 20
)

// TokenStart begins every token.
const TokenStart = "driftline-fold-"

// Fold is one value that was taken out.
type Fold struct {
	// Token stands for the value; equal values have the same.
	Token string
	// JSON is the value as kustomize writes it.
	JSON []byte
	// Line is the line on which the token stands, and Node the value as it stands in the text.
	Line int
	Node *yaml.Node
}

// Text is a text without what was taken out.
type Text struct {
	Content []byte
	Folds   []*Fold
}

// At is the fold of a token on a line, or nil.
func (t *Text) At(line int, token string) *Fold {
	for _, fold := range t.Folds {
		if fold.Line == line && fold.Token == token {
			return fold
		}
	}
	return nil
}

// Of is the fold whose value begins where a node does, or nil.
func (t *Text) Of(node *yaml.Node) *Fold {
	for _, fold := range t.Folds {
		if fold.Node.Line == node.Line && fold.Node.Column == node.Column && fold.Node.Kind == node.Kind {
			return fold
		}
	}
	return nil
}

// IsToken tells whether a value is a token.
func IsToken(value string) bool { return strings.HasPrefix(value, TokenStart) }

// Possible tells at a glance whether a text may have something worth it.
func Possible(content []byte) bool {
	return len(content) > minText &&
		(bytes.Contains(content, []byte(": |")) || bytes.Contains(content, []byte("CustomResourceDefinition")))
}

// New folds a text; nil where there is nothing worth it.
func New(text *provenance.Text) *Text {
	f := &folder{lines: text.Lines}
	for _, document := range text.Documents {
		if document.Kind == yaml.MappingNode && !hasAnchors(document) {
			f.object(document)
		}
	}
	if len(f.folds) == 0 {
		return nil
	}
	return &Text{Content: []byte(strings.Join(f.result, "\n")), Folds: f.folds}
}

// hasAnchors tells whether a document has parts that stand for others.
func hasAnchors(node *yaml.Node) bool {
	if node.Anchor != "" || node.Kind == yaml.AliasNode {
		return true
	}
	for _, child := range node.Content {
		if hasAnchors(child) {
			return true
		}
	}
	return false
}

type folder struct {
	lines, result []string
	folds         []*Fold
}

// object folds an object, or the items of a list of objects.
func (f *folder) object(root *yaml.Node) {
	kind, _ := provenance.Entry(root, "kind")
	if kind != nil && strings.HasSuffix(kind.Value, "List") {
		if items, _ := provenance.Entry(root, "items"); items != nil && items.Kind == yaml.SequenceNode {
			for _, item := range items.Content {
				f.object(item)
			}
			return
		}
	}
	if kind != nil && kind.Value == "CustomResourceDefinition" {
		f.schemas(root)
	}
	f.texts(root)
}

// schemas folds the schema of each version of a custom resource's definition.
func (f *folder) schemas(root *yaml.Node) {
	spec, _ := provenance.Entry(root, "spec")
	if spec == nil {
		return
	}
	f.subtree(provenance.Entry(spec, "validation"))
	versions, _ := provenance.Entry(spec, "versions")
	if versions == nil || versions.Kind != yaml.SequenceNode {
		return
	}
	for _, version := range versions.Content {
		f.subtree(provenance.Entry(version, "schema"))
	}
}

// subtree folds a map that stands below its key.
func (f *folder) subtree(value, key *yaml.Node) {
	if value == nil || value.Kind != yaml.MappingNode || value.Style&yaml.FlowStyle != 0 || value.Line <= key.Line {
		return
	}
	line := f.lines[key.Line-1]
	start := key.Column - 1 + len(key.Value)
	if key.Style != 0 || start >= len(line) || line[start] != ':' || !ascii(line[:start]) {
		return
	}
	if end, ok := f.end(key); ok && end-key.Line >= minLines {
		f.take(value, key.Line, end, line[:start+1]+" ")
	}
}

// texts folds the long literal texts below a node.
func (f *folder) texts(node *yaml.Node) {
	if node.Kind == yaml.MappingNode {
		for index := 0; index+1 < len(node.Content); index += 2 {
			key, value := node.Content[index], node.Content[index+1]
			if value.Kind == yaml.ScalarNode {
				f.text(value, key)
			} else if (&Text{Folds: f.folds}).Of(value) == nil {
				f.texts(value)
			}
		}
		return
	}
	for _, child := range node.Content {
		f.texts(child)
	}
}

func (f *folder) text(value, key *yaml.Node) {
	if value.Style != yaml.LiteralStyle || len(value.Value) < minText || value.Line != key.Line {
		return
	}
	line := f.lines[value.Line-1]
	if value.Column > len(line) || !ascii(line[:value.Column]) || line[value.Column-1] != '|' {
		return
	}
	if end, ok := f.end(key); ok {
		f.take(value, value.Line, end, line[:value.Column-1])
	}
}

// end is the number of the first line after the value of a key of a map: it is indented no more than the key.
func (f *folder) end(key *yaml.Node) (int, bool) {
	for number := key.Line + 1; number <= len(f.lines); number++ {
		line := f.lines[number-1]
		content := strings.TrimLeft(line, " ")
		if content == "" || strings.HasPrefix(content, "#") {
			continue
		}
		if content[0] == '\t' {
			return 0, false
		}
		if len(line)-len(content) < key.Column {
			return number, true
		}
	}
	return len(f.lines) + 1, true
}

// take puts the token into the line and empties the following ones, up to the end.
func (f *folder) take(value *yaml.Node, line, end int, start string) {
	written, err := asJSON(value)
	if err != nil || value.Kind == yaml.ScalarNode && !isText(written, value.Value) {
		return
	}
	sum := sha256.Sum256(written)
	fold := &Fold{JSON: written, Line: line, Node: value}
	fold.Token = TokenStart + strings.ToLower(base32.HexEncoding.EncodeToString(sum[:15]))
	if f.result == nil {
		f.result = append([]string(nil), f.lines...)
	}
	f.folds = append(f.folds, fold)
	f.result[line-1] = start + fold.Token
	for number := line + 1; number < end; number++ {
		f.result[number-1] = ""
	}
}

// asJSON writes a value as kustomize does; what it could not write is an error.
func asJSON(value *yaml.Node) ([]byte, error) {
	var decoded any
	if err := value.Decode(&decoded); err != nil {
		return nil, err
	}
	return json.Marshal(decoded)
}

// isText tells whether a literal text survived being written and read again.
func isText(written []byte, text string) bool {
	var read string
	return json.Unmarshal(written, &read) == nil && read == text
}

func ascii(text string) bool {
	for index := range len(text) {
		if text[index] >= 0x80 {
			return false
		}
	}
	return true
}
