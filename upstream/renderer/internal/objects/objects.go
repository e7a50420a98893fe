// Package objects is what both engines answer with.
package objects

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"driftline/renderer/internal/provenance"
)

// Rendered is one render.
type Rendered struct {
	// Print makes what the tool prints; nil where nothing is.
	Print   func() []byte
	Objects []Object
	// Unused is what was written for this render and changes nothing in it; known only where places were asked for.
	Unused []Unused
}

// Text is what the tool prints.
func (r Rendered) Text() []byte {
	if r.Print == nil {
		return nil
	}
	return r.Print()
}

// Unused is a value that no template reads, or a patch that matches nothing; lines and columns are 1-based,
// columns in UTF-16 units.
type Unused struct {
	Kind   string `json:"kind"`
	Name   string `json:"name"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// Failure is the error of a render, with each entry or line that makes it fail.
type Failure struct {
	Err    error
	Faults []Fault
}

func (f *Failure) Error() string { return f.Err.Error() }
func (f *Failure) Unwrap() error { return f.Err }

// Fault is one cause for which a render fails.
type Fault struct {
	// Message is the tool's own text.
	Message string `json:"message"`
	provenance.Place
	// Field is the kustomization's field in which it stands; Path that of a JSON 6902 operation.
	Field string `json:"field,omitempty"`
	Path  string `json:"path,omitempty"`
	// Known are names that could have been meant in the place of Path.
	Known []string `json:"known,omitempty"`
	// Whole is true where nothing nearer than the file is known.
	Whole bool `json:"whole,omitempty"`
	// Unavailable is true for what is not used while rendering: the network, plug-ins, other programs.
	Unavailable bool `json:"unavailable,omitempty"`
	// Related are places that it is about as well.
	Related []provenance.Place `json:"related,omitempty"`
}

// KeyOf names a value.
func KeyOf(value []byte) string {
	sum := sha256.Sum256(value)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// Object is one object as it would be applied.
type Object struct {
	Value json.RawMessage `json:"-"`
	// Key names the value: equal values have the same.
	Key string `json:"key"`
	// Text is the document that a chart printed; Definition one of its crds folder, Hook a hook.
	Text       string `json:"-"`
	Definition bool   `json:"-"`
	Hook       bool   `json:"-"`
	// Source is the chart's file or template that made it, relative to the root; empty where unknown.
	Source string `json:"source,omitempty"`
	// Unresolved says why the value may not be what would be applied.
	Unresolved string `json:"unresolved,omitempty"`
	// Unset are the variables that it asks for and nothing sets, where that is why.
	Unset []string `json:"unset,omitempty"`
	// Volatile are JSON pointers of what another render makes otherwise.
	Volatile []string `json:"volatile,omitempty"`
	// Sensitive are JSON pointers of what a value of a Secret made.
	Sensitive []string `json:"sensitive,omitempty"`
	// Provenance is set where it was asked for.
	Provenance *provenance.Trace `json:"provenance,omitempty"`
}
