package helm

import (
	"fmt"
	"path"
	"sort"
	"strings"
	"text/template/parse"

	"helm.sh/helm/v4/pkg/chart/common"
	chart "helm.sh/helm/v4/pkg/chart/v2"
)

// Functions that only instrumented templates call.
const (
	bareFunction     = "driftline_bare"     // a value without its mark
	includedFunction = "driftline_included" // what an include printed
	textFunction     = "driftline_text"     // the text of a tpl, instrumented
	fileFunction     = "driftline_file"     // a file's text, with marks
)

// Functions of text/template that must see plain values: all arguments, or those after the first.
var seeBare = map[string]int{
	"eq": 1, "ne": 1, "lt": 1, "le": 1, "gt": 1, "ge": 1, "len": 1, "html": 1, "js": 1, "urlquery": 1,
	"index": 2, "required": 1, "include": 1,
}

// instrument puts marks on the texts and expressions of a chart's templates.
type instrument struct {
	*ledger
	// contents are the chart's other files by text, for those that templates print.
	contents map[string]string
}

// chart is a copy of a chart with marked templates.
func (in *instrument) chart(c *chart.Chart) *chart.Chart {
	marked := *c
	name := c.ChartFullPath()
	marked.Templates = make([]*common.File, len(c.Templates))
	for index, file := range c.Templates {
		changed := *file
		if text, err := in.template(path.Join(name, file.Name), string(file.Data)); err == nil {
			changed.Data = []byte(text)
		}
		marked.Templates[index] = &changed
	}
	for _, file := range c.Files {
		if text := string(file.Data); text != "" {
			in.contents[text] = path.Join(name, file.Name)
		}
	}
	metadata := *c.Metadata
	for key, field := range map[string]*string{"version": &metadata.Version, "appVersion": &metadata.AppVersion, "description": &metadata.Description} {
		if *field != "" {
			from := origin{kind: value, file: path.Join(name, "Chart.yaml"), path: []any{key}, text: *field, value: *field}
			*field = enclosed(in.number(from), *field)
		}
	}
	marked.Metadata = &metadata
	marked.SetDependencies()
	for _, dependency := range c.Dependencies() {
		marked.AddDependency(in.chart(dependency))
	}
	return &marked
}

func (in *instrument) template(name, text string) (string, error) {
	texts := texts{
		marked: func(node *parse.TextNode, within origin) string {
			within.offset, within.text = int(node.Pos), string(node.Text)
			return enclosed(in.number(within), within.text)
		},
		from: func(parse.Pos) []int { return nil },
	}
	return in.instrumented(name, text, origin{file: name}, texts)
}

// texts marks the texts of a template, and knows the values that its expressions stand in.
type texts struct {
	marked func(node *parse.TextNode, within origin) string
	from   func(position parse.Pos) []int
}

// instrumented is a template's text with marks; within is what is known of all that stands in it.
func (in *instrument) instrumented(name, text string, within origin, texts texts) (string, error) {
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
	var out strings.Builder
	for _, definition := range names {
		tree, inside := trees[definition], within
		inside.definition = definition
		// An empty definition does not replace one that is not: it must stay empty.
		if !parse.IsEmptyTree(tree.Root) {
			in.list(tree.Root, inside, texts)
		}
		fmt.Fprintf(&out, "{{define %q}}%s{{end}}", definition, tree.Root)
	}
	if tree := trees[name]; tree != nil && tree.Root != nil {
		in.list(tree.Root, within, texts)
		out.WriteString(tree.Root.String())
	}
	return out.String(), nil
}

func (in *instrument) list(list *parse.ListNode, within origin, texts texts) {
	if list == nil {
		return
	}
	var marked []parse.Node
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.TextNode:
			if strings.TrimSpace(string(n.Text)) != "" {
				within.kind, within.pipe = written, ""
				node = textNode(texts.marked(n, within))
			}
		case *parse.ActionNode:
			pipe := n.Pipe.String()
			in.pipe(n.Pipe)
			if len(n.Pipe.Decl) == 0 {
				marked = append(marked, textNode(in.begin(n.Pos, pipe, within, texts)), n, textNode(endText))
				continue
			}
		case *parse.TemplateNode:
			called := n.String()
			in.pipe(n.Pipe)
			marked = append(marked, textNode(in.begin(n.Pos, called, within, texts)), n, textNode(endText))
			continue
		case *parse.IfNode:
			in.branches(&n.BranchNode, within, texts)
		case *parse.RangeNode:
			in.branches(&n.BranchNode, within, texts)
		case *parse.WithNode:
			in.branches(&n.BranchNode, within, texts)
		}
		marked = append(marked, node)
	}
	list.Nodes = marked
}

