package main

import (
	"fmt"
	"io"
	"os"
	"runtime/metrics"
	"time"
)

// maxMemory is far above what the largest repositories need: beyond it a render has run wild.
const maxMemory = 2 << 30

// watchMemory ends the program before a template that counts for ever takes all the memory of the machine;
// the host starts it anew and says that the render failed.
func watchMemory(messages io.Writer) {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	for range time.Tick(200 * time.Millisecond) {
		metrics.Read(sample)
		if used := sample[0].Value.Uint64(); used > maxMemory {
			fmt.Fprintf(messages, "a render took %d MB of memory, which is more than it may\n", used>>20)
			os.Exit(3)
		}
	}
}
