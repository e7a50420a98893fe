package kustomize

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/provenance"
)

// Flux is what a Flux Kustomization adds to the build of its path; the fields are those of its spec.
type Flux struct {
	Name                    string            `json:"name"`
	Namespace               string            `json:"namespace"`
	TargetNamespace         string            `json:"targetNamespace"`
	NamePrefix              string            `json:"namePrefix"`
	NameSuffix              string            `json:"nameSuffix"`
	Patches                 []json.RawMessage `json:"patches"`
	Images                  []fluxImage       `json:"images"`
	Components              []string          `json:"components"`
	IgnoreMissingComponents bool              `json:"ignoreMissingComponents"`
	BuildMetadata           []string          `json:"buildMetadata"`
	CommonMetadata          *commonMetadata   `json:"commonMetadata"`
	PostBuild               *postBuild        `json:"postBuild"`
	// Places are where values stand that are not written in the Kustomization's own file, such as those of a
	// parent's patch, by their JSON pointers.
	Places map[string]provenance.Place `json:"places"`
	// base leads to these fields in the object that they are of; empty for a Kustomization's spec.
	base []any
}

type fluxImage struct {
	Name    string `json:"name"`
	NewName string `json:"newName"`
	NewTag  string `json:"newTag"`
	Digest  string `json:"digest"`
}

// generate lays the kustomization that Flux makes over the view: the folder's own or, where it has none, one
// of all manifests below it, with the spec's fields set (fluxcd/pkg/kustomize, Generator.GenerateManifest).
// The nodes that come from the folder's own keep their lines; those of the spec have the negative ones of the
// file in which it stands, where they are found there.
func (f *Flux) generate(view *files.View, folder string, origin provenance.Place) (*files.View, *generated, error) {
	name, original, root, err := readKustomization(view, folder)
	if err == nil && root == nil {
		name = path.Join(folder, konfig.DefaultKustomizationFileName())
		root, err = listManifests(view, folder)
	}
	if err != nil {
		return nil, nil, err
	}
	base := f.base
	if base == nil {
		base = []any{"spec"}
	}
	written := readWritten(view, origin, base, f.Places)
	exists := func(component string) bool { return view.Exists(path.Join(view.Abs(folder), component)) }
	if err := f.apply(root, written, exists); err != nil {
		return nil, nil, err
	}
	text, err := root.String()
	if err != nil {
		return nil, nil, err
	}
	return view.With(name, []byte(text)), &generated{name, root, original, written}, nil
}

// generated is a kustomization that stands in no file as it is built.
type generated struct {
	name string
	root *yaml.RNode
	// original is the text of the folder's own kustomization; empty where it has none.
	original string
	written  *writtenSpec
}

// readKustomization reads the kustomization of a folder; root is nil where it has none.
func readKustomization(view *files.View, folder string) (name, original string, root *yaml.RNode, err error) {
	if name = kustomizationOf(view, folder); name == "" {
		return "", "", nil, nil
	}
	content, err := view.ReadFile(view.Abs(name))
	if err != nil {
		return "", "", nil, err
	}
	root, err = yaml.Parse(string(content))
	if err != nil {
		return "", "", nil, fmt.Errorf("%s: %w", name, err)
	}
	if yaml.IsMissingOrNull(root) || root.YNode().Kind != yaml.MappingNode {
		root = yaml.NewMapRNode(nil)
	}
	if resources := root.Field("resources"); resources.IsNilOrEmpty() {
		// As Flux does, so that a kustomization without resources is no error.
		set(root, "buildMetadata", yaml.NewListRNode("originAnnotations"))
	}
	return name, string(content), root, nil
}

// listManifests is a kustomization of the manifests below a folder; a folder with a kustomization of its own counts whole.
func listManifests(view *files.View, folder string) (*yaml.RNode, error) {
	base := view.Abs(folder)
	var resources []string
	factory := provider.NewDefaultDepProvider().GetResourceFactory()
	err := view.Walk(base, func(name string, info os.FileInfo, err error) error {
		if err != nil || name == base {
			return err
		}
		if info.IsDir() {
			if rel, _ := view.Rel(name); kustomizationOf(view, rel) == "" {
				return nil
			}
			resources = append(resources, "."+strings.TrimPrefix(name, base))
			return filepath.SkipDir
		}
		if extension := path.Ext(name); extension != ".yaml" && extension != ".yml" || notInArtifact[path.Base(name)] {
			return nil
		}
		content, err := view.ReadFile(name)
		if err != nil {
			return err
		}
		if _, err := factory.SliceFromBytes(content); err != nil {
			return fmt.Errorf("failed to decode Kubernetes YAML from %s: %w", name, err)
		}
		resources = append(resources, "."+strings.TrimPrefix(name, base))
		return nil
	})
	if err != nil {
		return nil, err
	}
	root := yaml.NewMapRNode(nil)
	if len(resources) == 0 {
		set(root, "namespace", yaml.NewStringRNode("_placeholder"))
	} else {
		set(root, "resources", yaml.NewListRNode(resources...))
	}
	return root, nil
}

