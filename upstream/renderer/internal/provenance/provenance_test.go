package provenance

import (
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

func TestNodesAreFoundWhereTheyStand(t *testing.T) {
	text := NewText("a: 1\r\n---\nb: [x, \"y\"]\n--- # c\n\tbroken\n---\nd:\n  e: f\n")
	for _, test := range []struct {
		line, column int
		value        string
	}{{1, 4, "1"}, {3, 5, "x"}, {3, 8, "y"}, {8, 6, "f"}} {
		node := text.At(test.line, test.column, yaml.ScalarNode)
		if node == nil || node.Value != test.value {
			t.Errorf("%d:%d is %v, want %s", test.line, test.column, node, test.value)
		}
	}
	if text.At(5, 2, yaml.ScalarNode) != nil {
		t.Error("a broken document has nodes")
	}
	if len(text.Documents) != 3 {
		t.Errorf("%d documents", len(text.Documents))
	}
}

func TestColumnsCountUTF16Units(t *testing.T) {
	for column, want := range map[int]int{1: 1, 2: 2, 3: 4, 4: 5} {
		if got := UTF16Column("a😀bc", column); got != want {
			t.Errorf("column %d is %d, want %d", column, got, want)
		}
	}
}

func TestWalkFollowsAliasesAndEscapesKeys(t *testing.T) {
	text := NewText("x: &x\n  a/b: 1\ny: *x\n")
	found := map[string]string{}
	Walk(text.Documents[0], "", func(pointer string, node *yaml.Node) { found[pointer] = node.Value })
	if found["/x/a~1b"] != "1" || found["/y/a~1b"] != "1" {
		t.Error(found)
	}
}
