package kustomize

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/pkg/util"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/provenance"
)

// Argo is what an Argo CD Application's source adds to the build of its path.
type Argo struct {
	Options argoOptions `json:"options"`
	// AnyFile is Argo CD's `--load-restrictor LoadRestrictionsNone`.
	AnyFile bool `json:"anyFile"`
	// Place is where the options begin; Places are those of options that another file says, by JSON pointer.
	Place  provenance.Place            `json:"place"`
	Places map[string]provenance.Place `json:"places"`
}

// argoOptions are the fields of `spec.source.kustomize`, the build environment's variables already filled in.
type argoOptions struct {
	NamePrefix              string            `json:"namePrefix"`
	NameSuffix              string            `json:"nameSuffix"`
	Namespace               string            `json:"namespace"`
	Images                  []string          `json:"images"`
	Replicas                []argoReplicas    `json:"replicas"`
	CommonLabels            map[string]string `json:"commonLabels"`
	ForceCommonLabels       bool              `json:"forceCommonLabels"`
	LabelWithoutSelector    bool              `json:"labelWithoutSelector"`
	LabelIncludeTemplates   bool              `json:"labelIncludeTemplates"`
	CommonAnnotations       map[string]string `json:"commonAnnotations"`
	ForceCommonAnnotations  bool              `json:"forceCommonAnnotations"`
	Patches                 []json.RawMessage `json:"patches"`
	Components              []string          `json:"components"`
	IgnoreMissingComponents bool              `json:"ignoreMissingComponents"`
}

type argoReplicas struct {
	Name string `json:"name"`
	// Count is a number or the text of one.
	Count any `json:"count"`
}

// generate lays the kustomization over the view that Argo CD makes of the folder's own before it builds: by
// `kustomize edit set` and `add`, in the same order (argo-cd v3.5.7, util/kustomize, kustomize v5.8.1,
// commands/edit). What it adds has the negative lines of the options in their file, as Flux's spec has.
func (a *Argo) generate(view *files.View, folder string) (*files.View, *generated, error) {
	name := kustomizationOf(view, folder)
	if name == "" {
		return nil, nil, fmt.Errorf("Missing kustomization file '%s'.", konfig.DefaultKustomizationFileName())
	}
	content, err := view.ReadFile(view.Abs(name))
	if err != nil {
		return nil, nil, err
	}
	root, err := yaml.Parse(string(content))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	if err != nil || yaml.IsMissingOrNull(root) || root.YNode().Kind != yaml.MappingNode {
		root = yaml.NewMapRNode(nil)
	}
	edit := &argoEdit{argoOptions: a.Options, view: view, folder: folder, root: root, written: readWritten(view, a.Place, nil, a.Places)}
	for _, step := range []func() error{
		edit.names, edit.images, edit.replicas, edit.labels, edit.annotations, edit.patches, edit.components,
	} {
		if err := step(); err != nil {
			return nil, nil, err
		}
	}
	text, err := root.String()
	if err != nil {
		return nil, nil, err
	}
	return view.With(name, []byte(text)), &generated{name, root, string(content), edit.written}, nil
}

// argoEdit edits one kustomization.
type argoEdit struct {
	argoOptions
	view    *files.View
	folder  string
	root    *yaml.RNode
	written *writtenSpec
}

// scalar is a text that stands in the options; a template there, or a part of it, has their line too.
func (e *argoEdit) scalar(value string, at ...any) *yaml.RNode {
	made := yaml.NewStringRNode(value)
	if place, ok := e.written.places[e.written.pointer(at)]; ok {
		e.written.markPlace(made.YNode(), place)
	} else if node := e.written.at(at...); node != nil {
		e.written.markLine(made.YNode(), e.written.file, node.Line, node.Column)
	}
	return made
}

func (e *argoEdit) names() error {
	for _, field := range []struct{ name, value string }{
		{"namePrefix", e.NamePrefix}, {"nameSuffix", e.NameSuffix}, {"namespace", e.Namespace},
	} {
		if field.value != "" {
			set(e.root, field.name, e.scalar(field.value, field.name))
		}
	}
	return nil
}

