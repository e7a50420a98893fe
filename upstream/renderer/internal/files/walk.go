package files

import (
	"path"
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// Walk implements filesys.FileSystem, in lexical order as filepath.Walk.
func (v *View) Walk(name string, visit filepath.WalkFunc) error {
	rel, inside := v.Rel(name)
	if !inside || !v.isFolder(rel) && !v.isFile(rel) {
		return visit(name, nil, notExist("lstat", name))
	}
	err := v.walk(name, visit)
	if err == filepath.SkipDir || err == filepath.SkipAll {
		return nil
	}
	return err
}

func (v *View) walk(name string, visit filepath.WalkFunc) error {
	folder := v.IsDir(name)
	err := visit(name, v.info(name, folder), nil)
	if err != nil || !folder {
		return err
	}
	names, err := v.ReadDir(name)
	if err != nil {
		return err
	}
	for _, base := range names {
		child := path.Join(name, base)
		err := v.walk(child, visit)
		if err == filepath.SkipDir && v.IsDir(child) {
			continue
		}
		if err == filepath.SkipDir {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Glob implements filesys.FileSystem.
func (v *View) Glob(pattern string) ([]string, error) {
	found, err := v.glob(filepath.ToSlash(pattern))
	if err != nil || filesys.IsHiddenFilePath(pattern) {
		return found, err
	}
	return filesys.RemoveHiddenFiles(found), nil
}

func (v *View) glob(pattern string) ([]string, error) {
	if !strings.ContainsAny(pattern, `*?[\`) {
		if v.Exists(pattern) {
			return []string{pattern}, nil
		}
		return nil, nil
	}
	parents, err := v.glob(path.Dir(pattern))
	if err != nil {
		return nil, err
	}
	var found []string
	for _, parent := range parents {
		names, err := v.ReadDir(parent)
		if err != nil {
			continue // a file: nothing lies below it
		}
		for _, base := range names {
			matches, err := path.Match(path.Base(pattern), base)
			if err != nil {
				return nil, err
			}
			if matches {
				found = append(found, path.Join(parent, base))
			}
		}
	}
	return found, nil
}
