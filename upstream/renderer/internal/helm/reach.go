package helm

import (
	"path"
	"text/template/parse"

	chart "helm.sh/helm/v4/pkg/chart/v2"
)

// templatesReaching names the templates that call a function, themselves or through what they include. An
// include whose name is computed may reach any definition.
func templatesReaching(root *chart.Chart, function string) map[string]bool {
	trees := parseTemplates(root)
	memo := map[string]bool{}
	var reaches func(name string) bool
	reaches = func(name string) bool {
		if known, ok := memo[name]; ok {
			return known
		}
		memo[name] = false // a definition that includes itself reaches no more by that
		tree := trees[name]
		if tree == nil || tree.Root == nil {
			return false
		}
		found := false
		visit(tree.Root, func(called string, argument string, computed bool) {
			switch {
			case called == function:
				found = true
			case called != "include" && called != "template":
			case computed:
				for other := range trees {
					found = found || reaches(other)
				}
			default:
				found = found || reaches(argument)
			}
		})
		memo[name] = found
		return found
	}
	result := map[string]bool{}
	for name := range trees {
		result[name] = reaches(name)
	}
	return result
}

func parseTemplates(root *chart.Chart) map[string]*parse.Tree {
	trees := map[string]*parse.Tree{}
	var enter func(c *chart.Chart)
	enter = func(c *chart.Chart) {
		for _, file := range c.Templates {
			name := path.Join(c.ChartFullPath(), file.Name)
			tree := parse.New(name)
			tree.Mode = parse.SkipFuncCheck
			_, _ = tree.Parse(string(file.Data), "", "", trees) // what does not parse was not rendered
		}
		for _, dependency := range c.Dependencies() {
			enter(dependency)
		}
	}
	enter(root)
	return trees
}

// visit tells every function call below a node: its name, its first argument where that is a string, and
// whether that argument is computed.
func visit(node parse.Node, call func(name, argument string, computed bool)) {
	switch n := node.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, child := range n.Nodes {
				visit(child, call)
			}
		}
	case *parse.ActionNode:
		visit(n.Pipe, call)
	case *parse.PipeNode:
		if n != nil {
			for _, command := range n.Cmds {
				visit(command, call)
			}
		}
	case *parse.CommandNode:
		visitCommand(n, call)
	case *parse.TemplateNode:
		call("template", n.Name, false)
		visit(n.Pipe, call)
	case *parse.ChainNode:
		visit(n.Node, call)
	case *parse.IfNode:
		visitBranch(&n.BranchNode, call)
	case *parse.RangeNode:
		visitBranch(&n.BranchNode, call)
	case *parse.WithNode:
		visitBranch(&n.BranchNode, call)
	}
}

func visitCommand(n *parse.CommandNode, call func(name, argument string, computed bool)) {
	for index, argument := range n.Args {
		if identifier, ok := argument.(*parse.IdentifierNode); ok {
			name, computed := "", true
			if index+1 < len(n.Args) {
				if text, ok := n.Args[index+1].(*parse.StringNode); ok {
					name, computed = text.Text, false
				}
			}
			call(identifier.Ident, name, computed)
			continue
		}
		visit(argument, call)
	}
}

func visitBranch(n *parse.BranchNode, call func(name, argument string, computed bool)) {
	visit(n.Pipe, call)
	visit(n.List, call)
	visit(n.ElseList, call)
}