// notInArtifact are manifests' neighbours that Flux's source-controller leaves out by default.
var notInArtifact = map[string]bool{
	".travis.yml": true, ".gitlab-ci.yml": true, "appveyor.yml": true, ".drone.yml": true,
	"cloudbuild.yaml": true, "codeship-services.yml": true, "codeship-steps.yml": true,
	".goreleaser.yml": true, ".sops.yaml": true, ".flux.yaml": true,
}

// kustomizationOf is the kustomization file of a folder; empty where it has none.
func kustomizationOf(view *files.View, folder string) string {
	for _, base := range konfig.RecognizedKustomizationFileNames() {
		name := path.Join(folder, base)
		if abs := view.Abs(name); view.Exists(abs) && !view.IsDir(abs) {
			return name
		}
	}
	return ""
}

func (f *Flux) apply(root *yaml.RNode, written *writtenSpec, exists func(component string) bool) error {
	for _, field := range []struct{ name, of, value string }{
		{"namespace", "targetNamespace", f.TargetNamespace},
		{"namePrefix", "namePrefix", f.NamePrefix},
		{"nameSuffix", "nameSuffix", f.NameSuffix},
	} {
		if field.value != "" {
			set(root, field.name, written.mark(yaml.NewStringRNode(field.value), field.of))
		}
	}
	for index, patch := range f.Patches {
		node, err := yaml.ConvertJSONToYamlNode(string(patch))
		if err != nil {
			return fmt.Errorf("patches: %w", err)
		}
		push(root, "patches", written.mark(withoutLines(node), "patches", index))
	}
	for index, component := range f.Components {
		if path.IsAbs(component) || strings.Contains(component, "://") {
			return fmt.Errorf("component path '%s' must be local and relative", component)
		}
		if f.IgnoreMissingComponents && !exists(component) {
			continue
		}
		push(root, "components", written.mark(yaml.NewStringRNode(component), "components", index))
	}
	for index, image := range f.Images {
		image.merge(root, func(field, value string) *yaml.RNode {
			return written.mark(yaml.NewStringRNode(value), "images", index, field)
		})
	}
	if len(f.BuildMetadata) > 0 {
		set(root, "buildMetadata", yaml.NewListRNode(f.BuildMetadata...))
	}
	return nil
}

// merge sets an image's new name, tag and digest in the entry of its name; tag and digest go together.
func (i fluxImage) merge(root *yaml.RNode, scalar func(field, value string) *yaml.RNode) {
	entry := i.entry(root)
	if i.NewName != "" {
		set(entry, "newName", scalar("newName", i.NewName))
	}
	if i.NewTag == "" && i.Digest == "" {
		return
	}
	for field, value := range map[string]string{"newTag": i.NewTag, "digest": i.Digest} {
		if value == "" {
			_ = entry.PipeE(yaml.Clear(field))
		} else {
			set(entry, field, scalar(field, value))
		}
	}
}

func (i fluxImage) entry(root *yaml.RNode) *yaml.RNode {
	if images := root.Field("images"); images != nil {
		elements, _ := images.Value.Elements()
		for _, element := range elements {
			if name := element.Field("name"); name != nil && name.Value.YNode().Value == i.Name {
				return element
			}
		}
	}
	entry := yaml.NewMapRNode(nil)
	set(entry, "name", yaml.NewStringRNode(i.Name))
	push(root, "images", entry)
	return entry
}

// set replaces a field's value by a node that is not null: that cannot fail on a map.
func set(node *yaml.RNode, field string, value *yaml.RNode) {
	_ = node.PipeE(yaml.SetField(field, value))
}

func push(node *yaml.RNode, field string, value *yaml.RNode) {
	list := node.Field(field)
	if list == nil || list.Value.YNode().Kind != yaml.SequenceNode {
		set(node, field, yaml.NewListRNode())
		list = node.Field(field)
	}
	content := list.Value.YNode()
	content.Style &^= yaml.FlowStyle
	content.Content = append(content.Content, value.YNode())
}

func withoutLines(node *yaml.RNode) *yaml.RNode {
	var visit func(*yaml.Node)
	visit = func(n *yaml.Node) {
		n.Line, n.Column = 0, 0
		for _, child := range n.Content {
			visit(child)
		}
	}
	visit(node.YNode())
	return node
}
