// Package objects is what both engines answer with.
package objects

import (
	"encoding/json"

	"driftline/renderer/internal/provenance"
)

// Rendered is one render.
type Rendered struct {
	Text    []byte
	Objects []Object
}

// Object is one object as it would be applied.
type Object struct {
	Value json.RawMessage `json:"value"`
	// Source is the chart's file or template that made it, relative to the root; empty where unknown.
	Source string `json:"source,omitempty"`
	// Unresolved says why the value may not be what would be applied.
	Unresolved string `json:"unresolved,omitempty"`
	// Volatile are JSON pointers of what another render makes otherwise.
	Volatile []string `json:"volatile,omitempty"`
	// Provenance is set where it was asked for.
	Provenance *provenance.Trace `json:"provenance,omitempty"`
}
