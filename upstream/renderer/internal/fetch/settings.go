package fetch

import (
	"net/url"
	"os"
	"strings"
	"time"

	"helm.sh/helm/v4/pkg/getter"
	"helm.sh/helm/v4/pkg/helmpath"
	"helm.sh/helm/v4/pkg/registry"
	repo "helm.sh/helm/v4/pkg/repo/v1"
)

// patience is how long one answer may take as a whole.
const patience = 2 * time.Minute

// settings are the person's own, where Helm keeps them.
type settings struct {
	repositories []*repo.Entry
	// registryConfig is the file with the credentials of registries; docker's is asked too.
	registryConfig string
}

// readSettings finds the files as `helm env` says; one that is missing or broken says nothing.
func readSettings() settings {
	found := settings{registryConfig: fileOr("HELM_REGISTRY_CONFIG", registry.CredentialsFileBasename)}
	if file, err := repo.LoadFile(fileOr("HELM_REPOSITORY_CONFIG", "repositories.yaml")); err == nil {
		found.repositories = file.Repositories
	}
	return found
}

func fileOr(variable, name string) string {
	if file := os.Getenv(variable); file != "" {
		return file
	}
	return helmpath.ConfigPath(name)
}

// options are those of the person's repository of the same address: credentials are sent to no other host,
// unless the person said so.
func (s settings) options(address string) []getter.Option {
	options := []getter.Option{getter.WithURL(address), getter.WithTimeout(patience)}
	for _, entry := range s.repositories {
		if entry == nil || strings.TrimSuffix(entry.URL, "/") != strings.TrimSuffix(address, "/") {
			continue
		}
		options = append(options,
			getter.WithBasicAuth(entry.Username, entry.Password),
			getter.WithPassCredentialsAll(entry.PassCredentialsAll),
			getter.WithTLSClientConfig(entry.CertFile, entry.KeyFile, entry.CAFile),
			getter.WithInsecureSkipVerifyTLS(entry.InsecureSkipTLSVerify),
		)
		break
	}
	return options
}

// withoutUser is an address as it may be shown.
func withoutUser(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return "the address"
	}
	parsed.User, parsed.RawQuery = nil, ""
	return parsed.String()
}
