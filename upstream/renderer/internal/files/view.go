package files

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"syscall"

	kerrors "sigs.k8s.io/kustomize/kyaml/errors"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

var errReadOnly = errors.New("the files cannot be written while rendering")

// View is one render's read-only sight of a tree, as kustomize's FileSystem. It remembers what was asked
// for: that is what the render depends on.
type View struct {
	tree *Tree
	// extra files exist in this view only, by path relative to the root.
	extra   map[string][]byte
	folders map[string]map[string]bool
	rewrite func(name string, content []byte) []byte
	reads   map[string]bool
	absent  map[string]bool
	listed  map[string]bool
}

var _ filesys.FileSystem = (*View)(nil)

// NewView looks at a tree with extra files laid over it.
func NewView(tree *Tree, extra map[string][]byte) *View {
	view := &View{tree: tree, extra: extra, folders: map[string]map[string]bool{"": {}}}
	view.reads, view.absent, view.listed = map[string]bool{}, map[string]bool{}, map[string]bool{}
	for name := range extra {
		addToFolders(view.folders, name)
	}
	return view
}

// Rewriting is the same view, whose files are passed through a function as they are read.
func (v *View) Rewriting(rewrite func(name string, content []byte) []byte) *View {
	other := *v
	other.rewrite = rewrite
	return &other
}

// With is the same view with one more file.
func (v *View) With(name string, content []byte) *View {
	extra := map[string][]byte{name: content}
	for other, text := range v.extra {
		if other != name {
			extra[other] = text
		}
	}
	other := NewView(v.tree, extra)
	other.reads, other.absent, other.listed = v.reads, v.absent, v.listed
	other.rewrite = v.rewrite
	return other
}

// Lay puts one more file over this view.
func (v *View) Lay(name string, content []byte) {
	if v.extra == nil {
		v.extra = map[string][]byte{}
	}
	v.extra[name] = content
	addToFolders(v.folders, name)
}

// IsFile tells whether a path relative to the root is a file.
func (v *View) IsFile(rel string) bool { return v.isFile(rel) }

// Aside is a view of the same tree with extra files, of which it is not remembered what was asked for.
func (v *View) Aside(extra map[string][]byte) *View { return NewView(v.tree, extra) }

// Abs is the absolute path of a path relative to the root.
func (v *View) Abs(name string) string { return path.Join(v.tree.root+"/", name) }

// Reads lists the files that were read, Absent those that were looked for in vain, Listed the folders whose
// names were read; all relative to the root and sorted.
func (v *View) Reads() []string  { return sorted(v.reads) }
func (v *View) Absent() []string { return sorted(v.absent) }
func (v *View) Listed() []string { return sorted(v.listed) }

// Content is the text of a file as the host gave it, for looking things up; it does not count as read.
func (v *View) Content(name string) ([]byte, bool) {
	if content, ok := v.extra[name]; ok {
		return content, true
	}
	content, ok, err := v.tree.content(name)
	return content, ok && err == nil
}

// Derived is where what is worked out of contents is kept from one render to the next.
func (v *View) Derived() *Derived { return v.tree.store.derived }

// Hash names the content of a file of the tree; empty for one that exists in this view only.
func (v *View) Hash(name string) string {
	if _, ok := v.extra[name]; ok {
		return ""
	}
	return v.tree.hashes[name]
}

// Rel is a path relative to the root; ok is false for paths outside of it.
func (v *View) Rel(name string) (rel string, ok bool) {
	name = filepath.ToSlash(name)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name
	}
	name = path.Clean(name)
	if name == v.tree.root || name+"/" == v.tree.root+"/" {
		return "", true
	}
	return strings.CutPrefix(name, v.tree.root+"/")
}

// ReadFile implements filesys.FileSystem.
func (v *View) ReadFile(name string) ([]byte, error) {
	rel, inside := v.Rel(name)
	if !inside {
		return nil, notExist("open", name)
	}
	content, ok := v.extra[rel]
	if !ok {
		var err error
		if content, ok, err = v.tree.content(rel); err != nil {
			return nil, kerrors.Wrap(err)
		}
	}
	if !ok && v.IsDir(name) {
		return nil, kerrors.Wrap(&fs.PathError{Op: "read", Path: name, Err: syscall.EISDIR})
	}
	if !ok {
		v.absent[rel] = true
		return nil, kerrors.Wrap(notExist("open", name))
	}
	v.reads[rel] = true
	if err := v.checkAliases(rel, content); err != nil {
		return nil, kerrors.WrapPrefixf(err, "%s", name)
	}
	if v.rewrite != nil {
		content = v.rewrite(rel, content)
	}
	return content, nil
}

// Exists implements filesys.FileSystem.
func (v *View) Exists(name string) bool {
	rel, inside := v.Rel(name)
	found := inside && (v.isFile(rel) || v.isFolder(rel)) || v.aboveRoot(name)
	if inside && !found {
		v.absent[rel] = true
	}
	return found
}

// IsDir implements filesys.FileSystem.
func (v *View) IsDir(name string) bool {
	rel, inside := v.Rel(name)
	return inside && v.isFolder(rel) || v.aboveRoot(name)
}

// ReadDir implements filesys.FileSystem.
func (v *View) ReadDir(name string) ([]string, error) {
	rel, inside := v.Rel(name)
	if !inside || !v.isFolder(rel) {
		return nil, notExist("open", name)
	}
	v.listed[rel] = true
	names := map[string]bool{}
	for _, folders := range []map[string]map[string]bool{v.tree.folders, v.folders} {
		for base := range folders[rel] {
			names[base] = true
		}
	}
	return sorted(names), nil
}

// CleanedAbs implements filesys.FileSystem; a missing path is refused in the words of the real one.
func (v *View) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	abs := path.Clean("/" + filepath.ToSlash(name))
	if v.IsDir(abs) {
		return filesys.ConfirmedDir(abs), "", nil
	}
	if rel, inside := v.Rel(abs); inside && v.isFile(rel) {
		return filesys.ConfirmedDir(path.Dir(abs)), path.Base(abs), nil
	}
	v.Exists(abs)
	err := notExist("lstat", v.firstMissing(abs))
	return "", "", fmt.Errorf("evalsymlink failure on '%s' : %w", name, err)
}

// Writing is refused.
func (v *View) Create(string) (filesys.File, error) { return nil, errReadOnly }
func (v *View) Mkdir(string) error                  { return errReadOnly }
func (v *View) MkdirAll(string) error               { return errReadOnly }
func (v *View) RemoveAll(string) error              { return errReadOnly }
func (v *View) WriteFile(string, []byte) error      { return errReadOnly }

func (v *View) isFile(rel string) bool {
	if _, ok := v.extra[rel]; ok {
		return true
	}
	_, ok := v.tree.hashes[rel]
	return ok
}

func (v *View) isFolder(rel string) bool {
	return v.tree.folders[rel] != nil || v.folders[rel] != nil
}

// aboveRoot tells whether a path is the root or one of its parents: folders without files of ours.
func (v *View) aboveRoot(name string) bool {
	name = path.Clean("/" + filepath.ToSlash(name))
	return name == "/" || strings.HasPrefix(v.tree.root+"/", name+"/")
}

func (v *View) firstMissing(abs string) string {
	current := ""
	for _, part := range strings.Split(strings.TrimPrefix(abs, "/"), "/") {
		current += "/" + part
		if rel, inside := v.Rel(current); !v.aboveRoot(current) && (!inside || !v.isFile(rel) && !v.isFolder(rel)) {
			break
		}
	}
	return current
}

func sorted(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for name := range set {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}
