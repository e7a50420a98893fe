package helm

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"

	kubeyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/objects"
)

// document is one YAML document of the output with the name of the template that printed it.
type document struct {
	template string
	text     string
	// plain is true for a file that is no template.
	plain bool
	hook  bool
}

func (m *manifests) documents() []document {
	var all []document
	for _, crd := range m.crds {
		for _, text := range split(string(crd.File.Data)) {
			all = append(all, document{template: crd.Filename, text: text, plain: true})
		}
	}
	for _, manifest := range m.plain {
		all = append(all, document{template: manifest.Name, text: manifest.Content})
	}
	for _, hook := range m.hooks {
		all = append(all, document{template: hook.Path, text: hook.Manifest, hook: true})
	}
	return all
}

// objects reads each document as the API server's clients do. Documents of comments only are none.
func (m *manifests) objects(derived *files.Derived, sources map[string]string) ([]document, []objects.Object, error) {
	var read []document
	var found []objects.Object
	for _, document := range m.documents() {
		value, err := document.json(derived)
		if err != nil {
			return nil, nil, fmt.Errorf("YAML parse error on %s: %w", document.template, err)
		}
		if !bytes.Equal(bytes.TrimSpace(value), []byte("null")) {
			read = append(read, document)
			found = append(found, objects.Object{
				Value: value, Source: sources[document.template],
				Text: document.text, Definition: document.plain, Hook: document.hook,
			})
		}
	}
	return read, found, nil
}

type jsonKey [sha256.Size]byte

// json is the document as JSON. Most documents are the same in the next render.
func (d document) json(derived *files.Derived) ([]byte, error) {
	type made struct {
		value []byte
		err   error
	}
	found := files.Get(derived, jsonKey(sha256.Sum256([]byte(d.text))), func() (made, int) {
		value, err := yaml.YAMLToJSON([]byte(d.text))
		return made{value, err}, len(value)
	})
	return found.value, found.err
}

func split(text string) []string {
	reader := kubeyaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	var all []string
	for {
		document, err := reader.Read()
		if err == io.EOF {
			return all
		}
		if err != nil {
			return append(all, text)
		}
		all = append(all, string(document))
	}
}
