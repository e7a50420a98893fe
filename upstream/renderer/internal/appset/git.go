package appset

import (
	"fmt"
	"maps"
	"os"
	"path"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

// git makes parameters of the repository's folders or files.
func (e *expander) git(options map[string]any) ([]parameters, error) {
	source := Source{textAt(options, "repoURL"), textAt(options, "revision")}
	here, known := e.request.Here[source.URL+" "+source.Revision]
	if !known {
		e.asks = append(e.asks, source)
		return nil, &notHere{"it is not known whether its git generator reads this repository"}
	}
	if !here {
		return nil, &notHere{fmt.Sprintf("its git generator reads %s of another repository or revision (%s)", orHead(source.Revision), source.URL)}
	}
	if directories := listAt(options, "directories"); len(directories) > 0 {
		return e.gitDirectories(options, directories)
	}
	if files := listAt(options, "files"); len(files) > 0 {
		return e.gitFiles(options, files)
	}
	return nil, fmt.Errorf("its git generator names neither directories nor files")
}

func orHead(revision string) string {
	if revision == "" {
		return "HEAD"
	}
	return revision
}

func (e *expander) gitDirectories(options map[string]any, directories []any) ([]parameters, error) {
	folders, _, err := e.names()
	if err != nil {
		return nil, err
	}
	made := []parameters{}
	for _, folder := range folders {
		included, excluded := false, false
		for _, item := range directories {
			entry := mapOf(item)
			if matches, err := path.Match(textAt(entry, "path"), folder); err != nil || !matches {
				continue
			}
			if entry["exclude"] == true {
				excluded = true
			} else {
				included = true
			}
		}
		if !included || excluded {
			continue
		}
		params := parameters{}
		e.enterPath(params, options, folder, "")
		if err := e.appendValues(params, options); err != nil {
			return nil, err
		}
		made = append(made, params)
	}
	return made, nil
}

// names are the folders and files of the repository; folders without hidden ones, in Argo CD's order.
func (e *expander) names() (folders, files []string, err error) {
	root := e.view.Abs("")
	err = e.view.Walk(root, func(name string, info os.FileInfo, err error) error {
		rel, _ := e.view.Rel(name)
		switch {
		case err != nil || rel == "":
			return err
		case !info.IsDir():
			files = append(files, rel)
		case !isHidden(rel):
			folders = append(folders, rel)
		}
		return nil
	})
	return folders, files, err
}

func isHidden(folder string) bool {
	return strings.HasPrefix(folder, ".") || strings.Contains(folder, "/.")
}

// enterPath enters what parameters tell of a folder, and of the file in it where there is one.
func (e *expander) enterPath(params parameters, options map[string]any, folder, file string) {
	segments, prefix := strings.Split(folder, "/"), textAt(options, "pathParamPrefix")
	told := map[string]string{"basename": path.Base(folder), "basenameNormalized": sanitized(path.Base(folder))}
	if file != "" {
		told["filename"], told["filenameNormalized"] = file, sanitized(file)
	}
	if e.render.goTemplate {
		about := map[string]any{"path": folder, "segments": segments}
		for key, text := range told {
			about[key] = text
		}
		if prefix != "" {
			params[prefix] = map[string]any{"path": about}
		} else {
			params["path"] = about
		}
		return
	}
	name := "path"
	if prefix != "" {
		name = prefix + ".path"
	}
	params[name] = folder
	for key, text := range told {
		params[name+"."+key] = text
	}
	for index, segment := range segments {
		if segment != "" {
			params[name+"["+strconv.Itoa(index)+"]"] = segment
		}
	}
}

// appendValues enters the generator's `values`, which may use its other parameters.
func (e *expander) appendValues(params parameters, options map[string]any) error {
	filled := map[string]string{}
	for key, value := range stringsAt(options, "values") {
		text, err := e.render.text(value, params)
		if err != nil {
			return err
		}
		filled[key] = text
	}
	if e.render.goTemplate && len(filled) > 0 {
		params["values"] = filled
	} else {
		for key, text := range filled {
			params["values."+key] = text
		}
	}
	return nil
}

func (e *expander) gitFiles(options map[string]any, patterns []any) ([]parameters, error) {
	_, names, err := e.names()
	if err != nil {
		return nil, err
	}
	chosen := map[string]bool{}
	for _, excluding := range []bool{false, true} {
		for _, item := range patterns {
			entry := mapOf(item)
			if (entry["exclude"] == true) != excluding {
				continue
			}
			matches, err := pathspec(textAt(entry, "path"))
			if err != nil {
				return nil, err
			}
			for _, name := range names {
				if matches(name) {
					chosen[name] = !excluding
				}
			}
		}
	}
	sort.Strings(names)
	made := []parameters{}
	for _, name := range names {
		if !chosen[name] {
			continue
		}
		params, err := e.gitFile(options, name)
		if err != nil {
			return nil, fmt.Errorf("unable to process file '%s': %w", name, err)
		}
		made = append(made, params...)
	}
	return made, nil
}

// gitFile reads the parameters of a file: one object, or a list of them.
func (e *expander) gitFile(options map[string]any, name string) ([]parameters, error) {
	content, err := e.view.ReadFile(e.view.Abs(name))
	if err != nil {
		return nil, err
	}
	single := map[string]any{}
	objects := []map[string]any{}
	if err := yaml.Unmarshal(content, &single); err == nil {
		objects = append(objects, single)
	} else if err := yaml.Unmarshal(content, &objects); err != nil {
		return nil, fmt.Errorf("unable to parse file: %w", err)
	}
	made := []parameters{}
	for _, object := range objects {
		params := parameters{}
		if e.render.goTemplate {
			maps.Copy(params, object)
		} else {
			for key, text := range flattened(object) {
				params[key] = text
			}
		}
		e.enterPath(params, options, path.Dir(name), path.Base(name))
		if err := e.appendValues(params, options); err != nil {
			return nil, err
		}
		made = append(made, params)
	}
	return made, nil
}

// pathspec matches as `git ls-files -- PATTERN` does: a file, all below a folder, or a pattern whose `*` and
// `?` stand for slashes too.
func pathspec(pattern string) (func(name string) bool, error) {
	if pattern == "" {
		pattern = "."
	}
	if strings.HasPrefix(pattern, ":") || strings.HasPrefix(pattern, "/") || strings.HasPrefix(path.Clean(pattern), "..") {
		return nil, fmt.Errorf("the path %s of its git generator is not understood", pattern)
	}
	clean := path.Clean(pattern)
	expression, err := regexp.Compile("(?s)^" + expressionOf(clean) + "$")
	if err != nil {
		return nil, fmt.Errorf("the path %s of its git generator is not understood", pattern)
	}
	folder := strings.HasSuffix(pattern, "/")
	return func(name string) bool {
		return clean == "." || strings.HasPrefix(name, clean+"/") || !folder && (name == clean || expression.MatchString(name))
	}, nil
}

// expressionOf translates git's wildcards into a regular expression.
func expressionOf(pattern string) string {
	var out strings.Builder
	for at := 0; at < len(pattern); at++ {
		switch pattern[at] {
		case '*':
			out.WriteString(".*")
		case '?':
			out.WriteString(".")
		case '[':
			class, ok := classOf(pattern[at:])
			if !ok {
				return regexp.QuoteMeta(pattern)
			}
			out.WriteString(class)
			at += len(class) - 1
		case '\\':
			at = min(at+1, len(pattern)-1)
			fallthrough
		default:
			out.WriteString(regexp.QuoteMeta(pattern[at : at+1]))
		}
	}
	return out.String()
}

// classOf is the class of characters that a pattern begins with, as a regular expression has it.
func classOf(pattern string) (string, bool) {
	if len(pattern) < 3 {
		return "", false
	}
	end := strings.IndexByte(pattern[2:], ']')
	if end < 0 {
		return "", false
	}
	class := pattern[:end+3]
	if class[1] == '!' {
		class = "[^" + class[2:]
	}
	return class, true
}
