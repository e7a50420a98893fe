package kustomize

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/fold"
)

// digest names what an object of a build is: objects with the same print the same.
type digest struct {
	hash hash.Hash
	// lines is at least how many lines the object has in any of the forms in which kustomize writes it.
	lines int
	// broken is true where a token is no value of its own any more.
	broken bool
	folds  *folding
}

func digestOf(root *yaml.Node, folds *folding) *digest {
	d := &digest{hash: sha256.New(), folds: folds}
	d.add(root)
	return d
}

func (d *digest) sum() (sum [sha256.Size]byte) {
	d.hash.Sum(sum[:0])
	return sum
}

func (d *digest) add(node *yaml.Node) {
	head := binary.LittleEndian.AppendUint32([]byte{byte(node.Kind), byte(node.Style)}, uint32(len(node.Content)))
	d.hash.Write(head)
	for _, text := range []string{node.Tag, node.Value, node.Anchor, node.HeadComment, node.LineComment, node.FootComment} {
		d.hash.Write([]byte(text))
		d.hash.Write([]byte{0})
		if strings.Contains(text, fold.TokenStart) && d.folds.fold(node) == nil {
			d.broken = true
		}
	}
	d.lines += 2 + strings.Count(node.Value, "\n")
	for _, child := range node.Content {
		d.add(child)
	}
	if node.Alias != nil {
		d.add(node.Alias)
	}
}