func (in *instrument) begin(position parse.Pos, pipe string, within origin, texts texts) string {
	within.kind, within.offset, within.pipe, within.from = action, int(position), pipe, texts.from(position)
	return beginOf(in.number(within))
}

func (in *instrument) branches(n *parse.BranchNode, within origin, texts texts) {
	in.pipe(n.Pipe)
	in.list(n.List, within, texts)
	in.list(n.ElseList, within, texts)
}

// pipe rewrites the calls of a pipeline whose functions must not see marks.
func (in *instrument) pipe(pipe *parse.PipeNode) {
	if pipe == nil {
		return
	}
	var commands []*parse.CommandNode
	for index, command := range pipe.Cmds {
		before, after := in.command(command, index > 0)
		for _, name := range before {
			commands = append(commands, callOf(name))
		}
		commands = append(commands, command)
		for _, name := range after {
			commands = append(commands, callOf(name))
		}
	}
	pipe.Cmds = commands
}

// command rewrites one call; before and after are calls to put into the pipeline around it.
func (in *instrument) command(command *parse.CommandNode, piped bool) (before, after []string) {
	for _, argument := range command.Args {
		in.node(argument)
	}
	first := 0
	switch called := command.Args[0].(type) {
	case *parse.IdentifierNode:
		switch called.Ident {
		case "tpl":
			if len(command.Args) > 1 {
				command.Args[1] = passed(textFunction, command.Args[1])
			}
			return nil, nil
		case "include":
			after = []string{includedFunction}
			if len(command.Args) > 1 {
				command.Args[1] = passed(bareFunction, command.Args[1])
			}
			return nil, after
		}
		first = seeBare[called.Ident]
		if called.Ident == "required" {
			if len(command.Args) > 1 {
				command.Args[1] = passed(bareFunction, command.Args[1])
			}
			return nil, nil
		}
	case *parse.FieldNode, *parse.ChainNode, *parse.VariableNode:
		if len(command.Args) > 1 || piped {
			first = 1 // a method
			if strings.HasSuffix(called.String(), ".Files.Get") {
				after = []string{fileFunction}
			}
		}
	}
	if first == 0 {
		return nil, nil
	}
	for index := first; index < len(command.Args); index++ {
		command.Args[index] = passed(bareFunction, command.Args[index])
	}
	if piped {
		before = []string{bareFunction}
	}
	return before, after
}

func (in *instrument) node(node parse.Node) {
	switch n := node.(type) {
	case *parse.PipeNode:
		in.pipe(n)
	case *parse.ChainNode:
		in.node(n.Node)
	}
}

func callOf(function string, arguments ...parse.Node) *parse.CommandNode {
	args := append([]parse.Node{parse.NewIdentifier(function)}, arguments...)
	return &parse.CommandNode{NodeType: parse.NodeCommand, Args: args}
}

// passed is `(function argument)`.
func passed(function string, argument parse.Node) parse.Node {
	return &parse.PipeNode{NodeType: parse.NodePipe, Cmds: []*parse.CommandNode{callOf(function, argument)}}
}

func textNode(text string) *parse.TextNode {
	return &parse.TextNode{NodeType: parse.NodeText, Text: []byte(text)}
}

// tplText is the text of a tpl: without the marks that it was made with, and with marks of its own for what
// stands where in it.
func (in *instrument) tplText(v any) any {
	text, ok := v.(string)
	if !ok {
		return bare(v)
	}
	marked := in.read(text)
	if !strings.Contains(marked.text, "{{") {
		return text
	}
	texts := texts{
		marked: func(node *parse.TextNode, _ origin) string {
			return in.slice(marked, int(node.Pos), int(node.Pos)+len(node.Text))
		},
		from: func(position parse.Pos) (from []int) {
			for _, s := range marked.within(int(position), int(position)+1) {
				from = in.source(s.frame.origin, from)
			}
			return from
		},
	}
	instrumented, err := in.instrumented("tpl", marked.text, origin{}, texts)
	if err != nil {
		return marked.text
	}
	return instrumented
}

// fileText is the text of a chart's file with its mark.
func (in *instrument) fileText(text string) string {
	name, ok := in.contents[text]
	if !ok {
		return text
	}
	return enclosed(in.number(origin{kind: file, file: name, text: text}), text)
}
