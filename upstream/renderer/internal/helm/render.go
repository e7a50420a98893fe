// Package helm renders charts with Helm's own engine, as `helm template` does.
package helm

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"text/template"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	release "helm.sh/helm/v4/pkg/release/v1"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/objects"
)

// Request asks for one release of a chart.
type Request struct {
	// Path is the chart's folder.
	Path      string `json:"path"`
	Release   string `json:"release"`
	Namespace string `json:"namespace"`
	// Values in the order they are merged.
	Values      []Values `json:"values"`
	KubeVersion string   `json:"kubeVersion"`
	APIVersions []string `json:"apiVersions"`
	IncludeCRDs bool     `json:"includeCrds"`
	// WithoutDefaults leaves the chart's own values.yaml out: files among Values take its place.
	WithoutDefaults bool `json:"withoutDefaults"`
	// IsUpgrade is `.Release.IsUpgrade`; else `.Release.IsInstall` is true.
	IsUpgrade bool `json:"isUpgrade"`
	// NoHooks leaves hooks out, SkipTests only those that are tests.
	NoHooks   bool `json:"noHooks"`
	SkipTests bool `json:"skipTests"`
	// SkipSchema does not look at values.schema.json.
	SkipSchema bool `json:"skipSchema"`
	// Trace asks where each field comes from.
	Trace bool `json:"trace"`
}

// MissingDependencies is the error of a chart whose charts/ folder is not complete.
type MissingDependencies struct{ Names []string }

func (e *MissingDependencies) Error() string {
	return "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' " +
		"to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: " +
		strings.Join(e.Names, ", ")
}

// Template answers as `helm template` prints it, or with the error text it prints.
func Template(view *files.View, request Request) (objects.Rendered, error) {
	rendered, err := renderTemplates(view, request)
	var missing *MissingDependencies
	if err == nil || !request.Trace || errors.As(err, &missing) {
		return rendered, err
	}
	return rendered, &objects.Failure{Err: err, Faults: diagnose(view, request, err)}
}

func renderTemplates(view *files.View, request Request) (objects.Rendered, error) {
	prepared, err := prepare(view, request)
	if err != nil {
		return objects.Rendered{}, err
	}
	calls := newCalls()
	made, outputs, err := prepared.renderWith(calls)
	if err != nil {
		return objects.Rendered{}, err
	}
	rendered := objects.Rendered{Print: made.text}
	documents, found, err := made.objects(view.Derived(), prepared.locations)
	if err != nil {
		return objects.Rendered{}, err
	}
	rendered.Objects = found
	prepared.findUnstable(documents, found, outputs, calls)
	if request.Trace {
		traces, unused := prepared.trace(view, documents, outputs, calls)
		for index, traced := range traces {
			found[index].Provenance = traced
		}
		rendered.Unused = unused
	}
	return rendered, nil
}

// preparedChart is a chart with everything that its templates see.
type preparedChart struct {
	view    *files.View
	chart   *chart.Chart
	values  common.Values
	request Request
	// locations of the chart's files in the repository, by the names that Helm gives them.
	locations map[string]string
	// functions stand for those that nobody knows, while a diagnosis looks for what else is wrong.
	functions template.FuncMap
}

func prepare(view *files.View, request Request) (*preparedChart, error) {
	values, err := merge(view, request.Values)
	if err != nil {
		return nil, err
	}
	if request.WithoutDefaults {
		view.Lay(path.Join(request.Path, "values.yaml"), []byte("{}"))
	}
	root, err := load(view, request.Path)
	if err != nil {
		return nil, err
	}
	folders := foldersOf(view, root, request.Path)
	prepared, err := prepareChart(root, values, request)
	if err != nil {
		return nil, err
	}
	prepared.view, prepared.locations = view, folders.locations(root)
	return prepared, nil
}

// prepareChart does what action.Install does before it renders, in the same order.
func prepareChart(root *chart.Chart, values map[string]any, request Request) (*preparedChart, error) {
	if kind := root.Metadata.Type; kind != "" && kind != "application" {
		return nil, fmt.Errorf("%s charts are not installable", kind)
	}
	if missing := missingDependencies(root); len(missing) > 0 {
		return nil, &MissingDependencies{missing}
	}
	if err := chartutil.ProcessDependencies(root, values); err != nil {
		return nil, fmt.Errorf("chart dependencies processing failed: %w", err)
	}
	capabilities, err := request.capabilities()
	if err != nil {
		return nil, err
	}
	toRender, err := util.ToRenderValuesWithSchemaValidation(root, values, request.releaseOptions(), capabilities, request.SkipSchema)
	if err != nil {
		return nil, err
	}
	if required := root.Metadata.KubeVersion; required != "" && !chartutil.IsCompatibleRange(required, capabilities.KubeVersion.String()) {
		err := fmt.Errorf("chart requires kubeVersion: %s which is incompatible with Kubernetes %s", required, capabilities.KubeVersion.Version)
		return nil, advised(err)
	}
	return &preparedChart{chart: root, values: toRender, request: request}, nil
}

