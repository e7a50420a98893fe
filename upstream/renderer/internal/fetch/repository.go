package fetch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"helm.sh/helm/v4/pkg/getter"
	"helm.sh/helm/v4/pkg/registry"
	repo "helm.sh/helm/v4/pkg/repo/v1"
)

// fromRepository finds the version in the repository's index and gets its archive, whose digest must be the
// index's.
func (f *fetcher) fromRepository(chart Chart) (fetched, error) {
	options := f.settings.options(chart.URL)
	index, err := f.indexes.of(chart.URL, options)
	if err != nil {
		return fetched{}, err
	}
	version, err := index.Get(chart.Name, chart.Version)
	if err != nil {
		return fetched{}, notInIndex(chart, index, err)
	}
	if len(version.URLs) == 0 {
		return fetched{}, refusal("%s names no address for %s %s.", withoutUser(chart.URL), chart.Name, version.Version)
	}
	address, err := repo.ResolveReferenceURL(chart.URL, version.URLs[0])
	if err != nil {
		return fetched{}, err
	}
	found := fetched{from: withoutUser(address), name: chart.Name, version: version.Version}
	if registry.IsOCI(address) {
		found.archive, err = f.pull(strings.TrimPrefix(address, "oci://"))
	} else {
		found.archive, err = get(address, append(options, getter.WithAcceptHeader("application/gzip,application/octet-stream")))
	}
	if err != nil {
		return fetched{}, err
	}
	return found, checkDigest(found, version.Digest)
}

func checkDigest(found fetched, written string) error {
	want := strings.ToLower(strings.TrimPrefix(written, "sha256:"))
	sum := sha256.Sum256(found.archive)
	if got := hex.EncodeToString(sum[:]); want != "" && got != want {
		return refusal("The archive at %s has the digest sha256:%s, but the repository's index says sha256:%s: it is not used.", found.from, got, want)
	}
	return nil
}

func notInIndex(chart Chart, index *repo.IndexFile, err error) error {
	versions := index.Entries[chart.Name]
	if len(versions) == 0 {
		return refusal("%s has no chart %s.", withoutUser(chart.URL), chart.Name)
	}
	if strings.HasPrefix(err.Error(), "no chart version") || errors.Is(err, repo.ErrNoChartVersion) {
		return refusal("%s has no version %s of chart %s; its newest is %s.", withoutUser(chart.URL), asked(chart), chart.Name, versions[0].Version)
	}
	return refusal("%s is no version, nor a range of versions: %v.", asked(chart), err)
}

func asked(chart Chart) string {
	if chart.Version == "" {
		return "that is stable"
	}
	return chart.Version
}

// get asks for one address over HTTP; `href` may be of another host than the repository.
func get(href string, options []getter.Option) ([]byte, error) {
	client, err := getter.NewHTTPGetter(options...)
	if err != nil {
		return nil, err
	}
	content, err := client.Get(href)
	if err != nil {
		return nil, err
	}
	return content.Bytes(), nil
}

// indexes are read once for all charts of a repository.
type indexes struct {
	mutex sync.Mutex
	known map[string]func() (*repo.IndexFile, error)
}

func (i *indexes) of(address string, options []getter.Option) (*repo.IndexFile, error) {
	i.mutex.Lock()
	if i.known == nil {
		i.known = map[string]func() (*repo.IndexFile, error){}
	}
	if i.known[address] == nil {
		i.known[address] = sync.OnceValues(func() (*repo.IndexFile, error) { return readIndex(address, options) })
	}
	read := i.known[address]
	i.mutex.Unlock()
	return read()
}

func readIndex(address string, options []getter.Option) (*repo.IndexFile, error) {
	href, err := repo.ResolveReferenceURL(address, "index.yaml")
	if err != nil {
		return nil, err
	}
	content, err := get(href, options)
	if err != nil {
		return nil, err
	}
	// Helm reads an index from a file only; the host gave this process a temporary folder that it removes.
	folder, err := os.MkdirTemp("", "index-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "index.yaml")
	if err := os.WriteFile(file, bytes.TrimSpace(content), 0o600); err != nil {
		return nil, err
	}
	index, err := repo.LoadIndexFile(file)
	if err != nil {
		return nil, refusal("%s is no index of a chart repository: %s.", withoutUser(href), reason(err))
	}
	return index, nil
}
