package kustomize

import (
	"path"
	"regexp"
	"strings"
	"time"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/objects"
	"driftline/renderer/internal/provenance"
)

// A diagnosis ends with what it has found by then.
const (
	maxFaults    = 20
	maxDiagnosis = 2 * time.Second
)

// pipeline are the fields of a kustomization, those first that kustomize comes to last: the first one without which
// a build does not fail any more is what fails.
var pipeline = []string{
	"vars", "validators", "transformers", "replacements", "imageTags", "images", "replicas", "patchesJson6902",
	"commonAnnotations", "commonLabels", "labels", "nameSuffix", "namePrefix", "namespace", "patches",
	"patchesStrategicMerge", "components", "generators", "helmChartInflationGenerator", "helmCharts",
	"secretGenerator", "configMapGenerator", "crds", "configurations", "bases", "resources", "openapi",
}

// providers bring objects, or types that others need: what fails without them may be well with them.
var providers = map[string]bool{
	"components": true, "generators": true, "helmChartInflationGenerator": true, "helmCharts": true,
	"secretGenerator": true, "configMapGenerator": true, "crds": true, "configurations": true, "bases": true,
	"resources": true, "openapi": true, "": true,
}

// diagnosis finds all entries for which a build fails: it builds with parts of the kustomization that fails, takes the
// entry out and goes on.
type diagnosis struct {
	view     *files.View
	request  Request
	survey   *survey
	deadline time.Time
	opened   map[string]*editedFile
}

// editedFile is a kustomization from which entries were taken out; its nodes have the lines they had.
type editedFile struct {
	*kustomizationFile
	root     *yaml.RNode
	original string
}

// diagnose tells why a build fails, and what is unused in what is left once that is taken out.
func diagnose(view *files.View, request Request, made *generated, failed error) ([]objects.Fault, []objects.Unused) {
	d := &diagnosis{
		view: view, request: request, survey: newSurvey(view, made, request.Origin, 1),
		deadline: time.Now().Add(maxDiagnosis), opened: map[string]*editedFile{},
	}
	var faults []objects.Fault
	complete := true
	for failed != nil && len(faults) < maxFaults {
		c := d.find(failed)
		if !complete && !providers[c.field] || d.follows(c, faults) {
			return faults, nil
		}
		faults = append(faults, c.fault)
		if c.fault.Unavailable || c.remove == nil || time.Now().After(d.deadline) {
			return faults, nil
		}
		complete = complete && !providers[c.field]
		c.remove()
		_, failed = run(d.view, d.request)
	}
	if failed != nil || !complete {
		return faults, nil
	}
	return faults, d.unused(made)
}

// follows tells whether a failure may be the consequence of an earlier one.
func (d *diagnosis) follows(c cause, earlier []objects.Fault) bool {
	if len(earlier) > 0 && strings.Contains(c.fault.Message, "cannot merge or replace") {
		return true
	}
	for _, other := range earlier {
		if c.path != "" && other.Path != "" && strings.HasPrefix(c.path+"/", other.Path+"/") {
			return true
		}
	}
	return false
}

func (d *diagnosis) unused(made *generated) []objects.Unused {
	result, err := run(d.view, d.request)
	if err != nil {
		return nil
	}
	built := digested(result, nil)
	t := &tracer{view: d.view, request: d.request, made: made, edits: d.opened, size: built.Size(), firstLine: built.linesToSpare()}
	t.marked = t.rebuild(func(*survey) {})
	return t.unused(built)
}

// cause is an entry for which a build fails.
type cause struct {
	field string
	// path is that of the JSON 6902 operation that fails.
	path   string
	fault  objects.Fault
	remove func()
}

func (d *diagnosis) find(failed error) cause {
	text := failed.Error()
	folder := failingFolder(d.view, text, d.request.Path)
	found := cause{fault: objects.Fault{Message: text, Place: provenance.Place{File: folder, Line: 1, Column: 1}}}
	found.fault.Unavailable = unavailable.MatchString(text)
	file := d.open(folder)
	if name := kustomizationOf(d.view, folder); name != "" {
		found.fault.File, found.fault.Whole = name, true
	}
	if file == nil {
		return found
	}
	if strings.Contains(text, "invalid Kustomization: ") {
		return found // its fields, whichever they are, are not what kustomize reads
	}
	for _, field := range pipeline {
		value := file.root.Field(field)
		if value == nil || !d.mends(file, without(file.root, field), text) {
			continue
		}
		found.field, found.fault.Field, found.fault.Whole = field, field, false
		if value.Value.YNode().Kind == yaml.SequenceNode {
			d.entry(file, field, text, &found)
		} else {
			found.fault.Place = file.place(value.Key.YNode())
			found.remove = func() { d.keep(file, without(file.root, field)) }
		}
		break
	}
	return found
}

