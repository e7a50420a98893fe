// Package fetch gets charts from repositories and registries with Helm's own libraries. It is the one part of
// this program that opens connections, in a process of its own that renders nothing (`renderer fetch`).
package fetch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"strings"
	"sync"

	"helm.sh/helm/v4/pkg/chart/v2/loader"
)

// atOnce is how many charts are fetched at the same time.
const atOnce = 4

// Request is the one message on standard input.
type Request struct {
	Charts []Chart `json:"charts"`
}

// Chart names what to fetch, as a HelmRelease or an Application does.
type Chart struct {
	// URL of the repository (`https://…`) or of the registry's folder (`oci://…`).
	URL  string `json:"url"`
	Name string `json:"name"`
	// Version, or a range of them; the newest stable one where it is empty.
	Version string `json:"version"`
}

// Result is what became of one chart: one line of JSON each on standard output.
type Result struct {
	// Index of the chart in the request.
	Index int `json:"index"`
	// Version that was found for what was asked.
	Version string `json:"version,omitempty"`
	// Digest is the archive's SHA-256, in hex.
	Digest string `json:"digest,omitempty"`
	// From is the address of the archive, without credentials.
	From    string `json:"from,omitempty"`
	Archive []byte `json:"archive,omitempty"`
	// Error is one sentence: what is wrong and what helps.
	Error string `json:"error,omitempty"`
}

// Run answers the request on in; the order of the results is the order in which they arrive.
func Run(in io.Reader, out io.Writer) error {
	log.SetOutput(io.Discard)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	var request Request
	if err := json.NewDecoder(in).Decode(&request); err != nil {
		return fmt.Errorf("the request is no JSON object: %w", err)
	}
	fetcher := newFetcher()
	places := make(chan struct{}, atOnce)
	results := make(chan Result)
	var working sync.WaitGroup
	for index, chart := range request.Charts {
		working.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			results <- fetcher.result(index, chart)
		})
	}
	go func() {
		working.Wait()
		close(results)
	}()
	encoder := json.NewEncoder(out)
	for result := range results {
		if err := encoder.Encode(result); err != nil {
			return err
		}
	}
	return nil
}

// fetched is an archive and where it came from.
type fetched struct {
	archive []byte
	from    string
	// name and version that the chart must have; empty where the source does not say.
	name, version string
}

// fetcher holds what the charts of one request share.
type fetcher struct {
	settings settings
	indexes  indexes
}

func newFetcher() *fetcher {
	return &fetcher{settings: readSettings()}
}

func (f *fetcher) result(index int, chart Chart) (result Result) {
	result.Index = index
	defer func() {
		if cause := recover(); cause != nil {
			result = Result{Index: index, Error: fmt.Sprintf("%s could not be fetched: Helm's library panicked: %v.", chart.Name, cause)}
		}
	}()
	found, err := f.fetch(chart)
	if err == nil {
		result.Version, err = check(found)
	}
	if err != nil {
		return Result{Index: index, Error: sentence(chart, err)}
	}
	digest := sha256.Sum256(found.archive)
	result.Digest, result.From, result.Archive = hex.EncodeToString(digest[:]), found.from, found.archive
	return result
}

func (f *fetcher) fetch(chart Chart) (fetched, error) {
	switch {
	case strings.HasPrefix(chart.URL, "oci://"):
		return f.fromRegistry(chart)
	case strings.HasPrefix(chart.URL, "https://"), strings.HasPrefix(chart.URL, "http://"):
		return f.fromRepository(chart)
	}
	return fetched{}, refusal("%s is no address of a chart repository (https://…) or registry (oci://…).", withoutUser(chart.URL))
}

// check loads the archive as Helm does, within Helm's limits, and answers the version of its chart.
func check(found fetched) (string, error) {
	chart, err := loader.LoadArchive(bytes.NewReader(found.archive))
	if err != nil {
		return "", refusal("What %s answers is no chart: %v.", found.from, err)
	}
	metadata := chart.Metadata
	if found.name != "" && (metadata.Name != found.name || metadata.Version != found.version) {
		return "", refusal("The archive at %s is chart %s %s, not %s %s as the repository's index says.",
			found.from, metadata.Name, metadata.Version, found.name, found.version)
	}
	return metadata.Version, nil
}