func (r Request) releaseOptions() common.ReleaseOptions {
	options := common.ReleaseOptions{Name: r.Release, Namespace: r.Namespace, Revision: 1, IsInstall: !r.IsUpgrade, IsUpgrade: r.IsUpgrade}
	if options.Name == "" {
		options.Name = "release-name"
	}
	if options.Namespace == "" {
		options.Namespace = "default"
	}
	return options
}

func (r Request) capabilities() (*common.Capabilities, error) {
	capabilities := common.DefaultCapabilities.Copy()
	if r.KubeVersion != "" {
		version, err := common.ParseKubeVersion(r.KubeVersion)
		if err != nil {
			return nil, fmt.Errorf("invalid kube version '%s': %w", r.KubeVersion, err)
		}
		capabilities.KubeVersion = *version
	}
	capabilities.APIVersions = append(capabilities.APIVersions, r.APIVersions...)
	return capabilities, nil
}

// manifests is what a render made, in the order in which it is printed.
type manifests struct {
	crds  []chart.CRD
	plain []releaseutil.Manifest
	hooks []*release.Hook
}

// renderWith renders; outputs are what the templates printed, by their names.
func (p *preparedChart) renderWith(calls *calls) (made *manifests, outputs map[string]string, err error) {
	if outputs, err = p.execute(calls); err != nil {
		return nil, nil, advised(err)
	}
	made, err = p.sort(maps.Clone(outputs))
	return made, outputs, err
}

// advised is an error with what Helm says after each that it meets once the values are known.
func advised(err error) error {
	return fmt.Errorf("%w\n\nUse --debug flag to render out invalid YAML", err)
}

func (p *preparedChart) execute(calls *calls) (map[string]string, error) {
	functions := calls.functions()
	maps.Copy(functions, p.functions)
	engine := engine.Engine{CustomTemplateFuncs: functions}
	return engine.Render(p.chart, p.given(copied(p.values["Values"])))
}

// executeMarked renders with marks on all texts, expressions and values.
func (p *preparedChart) executeMarked(ledger *ledger, calls *calls) (map[string]string, error) {
	in := &instrument{ledger: ledger, contents: map[string]string{}}
	functions := ledger.functions(calls.functions())
	maps.Copy(functions, p.functions)
	functions[textFunction], functions[fileFunction] = in.tplText, in.fileText
	engine := engine.Engine{CustomTemplateFuncs: functions}
	return engine.Render(in.chart(p.chart), p.given(ledger.marked(p.values["Values"], nil)))
}

// given is what templates see. They can change it, so that every render needs a copy of its own.
func (p *preparedChart) given(values any) common.Values {
	given := maps.Clone(p.values)
	given["Release"] = maps.Clone(mapOf(p.values["Release"]))
	given["Values"] = values
	return given
}

// sort takes the notes out and orders the rest as Helm installs it.
func (p *preparedChart) sort(files map[string]string) (*manifests, error) {
	for name := range files {
		if strings.HasSuffix(name, "NOTES.txt") {
			delete(files, name)
		}
	}
	hooks, plain, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return nil, advised(err)
	}
	made := &manifests{plain: plain, hooks: p.printed(hooks)}
	if p.request.IncludeCRDs {
		made.crds = p.chart.CRDObjects()
	}
	return made, nil
}

func (p *preparedChart) printed(hooks []*release.Hook) []*release.Hook {
	if p.request.NoHooks {
		return nil
	}
	if !p.request.SkipTests {
		return hooks
	}
	return slices.DeleteFunc(hooks, func(hook *release.Hook) bool { return slices.Contains(hook.Events, release.HookTest) })
}

// text is what `helm template` prints.
func (m *manifests) text() []byte {
	var body, all bytes.Buffer
	for _, crd := range m.crds {
		fmt.Fprintf(&body, "---\n# Source: %s\n%s\n", crd.Filename, crd.File.Data)
	}
	for _, manifest := range m.plain {
		fmt.Fprintf(&body, "---\n# Source: %s\n%s\n", manifest.Name, manifest.Content)
	}
	fmt.Fprintln(&all, strings.TrimSpace(body.String()))
	for _, hook := range m.hooks {
		fmt.Fprintf(&all, "---\n# Source: %s\n%s\n", hook.Path, hook.Manifest)
	}
	return all.Bytes()
}
