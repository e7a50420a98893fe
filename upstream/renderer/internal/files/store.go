// Package files keeps, in memory, the files that the host gave: contents by hash, and trees of paths (the
// working tree, a revision) that share them.
package files

import (
	"fmt"
	"maps"
	"path"
	"sort"
	"strings"
)

// Store holds the trees and the contents they share.
type Store struct {
	trees    map[string]*Tree
	contents map[string][]byte
	derived  *Derived
}

// derivedLimit bounds what is kept of parsed and printed texts.
const derivedLimit = 96 << 20

// NewStore returns an empty store.
func NewStore() *Store {
	return &Store{
		trees: map[string]*Tree{}, contents: map[string][]byte{}, derived: NewDerived(derivedLimit),
	}
}

// Tree is the file listing of one state of a repository.
type Tree struct {
	store *Store
	// root is the repository's absolute path, with slashes: it stands in the libraries' error texts.
	root string
	// hashes by path relative to the root; an empty hash is a file whose content was not sent.
	hashes  map[string]string
	folders map[string]map[string]bool
}

// Set makes or replaces a tree.
func (s *Store) Set(name, root string, hashes map[string]string) *Tree {
	tree := &Tree{store: s, root: cleanRoot(root), hashes: hashes}
	tree.index()
	s.trees[name] = tree
	return tree
}

// Derive makes a tree that is another one with some files changed.
func (s *Store) Derive(name string, from *Tree, put map[string]string, remove []string) *Tree {
	tree := &Tree{store: s, root: from.root, hashes: maps.Clone(from.hashes), folders: from.folders}
	tree.Change(put, remove)
	s.trees[name] = tree
	return tree
}

// Tree finds a tree by its name.
func (s *Store) Tree(name string) (*Tree, bool) {
	tree, ok := s.trees[name]
	return tree, ok
}

// Drop forgets a tree and the contents that no other tree has.
func (s *Store) Drop(name string) {
	delete(s.trees, name)
	used := map[string]bool{}
	for _, tree := range s.trees {
		for _, hash := range tree.hashes {
			used[hash] = true
		}
	}
	for hash := range s.contents {
		if !used[hash] {
			delete(s.contents, hash)
		}
	}
}

// Put stores a content under its hash.
func (s *Store) Put(hash string, content []byte) { s.contents[hash] = content }

// Contents finds the contents of files by their hashes; missing are the hashes that it has not.
func (s *Store) Contents(hashes map[string]string) (contents map[string][]byte, missing []string) {
	contents = make(map[string][]byte, len(hashes))
	for name, hash := range hashes {
		content, ok := s.contents[hash]
		if !ok {
			missing = append(missing, hash)
		}
		contents[name] = content
	}
	sort.Strings(missing)
	return contents, missing
}

// Change adds, replaces and removes files of a tree.
func (t *Tree) Change(put map[string]string, remove []string) {
	renamed := false
	for _, name := range remove {
		delete(t.hashes, name)
		renamed = true
	}
	for name, hash := range put {
		_, known := t.hashes[name]
		renamed = renamed || !known
		t.hashes[name] = hash
	}
	if renamed {
		t.index()
	}
}

// Missing lists the hashes among some files' whose content the store has not, sorted.
func (t *Tree) Missing(among map[string]string) []string {
	missing := map[string]bool{}
	for _, hash := range among {
		if _, ok := t.store.contents[hash]; !ok && hash != "" {
			missing[hash] = true
		}
	}
	list := make([]string, 0, len(missing))
	for hash := range missing {
		list = append(list, hash)
	}
	sort.Strings(list)
	return list
}

func (t *Tree) index() {
	t.folders = map[string]map[string]bool{"": {}}
	for name := range t.hashes {
		addToFolders(t.folders, name)
	}
}

// addToFolders enters a file and its parent folders.
func addToFolders(folders map[string]map[string]bool, name string) {
	for name != "" {
		parent, base := path.Split(name)
		parent = strings.TrimSuffix(parent, "/")
		names, known := folders[parent]
		if !known {
			names = map[string]bool{}
			folders[parent] = names
		}
		names[base] = true
		if known && parent != "" {
			return
		}
		name = parent
	}
}

func (t *Tree) content(name string) ([]byte, bool, error) {
	hash, ok := t.hashes[name]
	if !ok {
		return nil, false, nil
	}
	content, sent := t.store.contents[hash]
	if !sent {
		return nil, true, fmt.Errorf("%s is too large to be rendered", name)
	}
	return content, true, nil
}

func cleanRoot(root string) string {
	return strings.TrimSuffix(path.Clean("/"+strings.ReplaceAll(root, `\`, "/")), "/")
}
