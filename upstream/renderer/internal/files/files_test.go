package files

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

func viewOf(t *testing.T, names ...string) (*Store, *View) {
	t.Helper()
	store, hashes := NewStore(), map[string]string{}
	for _, name := range names {
		hashes[name] = "hash of " + name
		store.Put(hashes[name], []byte(name))
	}
	return store, NewView(store.Set("tree", "/repository", hashes), map[string][]byte{"made/extra.yaml": []byte("extra")})
}

func TestViewRemembersWhatWasAskedFor(t *testing.T) {
	_, view := viewOf(t, "a/x.yaml", "b.yaml")
	content, err := view.ReadFile("/repository/a/x.yaml")
	if err != nil || string(content) != "a/x.yaml" {
		t.Fatal(string(content), err)
	}
	view.Exists("/repository/gone")
	if _, err := view.ReadDir("/repository/a"); err != nil {
		t.Fatal(err)
	}
	got := [][]string{view.Reads(), view.Absent(), view.Listed()}
	want := [][]string{{"a/x.yaml"}, {"gone"}, {"a"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestViewSaysWhatADiskWouldSay(t *testing.T) {
	_, view := viewOf(t, "a/x.yaml")
	_, err := view.ReadFile("/repository/a/gone.yaml")
	if !errors.Is(err, fs.ErrNotExist) || err.Error() != "open /repository/a/gone.yaml: no such file or directory" {
		t.Error(err)
	}
	if _, err := view.ReadFile("/repository/a"); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Error(err)
	}
	_, _, err = view.CleanedAbs("/repository/b/c.yaml")
	if want := "evalsymlink failure on '/repository/b/c.yaml' : lstat /repository/b: no such file or directory"; err == nil || err.Error() != want {
		t.Error(err)
	}
	if _, err := view.ReadFile("/etc/passwd"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestViewIsReadOnly(t *testing.T) {
	_, view := viewOf(t, "a.yaml")
	for _, err := range []error{view.WriteFile("/repository/a.yaml", nil), view.MkdirAll("/x"), view.RemoveAll("/repository")} {
		if err == nil {
			t.Error("written")
		}
	}
}

func TestPathsAreCleaned(t *testing.T) {
	_, view := viewOf(t, "a/x.yaml")
	folder, base, err := view.CleanedAbs("/repository/b/../a/./x.yaml")
	if folder != filesys.ConfirmedDir("/repository/a") || base != "x.yaml" || err != nil {
		t.Error(folder, base, err)
	}
	if _, inside := view.Rel("/repository/../etc"); inside {
		t.Error("outside is inside")
	}
}

func TestWalkVisitsInOrderAndSkips(t *testing.T) {
	_, view := viewOf(t, "a/1.yaml", "a/skip/2.yaml", "a/z.yaml", "made/b.yaml")
	var seen []string
	err := view.Walk("/repository", func(name string, info fs.FileInfo, err error) error {
		seen = append(seen, strings.TrimPrefix(name, "/repository"))
		if info.Name() == "skip" {
			return filepath.SkipDir
		}
		return err
	})
	want := []string{"", "/a", "/a/1.yaml", "/a/skip", "/a/z.yaml", "/made", "/made/b.yaml", "/made/extra.yaml"}
	if err != nil || !reflect.DeepEqual(seen, want) {
		t.Errorf("%v %v", seen, err)
	}
}

func TestGlob(t *testing.T) {
	_, view := viewOf(t, "a/1.yaml", "a/2.json", "b/1.yaml", ".hidden.yaml")
	found, err := view.Glob("/repository/*/*.yaml")
	want := []string{"/repository/a/1.yaml", "/repository/b/1.yaml", "/repository/made/extra.yaml"}
	if err != nil || !reflect.DeepEqual(found, want) {
		t.Error(found, err)
	}
}

func TestTreesShareContents(t *testing.T) {
	store, _ := viewOf(t, "a.yaml", "b.yaml")
	listing := map[string]string{"c.yaml": "hash of a.yaml", "new.yaml": "new"}
	other := store.Set("other", "/repository", listing)
	if missing := other.Missing(listing); !reflect.DeepEqual(missing, []string{"new"}) {
		t.Error(missing)
	}
	other.Change(map[string]string{"d.yaml": "hash of b.yaml"}, []string{"new.yaml"})
	store.Drop("tree")
	view := NewView(other, nil)
	for name, want := range map[string]string{"c.yaml": "a.yaml", "d.yaml": "b.yaml"} {
		if content, err := view.ReadFile("/repository/" + name); string(content) != want {
			t.Error(name, string(content), err)
		}
	}
	store.Drop("other")
	if len(store.contents) != 0 {
		t.Error("contents are kept that no tree has")
	}
}

func TestAFileThatWasNotSentIsAnErrorWhenItIsRead(t *testing.T) {
	store := NewStore()
	view := NewView(store.Set("tree", "/repository", map[string]string{"big.yaml": ""}), nil)
	if _, err := view.ReadFile("/repository/big.yaml"); err == nil || !strings.Contains(err.Error(), "big.yaml") {
		t.Error(err)
	}
}

func TestAYAMLBombIsRefused(t *testing.T) {
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
	for level := 1; level < 9; level++ {
		aliases := strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", level-1), 9), ", ")
		bomb += fmt.Sprintf("a%d: &a%d [%s]\n", level, level, aliases)
	}
	if err := checkAliases("bomb.yaml", []byte(bomb)); err != errAliases {
		t.Error(err)
	}
	if err := checkAliases("fine.yaml", []byte("a: &a {b: 1}\nc: *a\nd: *a\n")); err != nil {
		t.Error(err)
	}
}
