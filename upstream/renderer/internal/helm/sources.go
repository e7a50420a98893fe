package helm

import (
	"bytes"
	"path"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	chart "helm.sh/helm/v4/pkg/chart/v2"

	"driftline/renderer/internal/files"
)

// folders remembers where each chart stands, by the Chart.yaml that was read: Helm's dependency processing
// copies and renames charts, but keeps their files. A chart in an archive has the archive for its folder.
type folders map[*common.File]string

func eachChart(c *chart.Chart, visit func(*chart.Chart)) {
	visit(c)
	for _, dependency := range c.Dependencies() {
		eachChart(dependency, visit)
	}
}

// foldersOf finds the folders of a chart and its subcharts as they were loaded.
func foldersOf(view *files.View, root *chart.Chart, folder string) folders {
	found := folders{}
	var enter func(c *chart.Chart, folder string)
	enter = func(c *chart.Chart, folder string) {
		if own := chartFileOf(c); own != nil {
			found[own] = folder
		}
		for _, dependency := range c.Dependencies() {
			enter(dependency, dependencyFolder(view, folder, dependency))
		}
	}
	enter(root, folder)
	return found
}

func chartFileOf(c *chart.Chart) *common.File {
	for _, file := range c.Raw {
		if file.Name == "Chart.yaml" {
			return file
		}
	}
	return nil
}

// dependencyFolder finds the folder (or archive) in charts/ that holds a subchart.
func dependencyFolder(view *files.View, folder string, dependency *chart.Chart) string {
	charts := path.Join(folder, "charts")
	candidates, _ := view.ReadDir(view.Abs(charts))
	own := chartFileOf(dependency)
	for _, base := range candidates {
		content, ok := view.Content(path.Join(charts, base, "Chart.yaml"))
		if ok && isChartOf(content, own) {
			return path.Join(charts, base)
		}
	}
	prefix, found := dependency.Name()+"-", ""
	for _, base := range candidates {
		if strings.HasPrefix(base, prefix) && strings.HasSuffix(base, ".tgz") && (found == "" || base == prefix+dependency.Metadata.Version+".tgz") {
			found = base
		}
	}
	if found == "" {
		found = dependency.Name()
	}
	return path.Join(charts, found)
}

// isChartOf tells whether a folder's Chart.yaml is the one that a chart was read from.
func isChartOf(content []byte, own *common.File) bool {
	return own != nil && bytes.Equal(bytes.TrimPrefix(content, byteOrderMark), own.Data)
}

// locations maps the names that files have in Helm (`web/charts/db/templates/a.yaml`) to files of the
// repository.
func (f folders) locations(root *chart.Chart) map[string]string {
	names := map[string]string{}
	eachChart(root, func(c *chart.Chart) {
		at, ok := f[chartFileOf(c)]
		if !ok {
			return
		}
		for _, file := range c.Raw {
			names[path.Join(c.ChartFullPath(), file.Name)] = path.Join(at, file.Name)
		}
	})
	return names
}
