// Renderer makes kustomize's and Helm's own libraries callable: it answers requests on standard input and
// output as src/core/upstream/protocol.md says. It reads no disk, opens no connection and starts no program:
// every file it renders was given to it. Started as `renderer fetch` it renders nothing, but gets charts from
// repositories and registries (internal/fetch).
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"driftline/renderer/internal/fetch"
	"driftline/renderer/internal/frames"
)

func main() {
	messages := os.Stderr
	boundMemory()
	go watchMemory(messages)
	run := render
	if len(os.Args) == 2 && os.Args[1] == "fetch" {
		run = fetch.Run
	}
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(messages, err)
		os.Exit(1)
	}
}

func render(in io.Reader, out io.Writer) error {
	messages := os.Stderr
	seal()
	return serve(in, out, newServer(messages))
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