// images sets `name`, `name=new`, `name:tag` and `name@digest`, in all combinations; `*` keeps what the
// kustomization says. The list is sorted, the last of one name counts.
func (e *argoEdit) images() error {
	if len(e.Images) == 0 {
		return nil
	}
	entries := e.byName("images")
	for index, argument := range e.Images {
		name, value, renamed := strings.Cut(argument, "=")
		newName, tag, digest := util.SplitImageName(value)
		if !renamed {
			name, tag, digest = util.SplitImageName(argument)
			newName = ""
			if name == argument {
				return errors.New("invalid format of image, use one of the following options:\n- <image>=<newimage>:<newtag>\n- <image>=<newimage>@<digest>\n- <image>=<newimage>\n- <image>:<newtag>\n- <image>@<digest>")
			}
		}
		entry := yaml.NewMapRNode(nil)
		set(entry, "name", yaml.NewStringRNode(name))
		for _, field := range []struct{ name, value string }{{"newName", newName}, {"newTag", tag}, {"digest", digest}} {
			kept := scalarIn(entries[name], field.name)
			switch {
			case field.value == "*" && kept != nil:
				set(entry, field.name, yaml.NewRNode(kept))
			case field.value != "" && field.value != "*":
				set(entry, field.name, e.scalar(field.value, "images", index))
			}
		}
		entries[name] = entry
	}
	e.setSorted("images", entries)
	return nil
}

func (e *argoEdit) replicas() error {
	if len(e.Replicas) == 0 {
		return nil
	}
	entries := e.byName("replicas")
	for index, replicas := range e.Replicas {
		count, err := strconv.Atoi(fmt.Sprint(replicas.Count))
		if err != nil {
			return fmt.Errorf("replicas of %s: the count %v is no number", replicas.Name, replicas.Count)
		}
		entry := yaml.NewMapRNode(nil)
		set(entry, "name", yaml.NewStringRNode(replicas.Name))
		number := e.scalar(strconv.Itoa(count), "replicas", index, "count")
		number.YNode().Tag = yaml.NodeTagInt
		set(entry, "count", number)
		entries[replicas.Name] = entry
	}
	e.setSorted("replicas", entries)
	return nil
}

// byName are the entries of a list by their names.
func (e *argoEdit) byName(field string) map[string]*yaml.RNode {
	entries := map[string]*yaml.RNode{}
	each(e.root, field, func(item *yaml.RNode) {
		if name := scalarIn(item, "name"); name != nil {
			entries[name.Value] = item
		}
	})
	return entries
}

func (e *argoEdit) setSorted(field string, entries map[string]*yaml.RNode) {
	list := yaml.NewListRNode()
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		list.YNode().Content = append(list.YNode().Content, entries[name].YNode())
	}
	set(e.root, field, list)
}

func (e *argoEdit) labels() error {
	if len(e.CommonLabels) == 0 {
		return nil
	}
	if e.LabelIncludeTemplates && !e.LabelWithoutSelector {
		return errors.New("--without-selector flag must be specified for --include-templates to work")
	}
	if !e.LabelWithoutSelector {
		return e.addPairs(e.mapIn("commonLabels"), "label", "commonLabels", e.CommonLabels, e.ForceCommonLabels)
	}
	return e.addPairs(e.pairs(), "label", "commonLabels", e.CommonLabels, e.ForceCommonLabels)
}

// pairs are those of the first entry of `labels` that reaches as far as these labels shall.
func (e *argoEdit) pairs() *yaml.RNode {
	var found *yaml.RNode
	each(e.root, "labels", func(item *yaml.RNode) {
		is := func(field string) bool {
			scalar := scalarIn(item, field)
			return scalar != nil && scalar.Value == "true"
		}
		if found == nil && !is("includeSelectors") && is("includeTemplates") == e.LabelIncludeTemplates {
			found = item
		}
	})
	if found == nil {
		found = yaml.NewMapRNode(nil)
		push(e.root, "labels", found)
		if e.LabelIncludeTemplates {
			include := yaml.NewScalarRNode("true")
			include.YNode().Tag = yaml.NodeTagBool
			set(found, "includeTemplates", include)
		}
	}
	return mapField(found, "pairs")
}

