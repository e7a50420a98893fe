package main

import (
	"encoding/json"

	"driftline/renderer/internal/objects"
)

// rendering is the answer to a render: what was made or why nothing was, and what it depends on.
type rendering struct {
	Text    string   `json:"text"`
	Failure *failure `json:"failure,omitempty"`
	Reads   []string `json:"reads"`
	Absent  []string `json:"absent"`
	Listed  []string `json:"listed"`
	// Unused is known where places were asked for.
	Unused []objects.Unused `json:"unused,omitempty"`
	// objects is a JSON list.
	objects []byte
}

type failure struct {
	Message string `json:"message"`
	// Missing names the subcharts that are not in the chart's charts/ folder.
	Missing []string `json:"missing,omitempty"`
	// Faults are all causes that were found; known where places were asked for.
	Faults []objects.Fault `json:"faults,omitempty"`
}

// encode writes objects with the values that the host has not. A value is JSON already, and most of an answer:
// it is not read again.
func encode(all []objects.Object, have []string) ([]byte, error) {
	known := make(map[string]bool, len(have))
	for _, key := range have {
		known[key] = true
	}
	list := []byte{'['}
	for index, object := range all {
		if index > 0 {
			list = append(list, ',')
		}
		if object.Key == "" {
			object.Key = objects.KeyOf(object.Value)
		}
		rest, err := json.Marshal(object)
		if err != nil {
			return nil, err
		}
		if list = append(list, '{'); !known[object.Key] {
			list = append(append(append(list, `"value":`...), object.Value...), ',')
		}
		list = append(list, rest[1:]...)
	}
	return append(list, ']'), nil
}
