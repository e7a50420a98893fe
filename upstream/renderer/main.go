// Renderer makes kustomize's and Helm's own libraries callable: it answers requests on standard input and
// output as src/core/upstream/protocol.md says. It reads no disk, opens no connection and starts no program:
// every file it renders was given to it.
package main

import (
	"bufio"
	"io"
	"log/slog"
	"os"

	"driftline/renderer/internal/frames"
)

func main() {
	seal()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	if err := serve(os.Stdin, os.Stdout, newServer()); err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}

// serve answers one request after the other until the input ends.
func serve(in io.Reader, out io.Writer, server *server) error {
	reader := bufio.NewReaderSize(in, 1<<20)
	writer := bufio.NewWriterSize(out, 1<<20)
	for {
		request, err := frames.Read(reader)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := frames.Write(writer, server.answer(request)); err != nil {
			return err
		}
		if err := writer.Flush(); err != nil {
			return err
		}
	}
}
