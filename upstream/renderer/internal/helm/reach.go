package helm

import (
	"bytes"
	"crypto/sha256"
	"io"
	"path"
	"slices"
	"strings"
	"text/template/parse"

	chart "helm.sh/helm/v4/pkg/chart/v2"

	"driftline/renderer/internal/files"
)

// reached are the templates that call certain functions, themselves or through what they include.
type reached struct {
	names map[string]bool
	// included are files that others include by their path.
	included map[string]bool
	// computed is set where an include's name is computed, so that it may reach any definition.
	computed bool
}

func templatesReaching(root *chart.Chart, functions ...string) reached {
	trees := parseTemplates(root)
	found := reached{names: map[string]bool{}, included: map[string]bool{}}
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
		calls := false
		visit(tree.Root, func(called string, argument string, computed bool) {
			switch {
			case slices.Contains(functions, called):
				calls = true
			case called == "tpl":
				found.computed = true // a value may call anything
			case called != "include" && called != "template":
			case computed && argument != "":
				for other := range trees {
					if strings.HasSuffix(other, argument) {
						found.included[other] = true
						calls = reaches(other) || calls
					}
				}
			case computed:
				found.computed = true
				for other := range trees {
					calls = reaches(other) || calls
				}
			default:
				calls = reaches(argument) || calls
			}
		})
		memo[name] = calls
		return calls
	}
	for name := range trees {
		found.names[name] = reaches(name)
	}
	return found
}

type reachingKey [sha256.Size]byte

// reaching is the chart without the templates that cannot call certain functions, where that is known.
func (p *preparedChart) reaching(functions []string) *chart.Chart {
	sum := sha256.New()
	eachChart(p.chart, func(c *chart.Chart) {
		for _, file := range c.Templates {
			_, _ = io.WriteString(sum, path.Join(c.ChartFullPath(), file.Name)+"\x00")
			_, _ = sum.Write(file.Data)
		}
	})
	found := files.Get(p.view.Derived(), reachingKey(sum.Sum(nil)), func() (reached, int) {
		all := templatesReaching(p.chart, functions...)
		return all, 64 * len(all.names)
	})
	if found.computed {
		return p.chart
	}
	return withoutTemplates(p.chart, found)
}

// withoutTemplates keeps what is wanted, and files with definitions.
func withoutTemplates(c *chart.Chart, wanted reached) *chart.Chart {
	other := *c
	other.Templates = nil
	for _, file := range c.Templates {
		name := path.Join(c.ChartFullPath(), file.Name)
		if wanted.names[name] || wanted.included[name] || bytes.Contains(file.Data, []byte("define")) || bytes.Contains(file.Data, []byte("block")) {
			other.Templates = append(other.Templates, file)
		}
	}
	other.SetDependencies()
	for _, dependency := range c.Dependencies() {
		other.AddDependency(withoutTemplates(dependency, wanted))
	}
	return &other
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
				var whole bool
				name, whole = nameIn(n.Args[index+1])
				computed = !whole
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
