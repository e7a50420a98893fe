package files

import (
	"bytes"
	"errors"
	"path"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

var errAliases = errors.New("yaml: document contains excessive aliasing")

// maxNodes is more than any manifest has, and few enough to be unfolded.
const maxNodes = 2_000_000

// hasMark tells whether a text may have an anchor or alias: the mark where a value can begin, before a name.
func hasMark(content []byte, mark byte) bool {
	for start := 0; ; {
		found := bytes.IndexByte(content[start:], mark)
		if found < 0 {
			return false
		}
		at := start + found
		begins := at == 0 || bytes.IndexByte([]byte(" \t\r\n\f[{,"), content[at-1]) >= 0
		if begins && at+1 < len(content) && isNameByte(content[at+1]) {
			return true
		}
		start = at + 1
	}
}

func isNameByte(c byte) bool {
	return c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// bombKey is for whether a content is refused.
type bombKey struct{ hash string }

func (v *View) checkAliases(name string, content []byte) error {
	hash := v.Hash(name)
	if hash == "" || !mayBeYAML(name) {
		return checkAliases(name, content)
	}
	if Get(v.Derived(), bombKey{hash}, func() (bool, int) { return checkAliases(name, content) != nil, 64 }) {
		return errAliases
	}
	return nil
}

// checkAliases refuses a text whose aliases unfold to an enormous document: Helm refuses it by itself, but
// kustomize would unfold it.
func checkAliases(name string, content []byte) error {
	if !mayBeYAML(name) || !hasMark(content, '&') || !hasMark(content, '*') {
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	for {
		var document yaml.Node
		if decoder.Decode(&document) != nil {
			return nil // the end, or what is reported when it is parsed for good
		}
		if unfolded(&document, map[*yaml.Node]int{}) > maxNodes {
			return errAliases
		}
	}
}

func mayBeYAML(name string) bool {
	extension := path.Ext(name)
	return extension == ".yaml" || extension == ".yml" || extension == ""
}

// unfolded counts the nodes of a document with its aliases replaced, as far as the limit.
func unfolded(node *yaml.Node, known map[*yaml.Node]int) int {
	if count, ok := known[node]; ok {
		return count
	}
	known[node] = 1 // an anchor that contains itself is refused by the parser
	count := 1
	if node.Alias != nil {
		count = unfolded(node.Alias, known)
	}
	for _, child := range node.Content {
		count = min(count+unfolded(child, known), maxNodes+1)
	}
	known[node] = count
	return count
}
