package files

import (
	"bytes"
	"io/fs"
	"path"
	"time"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// Open implements filesys.FileSystem.
func (v *View) Open(name string) (filesys.File, error) {
	content, err := v.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return openFile{bytes.NewReader(content), v.info(name, false)}, nil
}

func (v *View) info(name string, folder bool) fs.FileInfo {
	rel, _ := v.Rel(name)
	content, _ := v.Content(rel)
	return fileInfo{name: path.Base(name), folder: folder, size: int64(len(content))}
}

// osNotExist is what the operating system says, in Unix's words everywhere.
type osNotExist struct{}

func (osNotExist) Error() string        { return "no such file or directory" }
func (osNotExist) Is(target error) bool { return target == fs.ErrNotExist }

func notExist(op, name string) error {
	return &fs.PathError{Op: op, Path: name, Err: osNotExist{}}
}

type openFile struct {
	*bytes.Reader
	info fs.FileInfo
}

func (openFile) Close() error                 { return nil }
func (openFile) Write([]byte) (int, error)    { return 0, errReadOnly }
func (f openFile) Stat() (fs.FileInfo, error) { return f.info, nil }

type fileInfo struct {
	name   string
	folder bool
	size   int64
}

func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return i.size }
func (i fileInfo) ModTime() time.Time { return time.Time{} }
func (i fileInfo) IsDir() bool        { return i.folder }
func (i fileInfo) Sys() any           { return nil }
func (i fileInfo) Mode() fs.FileMode {
	if i.folder {
		return fs.ModeDir | 0o755
	}
	return 0o644
}
