package helm

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"

	kubeyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"driftline/renderer/internal/objects"
)

// document is one YAML document of the output with the name of the template that printed it.
type document struct {
	template string
	text     string
}

func (m *manifests) documents() []document {
	var all []document
	for _, crd := range m.crds {
		for _, text := range split(string(crd.File.Data)) {
			all = append(all, document{crd.Filename, text})
		}
	}
	for _, manifest := range m.plain {
		all = append(all, document{manifest.Name, manifest.Content})
	}
	for _, hook := range m.hooks {
		all = append(all, document{hook.Path, hook.Manifest})
	}
	return all
}

// objects reads each document as the API server's clients do. Documents of comments only are none.
func (m *manifests) objects(sources map[string]string) ([]objects.Object, error) {
	var all []objects.Object
	for _, document := range m.documents() {
		value, err := yaml.YAMLToJSON([]byte(document.text))
		if err != nil {
			return nil, fmt.Errorf("YAML parse error on %s: %w", document.template, err)
		}
		if !bytes.Equal(bytes.TrimSpace(value), []byte("null")) {
			all = append(all, objects.Object{Value: value, Source: sources[document.template], Document: document.text})
		}
	}
	return all, nil
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
