package helm

import (
	"strings"
	"text/template/parse"
)

// scope is one template or definition with what it was called with.
type scope struct {
	*reads
	dot, root seen
	variables map[string]seen
}

func (s *scope) list(list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.ActionNode:
			made := s.pipe(n.Pipe)
			if len(n.Pipe.Decl) == 0 {
				s.wholeOf(made)
			}
		case *parse.TemplateNode:
			dot := seen{}
			if n.Pipe != nil {
				dot = s.pipe(n.Pipe)
			}
			s.called(n.Name, true, dot)
		case *parse.IfNode:
			s.lookAt(s.pipe(n.Pipe))
			s.list(n.List)
			s.list(n.ElseList)
		case *parse.WithNode:
			made := s.pipe(n.Pipe)
			s.lookAt(made)
			s.within(made, n.List)
			s.list(n.ElseList)
		case *parse.RangeNode:
			// A loop shows which keys there are.
			s.wholeOf(s.pipe(n.Pipe))
			s.within(seen{}, n.List)
			s.list(n.ElseList)
		}
	}
}

func (s *scope) within(dot seen, list *parse.ListNode) {
	outer := s.dot
	s.dot = dot
	s.list(list)
	s.dot = outer
}

// pipe is what a pipeline makes; its variables may be that, or what they were.
func (s *scope) pipe(pipe *parse.PipeNode) seen {
	if pipe == nil {
		return seen{}
	}
	var made seen
	for index, command := range pipe.Cmds {
		var last *seen
		if index > 0 {
			before := made
			last = &before
		}
		made = s.command(command, last)
	}
	for _, variable := range pipe.Decl {
		s.variables[variable.Ident[0]] = s.variables[variable.Ident[0]].with(made)
	}
	return made
}

func (s *scope) command(command *parse.CommandNode, piped *seen) seen {
	called, isFunction := command.Args[0].(*parse.IdentifierNode)
	if !isFunction {
		made := s.node(command.Args[0])
		for _, argument := range command.Args[1:] {
			s.wholeOf(s.node(argument))
		}
		if piped != nil {
			s.wholeOf(*piped)
		}
		return made
	}
	var given []argument
	for _, node := range command.Args[1:] {
		name, isName := nameIn(node)
		given = append(given, argument{seen: s.node(node), name: name, isName: isName})
	}
	if piped != nil {
		given = append(given, argument{seen: *piped})
	}
	return s.function(called.Ident, given)
}

// argument of a function; name is its text where that is written in the template.
type argument struct {
	seen
	name   string
	isName bool
}

// nameIn is a text that is written in the template; of `print $.Template.BasePath "/a.yaml"` the end.
func nameIn(node parse.Node) (text string, whole bool) {
	switch n := node.(type) {
	case *parse.StringNode:
		return n.Text, true
	case *parse.PipeNode:
		if len(n.Cmds) == 1 && len(n.Cmds[0].Args) == 3 && n.Cmds[0].Args[0].String() == "print" &&
			strings.HasSuffix(n.Cmds[0].Args[1].String(), ".Template.BasePath") {
			text, _ = nameIn(n.Cmds[0].Args[2])
		}
	}
	return text, false
}

func (s *scope) node(node parse.Node) seen {
	switch n := node.(type) {
	case *parse.DotNode:
		return s.dot
	case *parse.FieldNode:
		return s.fields(s.dot, n.Ident)
	case *parse.VariableNode:
		if n.Ident[0] == "$" {
			return s.fields(s.root, n.Ident[1:])
		}
		return s.fields(s.variables[n.Ident[0]], n.Ident[1:])
	case *parse.ChainNode:
		return s.fields(s.node(n.Node), n.Field)
	case *parse.PipeNode:
		return s.pipe(n)
	case *parse.IdentifierNode:
		return s.function(n.Ident, nil)
	}
	return seen{}
}

