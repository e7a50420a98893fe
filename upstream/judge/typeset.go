package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// How many sets are remembered; each environment may bring its own.
const maxTypeSets = 16

// typeSet holds the CustomResourceDefinitions of one environment.
type typeSet struct {
	types map[schema.GroupKind]*customType
}

func (s *typeSet) find(kind schema.GroupKind) *customType { return s.types[kind] }

// typeSets are the sets that were sent, by name. Sets share definitions of the same text.
type typeSets struct {
	sets   map[string]*typeSet
	recent []string // oldest first
	shared map[[sha256.Size]byte]*customType
}

func newTypeSets() *typeSets {
	return &typeSets{sets: map[string]*typeSet{}, shared: map[[sha256.Size]byte]*customType{}}
}

// find returns the named set and remembers its use; the nameless set is empty.
func (s *typeSets) find(name string) (*typeSet, bool) {
	if name == "" {
		return &typeSet{}, true
	}
	set, ok := s.sets[name]
	if ok {
		s.touch(name)
	}
	return set, ok
}

// add puts definitions into the named set, which need not exist yet. One that is no definition is an error.
func (s *typeSets) add(name string, definitions []json.RawMessage) error {
	if name == "" {
		return requestError{"usage", "a set of types needs a name"}
	}
	var added []*customType
	for _, text := range definitions {
		custom, err := s.definition(text)
		if err != nil {
			return err
		}
		added = append(added, custom)
	}
	if s.sets[name] == nil {
		s.sets[name] = &typeSet{types: map[schema.GroupKind]*customType{}}
	}
	for _, custom := range added {
		s.sets[name].types[custom.groupKind] = custom
	}
	s.touch(name)
	return nil
}

func (s *typeSets) definition(text []byte) (*customType, error) {
	key := sha256.Sum256(text)
	if known := s.shared[key]; known != nil {
		return known, nil
	}
	custom, err := newCustomType(text)
	if err != nil {
		return nil, requestError{"usage", fmt.Sprintf("not a CustomResourceDefinition: %v", err)}
	}
	s.shared[key] = custom
	return custom, nil
}

func (s *typeSets) touch(name string) {
	s.recent = append(slices.DeleteFunc(s.recent, func(other string) bool { return other == name }), name)
	if len(s.recent) <= maxTypeSets {
		return
	}
	delete(s.sets, s.recent[0])
	s.recent = s.recent[1:]
	used := map[*customType]bool{}
	for _, set := range s.sets {
		for _, custom := range set.types {
			used[custom] = true
		}
	}
	for key, custom := range s.shared {
		if !used[custom] {
			delete(s.shared, key)
		}
	}
}
