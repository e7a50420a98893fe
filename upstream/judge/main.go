// Command judge says what the Kubernetes API server would say about manifests, without one: it holds the
// server's own decoding, defaulting, validation and apply. It is asked over standard input and answers on
// standard output (see src/core/upstream/protocol.md); it reads no files and no network.
package main

import (
	"bufio"
	"fmt"
	"os"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/capabilities"
)

func main() {
	silence()
	allowPrivileged()
	if err := serve(bufio.NewReaderSize(os.Stdin, 1<<16), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// allowPrivileged sets the server's flag of that name as clusters have it; its default refuses privileged containers.
func allowPrivileged() {
	capabilities.Initialize(capabilities.Capabilities{AllowPrivileged: true})
}

// silence drops what Kubernetes' code logs: it quotes what it reads, which may be secret.
func silence() {
	klog.SetLogger(logr.Discard())
}