func (s *scope) fields(from seen, names []string) seen {
	for _, name := range names {
		from = s.field(from, name)
	}
	return from
}

// field goes one step down. Of a context only the values are of interest, and the contexts of subcharts.
func (s *scope) field(from seen, name string) seen {
	var found seen
	for _, context := range from.contexts {
		switch {
		case name == "Values":
			found.paths = union(found.paths, []string{context})
		case name == "Subcharts":
			found.paths = union(found.paths, []string{context + "\x00subcharts"})
		}
	}
	for _, path := range from.paths {
		if context, ok := strings.CutSuffix(path, "\x00subcharts"); ok {
			found.contexts = union(found.contexts, []string{context + "." + name})
			continue
		}
		found.paths = union(found.paths, []string{path + "." + name})
	}
	return found.with(from.fields[name])
}

// function is what a function makes of what it is given.
func (s *scope) function(name string, given []argument) seen {
	switch name {
	case "include":
		if len(given) > 1 {
			s.called(given[0].name, given[0].isName, given[1].seen)
		}
	case "tpl":
		s.tpl(given)
	case "dict":
		return s.dict(given)
	case "get", "index":
		return s.looked(given)
	case "hasKey":
		s.lookAt(s.looked(given))
	case "default", "coalesce", "ternary", "and", "or", "list", "tuple", "merge", "mustMerge", "mergeOverwrite",
		"mustMergeOverwrite", "deepCopy", "mustDeepCopy", "set", "unset", "required", "append", "prepend", "concat", "first", "last":
		return s.all(name, given)
	case "not", "empty", "kindIs", "kindOf", "typeIs", "typeOf", "typeIsLike", "fail":
		for _, argument := range given {
			s.lookAt(argument.seen)
		}
	default:
		for _, argument := range given {
			s.wholeOf(argument.seen)
		}
	}
	return seen{}
}

// all may be any of what is given.
func (s *scope) all(name string, given []argument) seen {
	var made seen
	for _, argument := range given {
		s.lookAt(argument.seen)
		made = made.with(argument.seen)
	}
	// The items of a list are not told apart, and what is set may be found under any name.
	switch name {
	case "list", "tuple", "append", "prepend", "concat", "first", "last", "set", "unset":
		s.wholeOf(seen{paths: made.paths, fields: made.fields})
		if name != "set" && name != "unset" {
			s.wholeOf(seen{contexts: made.contexts})
		}
	}
	return made
}

func (s *scope) dict(given []argument) seen {
	made := seen{fields: map[string]seen{}}
	for index := 0; index+1 < len(given); index += 2 {
		if !given[index].isName {
			s.wholeOf(given[index].seen)
			s.wholeOf(given[index+1].seen)
			continue
		}
		made.fields[given[index].name] = made.fields[given[index].name].with(given[index+1].seen)
	}
	if made.size() > maxSeen {
		s.note(s.whole, "")
		return seen{}
	}
	return made
}

// maxSeen bounds a map of maps that a template makes; what is larger may read anything.
const maxSeen = 500

func (s seen) size() int {
	size := 1
	for _, field := range s.fields {
		size += field.size()
	}
	return size
}

// looked is a field by name; where the name is computed, all of them are read.
func (s *scope) looked(given []argument) seen {
	if len(given) == 0 {
		return seen{}
	}
	found := given[0].seen
	for _, key := range given[1:] {
		if !key.isName {
			s.wholeOf(found)
			s.wholeOf(key.seen)
			return seen{}
		}
		found = s.field(found, key.name)
	}
	return found
}

// tpl renders a text that is found in values or files; one that is put together may read anything.
func (s *scope) tpl(given []argument) {
	if len(given) < 2 {
		return
	}
	s.wholeOf(given[0].seen)
	if given[0].isName {
		for _, tree := range s.parse(given[0].name) {
			s.tree(tree, given[1].seen)
		}
	}
	for _, tree := range s.texts {
		s.tree(tree, given[1].seen)
	}
}
