package kustomize

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// sameValue tells whether two nodes are of one kind and, if they are scalars, of one value: what went through
// JSON is written in another way there.
func sameValue(node, built *yaml.Node) bool {
	if node.Kind != built.Kind {
		return false
	}
	return node.Value == built.Value || node.Kind == yaml.ScalarNode && sameNumber(node.Value, built) && node.Style == 0
}

// sameNumber tells whether a text is another way to write the number or truth value of a node.
func sameNumber(text string, built *yaml.Node) bool {
	if built.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return false
	}
	var a, b any
	written := &yaml.Node{Kind: yaml.ScalarNode, Value: text}
	if written.Decode(&a) != nil || built.Decode(&b) != nil {
		return false
	}
	switch a.(type) {
	case int, int64, uint64, float64, bool:
		return reflect.DeepEqual(a, b)
	}
	return false
}

// reflowed tells whether a node is a folded text with the words of another: kustomize prints such texts with
// other line breaks than they had.
func reflowed(node, built *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && built.Kind == yaml.ScalarNode && node.Style&yaml.FoldedStyle != 0 &&
		slices.Equal(strings.Fields(node.Value), strings.Fields(built.Value))
}

// indexOf reads an index of a list; -1 where it is none.
func indexOf(step string, length int) int {
	index, err := strconv.Atoi(step)
	if err != nil || index < 0 || index >= length {
		return -1
	}
	return index
}
