package fetch

import (
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/Masterminds/semver/v3"
	"helm.sh/helm/v4/pkg/registry"
)

// fromRegistry gets the chart that a tag names, or the newest whose tag fits a range of versions.
func (f *fetcher) fromRegistry(chart Chart) (fetched, error) {
	repository := strings.TrimPrefix(strings.TrimSuffix(chart.URL, "/"), "oci://") + "/" + chart.Name
	reference, err := f.reference(repository, chart)
	if err != nil {
		return fetched{}, err
	}
	archive, err := f.pull(reference)
	if err != nil {
		return fetched{}, err
	}
	return fetched{archive: archive, from: "oci://" + reference}, nil
}

// reference is the repository with the tag (or the manifest's digest) that the version means.
func (f *fetcher) reference(repository string, chart Chart) (string, error) {
	if strings.HasPrefix(chart.Version, "sha256:") {
		return repository + "@" + chart.Version, nil
	}
	_, notVersion := semver.NewVersion(chart.Version)
	_, notRange := semver.NewConstraint(chart.Version)
	if chart.Version != "" && (notVersion == nil || notRange != nil) {
		return repository + ":" + chart.Version, nil
	}
	client, err := f.client(repository)
	if err != nil {
		return "", err
	}
	tags, err := client.Tags(repository)
	if err != nil {
		return "", err
	}
	tag, err := registry.GetTagMatchingVersionOrConstraint(tags, chart.Version)
	if err != nil && len(tags) == 0 {
		return "", refusal("oci://%s has no version of chart %s.", repository, chart.Name)
	}
	if err != nil {
		return "", refusal("oci://%s has no version %s of chart %s; its newest is %s.", repository, asked(chart), chart.Name, tags[0])
	}
	return repository + ":" + tag, nil
}

func (f *fetcher) pull(reference string) ([]byte, error) {
	client, err := f.client(reference)
	if err != nil {
		return nil, err
	}
	result, err := client.Pull(reference)
	if err != nil {
		return nil, err
	}
	return result.Chart.Data, nil
}

func (f *fetcher) client(reference string) (*registry.Client, error) {
	options := []registry.ClientOption{
		registry.ClientOptCredentialsFile(f.settings.registryConfig),
		registry.ClientOptHTTPClient(&http.Client{Transport: registry.NewTransport(false), Timeout: patience}),
		registry.ClientOptEnableCache(true),
	}
	host, _, _ := strings.Cut(reference, "/")
	if isLoopback(host) {
		options = append(options, registry.ClientOptPlainHTTP())
	}
	client, err := registry.NewClient(options...)
	if err != nil {
		return nil, fmt.Errorf("the credentials in %s cannot be read: %w", f.settings.registryConfig, err)
	}
	return client, nil
}

// isLoopback tells a registry on this machine, which is spoken to without TLS as docker does.
func isLoopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	address := net.ParseIP(strings.Trim(name, "[]"))
	return name == "localhost" || address != nil && address.IsLoopback()
}
