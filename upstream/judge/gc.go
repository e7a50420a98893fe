package main

import (
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// The collector runs seldom while there is room: most of what an answer needs is garbage when it is given.
const (
	garbagePercent = 400
	memoryLimit    = 48 << 20
	// How long nothing is asked until memory is given back.
	idleTime = 2 * time.Second
)

// limitMemory keeps the process below 100 MB, of which half is its code, as long as what it must remember
// leaves room: definitions of many large kinds may not, and a collector without room would never rest.
func limitMemory() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	debug.SetGCPercent(garbagePercent)
	debug.SetMemoryLimit(max(memoryLimit, memoryLimit/4+2*int64(live[0].Value.Uint64())))
}

// release gives memory back to the system once nothing was asked for a while.
type release struct{ timer *time.Timer }

func newRelease() *release {
	return &release{time.AfterFunc(idleTime, debug.FreeOSMemory)}
}

func (r *release) busy() { r.timer.Stop() }

func (r *release) idle() {
	limitMemory()
	r.timer.Reset(idleTime)
}
