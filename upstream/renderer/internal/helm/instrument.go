package helm

import (
	"fmt"
	"path"
	"sort"
	"strings"
	"text/template/parse"
	"unicode/utf8"

	"helm.sh/helm/v4/pkg/chart/common"
	chart "helm.sh/helm/v4/pkg/chart/v2"
)

// Marks are letters of a script that no chart uses (Meroitic): quote, toYaml and the like leave letters alone.
const (
	textMark   = '\U00010980' // a text begins; its number follows
	actionMark = '\U00010981' // an action begins; its number follows
	endMark    = '\U00010982' // it ends
	digitMark  = '\U00010983' // the first of 16 digits
	digits     = 5
)

// level is how much of a chart's definitions is marked. Text of a definition that is used as a value (a name
// that is compared, cut or hashed) must not be: where marks change the output, fewer are tried.
type level int

const (
	allDefinitions level = iota
	yamlDefinitions
	noDefinitions
)

// origin is a text or an action of a template.
type origin struct {
	file string
	line int
	// action is its pipeline; empty for text.
	action string
	// definition is the name of the definition it stands in; empty in the template itself.
	definition string
}

// instrument puts marks on the texts and actions of a chart's templates.
type instrument struct {
	level   level
	origins []origin
}

// chart is a copy of a chart with marked templates.
func (in *instrument) chart(c *chart.Chart) *chart.Chart {
	marked := *c
	marked.Templates = make([]*common.File, len(c.Templates))
	for index, file := range c.Templates {
		changed := *file
		if text, err := in.file(path.Join(c.ChartFullPath(), file.Name), string(file.Data)); err == nil {
			changed.Data = []byte(text)
		}
		marked.Templates[index] = &changed
	}
	marked.SetDependencies()
	for _, dependency := range c.Dependencies() {
		marked.AddDependency(in.chart(dependency))
	}
	return &marked
}

func (in *instrument) file(name, text string) (string, error) {
	trees := map[string]*parse.Tree{}
	tree := parse.New(name)
	tree.Mode = parse.SkipFuncCheck
	if _, err := tree.Parse(text, "", "", trees); err != nil {
		return "", err
	}
	names := make([]string, 0, len(trees))
	for definition := range trees {
		if definition != name {
			names = append(names, definition)
		}
	}
	sort.Strings(names)
	lines := lineStarts(text)
	var out strings.Builder
	for _, definition := range names {
		tree := trees[definition]
		if in.marks(tree) {
			in.list(tree.Root, origin{file: name, definition: definition}, lines)
		}
		fmt.Fprintf(&out, "{{define %q}}%s{{end}}", definition, tree.Root)
	}
	if tree := trees[name]; tree != nil && tree.Root != nil {
		if !strings.HasPrefix(path.Base(name), "_") {
			in.list(tree.Root, origin{file: name}, lines)
		}
		out.WriteString(tree.Root.String())
	}
	return out.String(), nil
}

func (in *instrument) marks(tree *parse.Tree) bool {
	if tree.Root == nil || in.level == noDefinitions {
		return false
	}
	// Definitions of YAML lines, not of a name or a flag.
	text := tree.Root.String()
	return in.level == allDefinitions || strings.Contains(text, ": ") || strings.Contains(text, ":\n")
}

func (in *instrument) list(list *parse.ListNode, within origin, lines []int) {
	if list == nil {
		return
	}
	var marked []parse.Node
	for _, node := range list.Nodes {
		within.line, within.action = lineAt(lines, node.Position()), ""
		switch n := node.(type) {
		case *parse.TextNode:
			marked = append(marked, textNode(append(in.number(textMark, within), n.Text...)))
			continue
		case *parse.ActionNode:
			if len(n.Pipe.Decl) > 0 {
				break
			}
			within.action = n.Pipe.String()
			marked = append(marked, textNode(in.number(actionMark, within)), n, textNode([]byte(string(endMark))))
			continue
		case *parse.TemplateNode:
			within.action = n.String()
			marked = append(marked, textNode(in.number(actionMark, within)), n, textNode([]byte(string(endMark))))
			continue
		case *parse.IfNode:
			in.branches(&n.BranchNode, within, lines)
		case *parse.RangeNode:
			in.branches(&n.BranchNode, within, lines)
		case *parse.WithNode:
			in.branches(&n.BranchNode, within, lines)
		}
		marked = append(marked, node)
	}
	list.Nodes = marked
}

func (in *instrument) branches(n *parse.BranchNode, within origin, lines []int) {
	in.list(n.List, within, lines)
	in.list(n.ElseList, within, lines)
}

// number is a mark with the number of an origin.
func (in *instrument) number(kind rune, from origin) []byte {
	number := len(in.origins)
	in.origins = append(in.origins, from)
	mark := utf8.AppendRune(nil, kind)
	for shift := (digits - 1) * 4; shift >= 0; shift -= 4 {
		mark = utf8.AppendRune(mark, digitMark+rune(number>>shift&15))
	}
	return mark
}

func textNode(text []byte) *parse.TextNode {
	return &parse.TextNode{NodeType: parse.NodeText, Text: text}
}

func lineStarts(text string) []int {
	starts := []int{0}
	for index := range len(text) {
		if text[index] == '\n' {
			starts = append(starts, index+1)
		}
	}
	return starts
}

func lineAt(starts []int, position parse.Pos) int {
	return sort.Search(len(starts), func(i int) bool { return starts[i] > int(position) })
}
