package kustomize

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/fold"
	"driftline/renderer/internal/provenance"
)

// maxCells bounds the comparison of two lists: longer ones are compared item by item.
const maxCells = 250_000

// align finds for each node of a built object the node of another build of it that it corresponds to: by key
// in maps, in lists by equal items, then by name, by position where the lists are of one length, and by what
// items have in common. Items of which one list has more than the other have no partners: which one is gone is
// not known.
func align(built, other *yaml.Node, pointer string, found map[string]*yaml.Node) {
	if built.Kind != other.Kind && !fold.IsToken(built.Value) {
		return
	}
	found[pointer] = other
	switch built.Kind {
	case yaml.MappingNode:
		for index := 0; index+1 < len(built.Content); index += 2 {
			key := built.Content[index].Value
			if value := fieldOf(other, key); value != nil {
				align(built.Content[index+1], value, provenance.Field(pointer, key), found)
			}
		}
	case yaml.SequenceNode:
		for index, partner := range pairs(built.Content, other.Content) {
			if partner >= 0 {
				align(built.Content[index], other.Content[partner], provenance.Item(pointer, index), found)
			}
		}
	}
}

func fieldOf(node *yaml.Node, key string) *yaml.Node {
	value, _ := provenance.Entry(node, key)
	return value
}

// pairs tells for each item the index of its partner in the other list, or -1.
func pairs(items, others []*yaml.Node) []int {
	partners := make([]int, len(items))
	used := make([]bool, len(others))
	for index := range partners {
		partners[index] = -1
	}
	common := longestCommon(items, others)
	doubtful := make([]bool, len(items))
	if len(items) != len(others) || slices.Contains(common, -1) {
		for index := range items {
			here, there := count(items, items[index]), count(others, items[index])
			doubtful[index] = here != there && max(here, there) > 1
		}
	}
	for index, partner := range common {
		if partner >= 0 {
			used[partner] = true
			if !doubtful[index] {
				partners[index] = partner
			}
		}
	}
	take := func(same func(index, other int) bool) {
		for index := range items {
			for other := range others {
				if partners[index] < 0 && !doubtful[index] && !used[other] && same(index, other) {
					partners[index], used[other] = other, true
				}
			}
		}
	}
	take(func(index, other int) bool {
		name, otherName := nameOf(items[index]), nameOf(others[other])
		return name != "" && name == otherName
	})
	if len(items) == len(others) {
		take(func(index, other int) bool { return index == other })
	}
	take(func(index, other int) bool {
		shared, all := likeness(items[index], others[other])
		return all > 2 && 3*shared > 2*all
	})
	return partners
}

func count(items []*yaml.Node, wanted *yaml.Node) int {
	found := 0
	for _, item := range items {
		if equal(item, wanted) {
			found++
		}
	}
	return found
}

// likeness counts the fields of a map that another has, too, and all of the larger one.
func likeness(a, b *yaml.Node) (shared, all int) {
	if a.Kind != yaml.MappingNode || b.Kind != yaml.MappingNode {
		return 0, 0
	}
	for index := 0; index+1 < len(a.Content); index += 2 {
		if other := fieldOf(b, a.Content[index].Value); other != nil && equal(other, a.Content[index+1]) {
			shared++
		}
	}
	return shared, max(len(a.Content), len(b.Content)) / 2
}

// longestCommon pairs the items of the longest sequence that both lists have in the same order.
func longestCommon(items, others []*yaml.Node) []int {
	partners := make([]int, len(items))
	for index := range partners {
		partners[index] = -1
	}
	if len(items)*len(others) > maxCells {
		return partners
	}
	lengths := make([][]int, len(items)+1)
	for index := range lengths {
		lengths[index] = make([]int, len(others)+1)
	}
	for i := len(items) - 1; i >= 0; i-- {
		for j := len(others) - 1; j >= 0; j-- {
			if equal(items[i], others[j]) {
				lengths[i][j] = lengths[i+1][j+1] + 1
			} else {
				lengths[i][j] = max(lengths[i+1][j], lengths[i][j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(items) && j < len(others); {
		switch {
		case equal(items[i], others[j]):
			partners[i] = j
			i, j = i+1, j+1
		case lengths[i+1][j] >= lengths[i][j+1]:
			i++
		default:
			j++
		}
	}
	return partners
}

func equal(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Value != b.Value || len(a.Content) != len(b.Content) {
		return false
	}
	for index := range a.Content {
		if !equal(a.Content[index], b.Content[index]) {
			return false
		}
	}
	return true
}

func nameOf(node *yaml.Node) string {
	if node.Kind != yaml.MappingNode {
		return ""
	}
	if name := fieldOf(node, "name"); name != nil {
		return name.Value
	}
	return ""
}
