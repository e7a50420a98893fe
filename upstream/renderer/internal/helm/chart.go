package helm

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/ignore"
	"sigs.k8s.io/yaml"

	"driftline/renderer/internal/files"
)

var byteOrderMark = []byte{0xEF, 0xBB, 0xBF}

// load reads a chart's folder as Helm's directory loader does, without what .helmignore names; or, where the
// path is a file, a packed chart.
func load(view *files.View, folder string) (*chart.Chart, error) {
	if view.IsFile(folder) {
		return loadArchive(view, folder)
	}
	if err := checkVersion(view, folder); err != nil {
		return nil, err
	}
	rules, err := ignoreRules(view, folder)
	if err != nil {
		return nil, err
	}
	base := view.Abs(folder)
	var found []*archive.BufferedFile
	err = view.Walk(base, func(name string, info fs.FileInfo, err error) error {
		if err != nil || name == base {
			return err
		}
		relative := strings.TrimPrefix(name, base+"/")
		if rules.Ignore(relative, info) {
			if info.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if info.IsDir() {
			return nil
		}
		content, err := view.ReadFile(name)
		if err != nil {
			return fmt.Errorf("error reading %s: %w", relative, err)
		}
		found = append(found, &archive.BufferedFile{Name: relative, Data: bytes.TrimPrefix(content, byteOrderMark)})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return loadFiles(view, found)
}

// loadArchive reads a packed chart as Helm does, within Helm's limits. Its files are laid over the view below
// the archive's own name, where the trace finds them.
func loadArchive(view *files.View, name string) (*chart.Chart, error) {
	content, err := view.ReadFile(view.Abs(name))
	if err != nil {
		return nil, err
	}
	type unpacked struct {
		found []*archive.BufferedFile
		err   error
	}
	packed := files.Get(view.Derived(), archiveKey(sha256.Sum256(content)), func() (unpacked, int) {
		found, err := archive.LoadArchiveFiles(bytes.NewReader(content))
		weight := 0
		for _, file := range found {
			weight += len(file.Data)
		}
		return unpacked{found, err}, weight
	})
	if packed.err != nil {
		return nil, packed.err
	}
	for _, file := range packed.found {
		view.Lay(path.Join(name, file.Name), file.Data)
	}
	return loadFiles(view, packed.found)
}

type archiveKey [sha256.Size]byte

// checkVersion refuses what is no chart, and charts of a version that Helm does not load by itself.
func checkVersion(view *files.View, folder string) error {
	name := view.Abs(path.Join(folder, "Chart.yaml"))
	content, err := view.ReadFile(name)
	if err != nil {
		return fmt.Errorf("unable to detect chart at %s: %w", name, err)
	}
	type refusal struct{ err error }
	return files.Get(view.Derived(), versionKey(sha256.Sum256(content)), func() (refusal, int) {
		return refusal{refuseVersion(content)}, 64
	}).err
}

type versionKey [sha256.Size]byte

func refuseVersion(content []byte) error {
	var base struct {
		APIVersion string `json:"apiVersion"`
	}
	if err := yaml.Unmarshal(content, &base); err != nil {
		return fmt.Errorf("cannot load Chart.yaml: %w", err)
	}
	switch base.APIVersion {
	case chart.APIVersionV1, chart.APIVersionV2, "":
		return nil
	case "v3": // Helm loads it, and refuses to install it
		return fmt.Errorf("invalid chart apiVersion")
	}
	return fmt.Errorf("unsupported chart version")
}

func ignoreRules(view *files.View, folder string) (*ignore.Rules, error) {
	rules := ignore.Empty()
	name := view.Abs(path.Join(folder, ignore.HelmIgnore))
	if view.Exists(name) {
		content, err := view.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if rules, err = ignore.Parse(bytes.NewReader(content)); err != nil {
			return nil, err
		}
	}
	rules.AddDefaults()
	return rules, nil
}

// missingDependencies lists what Chart.yaml names and charts/ has not.
func missingDependencies(root *chart.Chart) []string {
	present := map[string]bool{}
	for _, dependency := range root.Dependencies() {
		present[dependency.Name()] = true
	}
	var missing []string
	for _, required := range root.Metadata.Dependencies {
		if !present[required.Name] {
			missing = append(missing, required.Name)
		}
	}
	return missing
}
