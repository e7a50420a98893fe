package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"helm.sh/helm/v4/pkg/registry"
)

const fetchPackage = "driftline/renderer/internal/fetch"

// What opens connections is linked into the program: only the way of the argument `fetch` may lead there.
func TestOnlyMainKnowsTheFetcher(t *testing.T) {
	var found []string
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imported := range file.Imports {
			path := strings.Trim(imported.Path.Value, `"`)
			network := strings.Contains(path, "oras.land/") || strings.HasPrefix(path, "helm.sh/helm/v4/pkg/") &&
				(strings.HasSuffix(path, "/registry") || strings.HasSuffix(path, "/getter") || strings.Contains(path, "/repo/"))
			if path == fetchPackage || network && !strings.HasPrefix(name, filepath.Join("internal", "fetch")) {
				found = append(found, name)
			}
		}
		return nil
	})
	if err != nil || len(found) != 1 || found[0] != "main.go" {
		t.Error(found, err)
	}
}

// A sealed process refuses what goes through Go's or Helm's own HTTP clients.
func TestASealedProcessConnectsToNothing(t *testing.T) {
	if os.Getenv("SEALED") == "" {
		command := exec.Command(os.Args[0], "-test.run", t.Name())
		command.Env = append(os.Environ(), "SEALED=1")
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	seal()
	if _, err := http.Get("http://127.0.0.1:1"); err == nil || !strings.Contains(err.Error(), errNoNetwork.Error()) {
		t.Error(err)
	}
	client := &http.Client{Transport: registry.NewTransport(false)}
	if _, err := client.Get("http://127.0.0.1:1"); err == nil || !strings.Contains(err.Error(), errNoNetwork.Error()) {
		t.Error(err)
	}
}
