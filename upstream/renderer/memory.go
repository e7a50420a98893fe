package main

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// maxMemory is far above what the largest repositories need: beyond it a render has run wild.
const maxMemory = 2 << 30

// Renders make much that is gone at once: the collector runs seldom while there is room, often when there is
// not. What a repository itself takes is not to be collected: beyond it there is always some room.
const (
	collectorPercent = 300
	collectorLimit   = 240 << 20
	collectorRoom    = 110 << 20
)

// maxStack ends a template that calls itself for ever (`tpl` can) long before it has taken a gigabyte.
const maxStack = 128 << 20

func boundMemory() {
	debug.SetGCPercent(collectorPercent)
	debug.SetMemoryLimit(collectorLimit)
	debug.SetMaxStack(maxStack)
}

// watchMemory ends the program before a template that counts for ever takes all the memory of the machine;
// the host starts it anew and says that the render failed.
func watchMemory(messages io.Writer) {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"}}
	for range time.Tick(200 * time.Millisecond) {
		metrics.Read(sample)
		debug.SetMemoryLimit(max(collectorLimit, int64(sample[1].Value.Uint64())+collectorRoom))
		if used := sample[0].Value.Uint64(); used > maxMemory {
			fmt.Fprintf(messages, "a render took %d MB of memory, which is more than it may\n", used>>20)
			os.Exit(3)
		}
	}
}