// entry finds the entry of a list: the last one of the shortest beginning of the list that fails.
func (d *diagnosis) entry(file *editedFile, field, text string, found *cause) {
	list := file.root.Field(field).Value.Content()
	low, high := 1, len(list)
	for low < high && time.Now().Before(d.deadline) {
		middle := (low + high) / 2
		if d.mends(file, beginning(file.root, field, middle), text) {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if high == 0 {
		found.fault.Place = file.place(file.root.Field(field).Key.YNode())
		return
	}
	index := high - 1
	item := list[index]
	found.fault.Place = file.place(placeIn(field, item, text))
	found.fault.Unavailable = found.fault.Unavailable || isElsewhere(d.view, file.name, field, item)
	found.remove = func() { d.keep(file, withoutItem(file.root, field, index)) }
	switch field {
	case "resources", "bases":
		d.duplicate(file, field, index, text, found)
	case "patches", "patchesJson6902":
		d.operation(file, field, index, text, found)
	}
}

// mends tells whether the build fails no more, or in another way, with a kustomization in the place of a file.
func (d *diagnosis) mends(file *editedFile, root *yaml.RNode, text string) bool {
	content, err := root.String()
	if err != nil {
		return false
	}
	_, failed := run(d.view.With(file.name, []byte(content)), d.request)
	return failed == nil || !sameFailure(failed.Error(), text)
}

// keep goes on with what is left of a kustomization.
func (d *diagnosis) keep(file *editedFile, root *yaml.RNode) {
	if content, err := root.String(); err == nil {
		file.root = root
		d.view = d.view.With(file.name, []byte(content))
	}
}

// open is the kustomization of a folder; nil where it has none that can be read.
func (d *diagnosis) open(folder string) *editedFile {
	name := kustomizationOf(d.view, folder)
	if known := d.opened[name]; known != nil || name == "" {
		return known
	}
	content, ok := d.view.Content(name)
	original := string(content)
	root, err := yaml.Parse(original)
	if made := d.survey.made; made != nil && made.name == name {
		root, original, err, ok = made.root.Copy(), made.original, nil, true
	}
	if !ok || err != nil || yaml.IsMissingOrNull(root) || root.YNode().Kind != yaml.MappingNode {
		return nil
	}
	file := &editedFile{&kustomizationFile{survey: d.survey, name: name, lines: strings.Split(original, "\n")}, root, original}
	d.opened[name] = file
	return file
}

var recursions = regexp.MustCompile(`(?:recursed accumulation of path|couldn't make target for path) '([^']+)'`)

// failingFolder is the folder of the innermost kustomization that a message leads to.
func failingFolder(view *files.View, text, outermost string) string {
	all := recursions.FindAllStringSubmatch(text, -1)
	for index := len(all) - 1; index >= 0; index-- {
		if folder, inside := view.Rel(all[index][1]); inside && kustomizationOf(view, folder) != "" {
			return folder
		}
	}
	return outermost
}

var addresses = regexp.MustCompile(`0x[0-9a-f]+`)

// sameFailure tells whether two messages say the same: some hold addresses of memory, others whole lists.
func sameFailure(a, b string) bool {
	a, b = addresses.ReplaceAllString(a, ""), addresses.ReplaceAllString(b, "")
	return a == b || strings.Contains(b, "merging vars [") && strings.Contains(a, "merging vars [") &&
		a[strings.LastIndex(a, ": "):] == b[strings.LastIndex(b, ": "):]
}

// unavailable are messages about what is not used while rendering.
var unavailable = regexp.MustCompile(`network is not used while rendering|no 'git' program on path|must specify --enable-helm|` +
	`external plugins disabled|unable to (?:load|find) (?:external )?plugin|plugin .* not found|enable-alpha-plugins|enable-exec|` +
	`the files cannot be written while rendering`)

// isElsewhere tells whether an entry names what is not in the repository, or a plug-in.
func isElsewhere(view *files.View, name, field string, item *yaml.Node) bool {
	if item.Kind != yaml.ScalarNode {
		return field == "helmCharts" || field == "helmChartInflationGenerator"
	}
	if strings.Contains(item.Value, "://") || remote.MatchString(item.Value) {
		return true
	}
	if field != "generators" && field != "transformers" && field != "validators" {
		return false
	}
	content := []byte(item.Value)
	if !strings.Contains(item.Value, "\n") {
		var ok bool
		target := path.Join(path.Dir(name), item.Value)
		if content, ok = view.Content(target); !ok {
			return kustomizationOf(view, target) != ""
		}
	}
	for _, document := range provenance.NewText(string(content)).Documents {
		if !isBuiltin(document) {
			return true
		}
	}
	return false
}

var remote = regexp.MustCompile(`^(?:github\.com|gitlab\.com|bitbucket\.org|git@|git::)|\?(?:.*&)?(?:ref|version)=`)

// without is a kustomization without a field. A list or map is left empty: a kustomization must say something.
func without(root *yaml.RNode, field string) *yaml.RNode {
	left := root.Copy()
	value := left.Field(field).Value.YNode()
	if value.Kind == yaml.ScalarNode {
		_ = left.PipeE(yaml.Clear(field))
		set(left, "buildMetadata", yaml.NewListRNode())
	} else {
		value.Content = nil
		value.Style |= yaml.FlowStyle
	}
	return left
}

func beginning(root *yaml.RNode, field string, length int) *yaml.RNode {
	left := root.Copy()
	list := left.Field(field).Value.YNode()
	list.Content = list.Content[:length]
	return left
}

func withoutItem(root *yaml.RNode, field string, index int) *yaml.RNode {
	left := root.Copy()
	list := left.Field(field).Value.YNode()
	if list.Content = append(list.Content[:index:index], list.Content[index+1:]...); len(list.Content) == 0 {
		list.Style |= yaml.FlowStyle
	}
	return left
}
