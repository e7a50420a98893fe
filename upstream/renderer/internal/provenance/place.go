// Package provenance says where the fields of rendered objects come from.
package provenance

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// How sure a place is. Exact: the text there was checked to hold the value. Transformed: the line that says
// so. Template: the template's line. Unknown: the nearest known place, not more.
const (
	Exact       = "exact"
	Transformed = "transformed"
	Template    = "template"
	Unknown     = "unknown"
)

// Overwritten is what a link of a chain says of a value that something later replaced: it has no part in the result.
const Overwritten = "overwritten"

// Place is where a value stands; lines and columns are 1-based, columns in UTF-16 units.
type Place struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	How    string `json:"how,omitempty"`
	// Below is true for a map all of whose fields stand as they are below this place.
	Below bool `json:"below,omitempty"`
	// Via is the chain that brought the value there.
	Via []string `json:"via,omitempty"`
}

// Trace is the provenance of one object: where it begins, and each field by its JSON pointer.
type Trace struct {
	Source Place            `json:"source"`
	Fields map[string]Place `json:"fields"`
}

// String is the place as it stands in a chain, `file:line`.
func (p Place) String() string { return p.File + ":" + strconv.Itoa(p.Line) }

// Step is a link of a chain: a place and the field that acts there.
func (p Place) Step(field string) string { return p.String() + " " + field }

// UTF16Column turns a 1-based column counted in characters into one counted in UTF-16 units.
func UTF16Column(line string, column int) int {
	units := column
	for index := 1; index < column && len(line) > 0; index++ {
		r, size := utf8.DecodeRuneInString(line)
		if r > 0xFFFF {
			units++
		}
		line = line[size:]
	}
	return units
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// Field is a pointer with one more key.
func Field(pointer, key string) string { return pointer + "/" + pointerEscapes.Replace(key) }

// Item is a pointer with one more index.
func Item(pointer string, index int) string { return pointer + "/" + strconv.Itoa(index) }

// Steps are the keys and indices of a pointer.
func Steps(pointer string) []string {
	if pointer == "" {
		return nil
	}
	steps := strings.Split(pointer, "/")[1:]
	for index, step := range steps {
		steps[index] = pointerText.Replace(step)
	}
	return steps
}

var pointerText = strings.NewReplacer("~1", "/", "~0", "~")
