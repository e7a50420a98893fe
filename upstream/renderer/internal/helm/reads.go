package helm

import (
	"fmt"
	"sort"
	"strings"
	"text/template/parse"

	chart "helm.sh/helm/v4/pkg/chart/v2"
	"sigs.k8s.io/yaml"
)

// reads finds which values a chart's templates can read, in whatever branch, from their parse trees alone.
// What it does not understand counts as reading all that could be reached.
type reads struct {
	// definitions by name; several files may define one.
	definitions map[string][]*parse.Tree
	// files are the templates that print.
	files []topTemplate
	// texts are the values and files of the chart that are templates themselves.
	texts []*parse.Tree
	done  map[string]bool
	depth int
	// whole are the paths of which all below is read, single those that are looked at.
	whole, single map[string]bool
}

// Definitions that call themselves with ever more are given up: they may read anything.
const (
	maxReadDepth = 60
	maxReadTrees = 5000
)

// seen is what an expression can stand for: a chart's context, values at paths, a map that a template makes.
// Without any of them it is nothing of the values.
type seen struct {
	contexts []string
	paths    []string
	fields   map[string]seen
}

func (s seen) with(other seen) seen {
	joined := seen{contexts: union(s.contexts, other.contexts), paths: union(s.paths, other.paths), fields: s.fields}
	if len(other.fields) > 0 {
		joined.fields = map[string]seen{}
		for key, field := range s.fields {
			joined.fields[key] = field
		}
		for key, field := range other.fields {
			joined.fields[key] = joined.fields[key].with(field)
		}
	}
	return joined
}

func union(a, b []string) []string {
	all := append([]string(nil), a...)
	for _, item := range b {
		found := false
		for _, known := range a {
			found = found || known == item
		}
		if !found {
			all = append(all, item)
		}
	}
	return all
}

// key names what is seen, to look at a definition once for each.
func (s seen) key() string {
	contexts, paths := append([]string(nil), s.contexts...), append([]string(nil), s.paths...)
	sort.Strings(contexts)
	sort.Strings(paths)
	text := strings.Join(contexts, "|") + "\x01" + strings.Join(paths, "|")
	names := make([]string, 0, len(s.fields))
	for name := range s.fields {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		text += "\x02" + name + "\x03" + s.fields[name].key()
	}
	return text
}

// readsOf looks at all templates of a chart and its subcharts. values are the effective ones.
func readsOf(root *chart.Chart, values any) *reads {
	r := &reads{definitions: map[string][]*parse.Tree{}, done: map[string]bool{}, whole: map[string]bool{}, single: map[string]bool{}}
	eachChart(root, func(c *chart.Chart) {
		prefix := valuesPrefix(root, c)
		r.dependencies(c, prefix)
		for _, template := range c.Templates {
			trees := r.parse(string(template.Data))
			name := template.Name[strings.LastIndexByte(template.Name, '/')+1:]
			if tree := trees[""]; tree != nil && !strings.HasPrefix(name, "_") && c.Metadata.Type != "library" {
				r.files = append(r.files, topTemplate{tree, prefix, c.ChartFullPath() + "/" + template.Name})
			}
		}
		for _, file := range c.Files {
			r.text(string(file.Data))
		}
	})
	eachText(values, r.text)
	for _, file := range r.files {
		dot := seen{contexts: []string{file.prefix}}
		r.tree(file.tree, dot)
	}
	return r
}

type topTemplate struct {
	tree         *parse.Tree
	prefix, name string
}

// valuesPrefix is where a subchart's values lie in those of the outermost chart: `.db.cache`.
func valuesPrefix(root, c *chart.Chart) string {
	if c == root || c.Parent() == nil {
		return ""
	}
	return valuesPrefix(root, c.Parent()) + "." + c.Name()
}

func (r *reads) parse(text string) map[string]*parse.Tree {
	trees := map[string]*parse.Tree{}
	tree := parse.New("")
	tree.Mode = parse.SkipFuncCheck
	if _, err := tree.Parse(text, "", "", trees); err != nil {
		return trees
	}
	for name, definition := range trees {
		if name != "" {
			r.definitions[name] = append(r.definitions[name], definition)
		}
	}
	return trees
}

