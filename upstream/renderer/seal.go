package main

import (
	"errors"
	"io"
	"log"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
)

var errNoNetwork = errors.New("the network is not used while rendering")

// seal takes away what the libraries could reach beyond the files given to them: programs (kustomize
// starts git for remote bases), the network (it fetches URLs) and
// temporary folders; and the place where they would write messages.
func seal() {
	os.Clearenv()
	nowhere := filepath.Join(os.DevNull, "driftline")
	for _, name := range []string{"TMPDIR", "TMP", "TEMP", "HOME", "USERPROFILE"} {
		os.Setenv(name, nowhere)
	}
	http.DefaultTransport = noNetwork{}
	log.SetOutput(io.Discard)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	// kustomize writes its warnings there, again for each build.
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null
	}
}

type noNetwork struct{}

func (noNetwork) RoundTrip(*http.Request) (*http.Response, error) { return nil, errNoNetwork }
