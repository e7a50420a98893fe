package helm

import (
	"crypto/sha256"
	"io"
	"slices"

	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"

	"driftline/renderer/internal/files"
)

type chartKey [sha256.Size]byte

// loadFiles is Helm's LoadFiles, once for the same files. Rendering changes a chart, so each render gets a copy.
func loadFiles(view *files.View, found []*archive.BufferedFile) (*chart.Chart, error) {
	sum, weight := sha256.New(), 0
	for _, file := range found {
		_, _ = io.WriteString(sum, file.Name+"\x00")
		content := sha256.Sum256(file.Data)
		_, _ = sum.Write(content[:])
		weight += len(file.Data)
	}
	type loaded struct {
		chart *chart.Chart
		err   error
	}
	kept := files.Get(view.Derived(), chartKey(sum.Sum(nil)), func() (loaded, int) {
		read, err := loader.LoadFiles(found)
		return loaded{read, err}, weight
	})
	if kept.err != nil {
		return nil, kept.err
	}
	return copyOf(kept.chart), nil
}

// copyOf shares nothing with a chart that rendering changes: its values, its metadata, its dependencies.
func copyOf(c *chart.Chart) *chart.Chart {
	other := *c
	other.Values = copiedMap(c.Values)
	other.Metadata = copyOfMetadata(c.Metadata)
	other.SetDependencies()
	for _, dependency := range c.Dependencies() {
		other.AddDependency(copyOf(dependency))
	}
	return &other
}

func copyOfMetadata(metadata *chart.Metadata) *chart.Metadata {
	other := *metadata
	other.Dependencies = slices.Clone(metadata.Dependencies)
	for index, dependency := range other.Dependencies {
		if dependency != nil {
			own := *dependency
			own.ImportValues = slices.Clone(dependency.ImportValues)
			other.Dependencies[index] = &own
		}
	}
	return &other
}