func (e *argoEdit) annotations() error {
	if len(e.CommonAnnotations) == 0 {
		return nil
	}
	return e.addPairs(e.mapIn("commonAnnotations"), "annotation", "commonAnnotations", e.CommonAnnotations, e.ForceCommonAnnotations)
}

func (e *argoEdit) mapIn(field string) *yaml.RNode { return mapField(e.root, field) }

func mapField(node *yaml.RNode, field string) *yaml.RNode {
	if found := node.Field(field); found != nil && found.Value.YNode().Kind == yaml.MappingNode {
		return found.Value
	}
	made := yaml.NewMapRNode(nil)
	set(node, field, made)
	return made
}

func (e *argoEdit) addPairs(target *yaml.RNode, kind, field string, pairs map[string]string, force bool) error {
	for _, key := range slices.Sorted(maps.Keys(pairs)) {
		if target.Field(key) != nil && !force {
			return fmt.Errorf("%s %s already in kustomization file. Use --force to override.", kind, key)
		}
		value := pairs[key]
		if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
			value = value[1 : len(value)-1]
		}
		set(target, key, e.scalar(value, field, key))
	}
	return nil
}

func (e *argoEdit) patches() error {
	for index, patch := range e.Patches {
		node, err := yaml.ConvertJSONToYamlNode(string(patch))
		if err != nil {
			return fmt.Errorf("patches: %w", err)
		}
		made := e.written.mark(withoutLines(node), "patches", index)
		if written := e.written.at("patches", index); written != nil {
			e.borrowChangedLines(made.YNode(), written)
		}
		push(e.root, "patches", made)
	}
	return nil
}

// borrowChangedLines gives the texts that were filled in the line of what they were made of.
func (e *argoEdit) borrowChangedLines(made, written *yaml.Node) {
	if made.Kind == yaml.ScalarNode && written.Kind == yaml.ScalarNode && made.Line == 0 {
		e.written.markLine(made, e.written.file, written.Line, written.Column)
	}
	if made.Kind != yaml.MappingNode || written.Kind != yaml.MappingNode {
		return
	}
	for index := 0; index+1 < len(made.Content); index += 2 {
		if value := fieldOf(written, made.Content[index].Value); value != nil {
			e.borrowChangedLines(made.Content[index+1], value)
		}
	}
}

// components adds what is not there yet; patterns stand for all that they match.
func (e *argoEdit) components() error {
	known := map[string]bool{}
	each(e.root, "components", func(item *yaml.RNode) { known[item.YNode().Value] = true })
	for index, component := range e.Components {
		if e.IgnoreMissingComponents && !e.view.Exists(e.view.Abs(path.Join(e.folder, component))) {
			continue
		}
		found, err := e.matching(component)
		if err != nil {
			return err
		}
		for _, name := range found {
			if !known[name] {
				known[name] = true
				push(e.root, "components", e.scalar(name, "components", index))
			}
		}
	}
	return nil
}

func (e *argoEdit) matching(component string) ([]string, error) {
	if strings.Contains(component, "://") {
		return nil, fmt.Errorf("%s is not in the repository: remote components are not fetched here", component)
	}
	found, err := e.view.Glob(e.view.Abs(path.Join(e.folder, component)))
	if err != nil {
		return nil, fmt.Errorf("error checking the filesystem: %w", err)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s has no match", component)
	}
	if !strings.ContainsAny(component, `*?[\`) {
		return []string{component}, nil
	}
	base := e.view.Abs(e.folder) + "/"
	names := make([]string, 0, len(found))
	for _, name := range found {
		if rel, below := strings.CutPrefix(name, base); below {
			names = append(names, rel)
		} else {
			return nil, fmt.Errorf("the pattern %s leads out of the folder, which is not followed here", component)
		}
	}
	sort.Strings(names)
	return names, nil
}