// text notes a value or file that may be rendered by tpl.
func (r *reads) text(text string) {
	if strings.Contains(text, "{{") {
		if tree := r.parse(text)[""]; tree != nil {
			r.texts = append(r.texts, tree)
		}
	}
}

func eachText(v any, visit func(string)) {
	switch v := v.(type) {
	case string:
		visit(v)
	case []any:
		for _, item := range v {
			eachText(item, visit)
		}
	default:
		for _, item := range mapOf(v) {
			eachText(item, visit)
		}
	}
}

// dependencies are conditions, tags and imports, and all values of subcharts that are switched off.
func (r *reads) dependencies(c *chart.Chart, prefix string) {
	present := map[string]bool{}
	for _, dependency := range c.Dependencies() {
		present[dependency.Name()] = true
	}
	r.wholeOf(seen{paths: []string{prefix + ".tags"}})
	// Helm takes those that are switched off out of the metadata: what is written is read again.
	for _, required := range writtenDependencies(c) {
		for _, condition := range strings.Split(required.Condition, ",") {
			if condition = strings.TrimSpace(condition); condition != "" {
				r.wholeOf(seen{paths: []string{prefix + "." + condition}})
			}
		}
		if required.Alias != "" {
			required.Name = required.Alias
		}
		if !present[required.Name] || len(required.ImportValues) > 0 {
			r.wholeOf(seen{paths: []string{prefix + "." + required.Name}})
		}
	}
}

func writtenDependencies(c *chart.Chart) []*chart.Dependency {
	var written chart.Metadata
	for _, file := range c.Raw {
		if file.Name == "Chart.yaml" || file.Name == "requirements.yaml" {
			_ = yaml.Unmarshal(file.Data, &written) // it was read before
		}
	}
	return written.Dependencies
}

func (r *reads) tree(tree *parse.Tree, dot seen) {
	if tree == nil || tree.Root == nil || r.whole[""] {
		return
	}
	key := fmt.Sprintf("%p ", tree) + dot.key()
	if r.done[key] {
		return
	}
	r.done[key] = true
	if r.depth >= maxReadDepth || len(r.done) >= maxReadTrees {
		r.note(r.whole, "")
		return
	}
	r.depth++
	scope := &scope{reads: r, dot: dot, root: dot, variables: map[string]seen{}}
	// A variable may be set further below and read further above, in a loop.
	scope.list(tree.Root)
	scope.list(tree.Root)
	r.depth--
}

// called looks at a definition; of a name that is computed, at all of them.
func (r *reads) called(name string, known bool, dot seen) {
	if known {
		for _, tree := range r.definitions[name] {
			r.tree(tree, dot)
		}
		return
	}
	// A file of the chart is included by its path, of which the end is written.
	found := false
	for _, file := range r.files {
		if name != "" && strings.HasSuffix(file.name, name) {
			r.tree(file.tree, dot)
			found = true
		}
	}
	if !found {
		r.wholeOf(dot)
	}
}

// wholeOf reads all that can be reached.
func (r *reads) wholeOf(s seen) {
	for _, context := range s.contexts {
		r.note(r.whole, context)
	}
	for _, path := range s.paths {
		r.note(r.whole, path)
	}
	for _, field := range s.fields {
		r.wholeOf(field)
	}
}

// lookAt reads whether there is something.
func (r *reads) lookAt(s seen) {
	for _, path := range s.paths {
		r.note(r.single, path)
	}
}

// note enters a path; a subchart's global values are those of the charts above as well.
func (r *reads) note(set map[string]bool, path string) {
	set[path] = true
	for at := strings.Index(path, ".global"); at > 0; at = strings.Index(path, ".global") {
		path = path[at:]
		set[path] = true
	}
}

// has tells whether a value can be read: itself, what it lies in, or what lies in it.
func (r *reads) has(path []string) bool {
	at := ""
	if r.whole[at] {
		return true
	}
	for _, key := range path {
		at += "." + key
		if r.whole[at] {
			return true
		}
	}
	if r.single[at] {
		return true
	}
	for _, set := range []map[string]bool{r.whole, r.single} {
		for read := range set {
			if strings.HasPrefix(read, at+".") {
				return true
			}
		}
	}
	return false
}
