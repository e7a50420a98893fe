package helm

import (
	"fmt"
	"reflect"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// Functions that hand on what they are given, or put it into lists and maps: they see values with their marks.
// Others see plain values, and what they make is compared with what they were given.
var handOn = setOf("append", "coalesce", "concat", "default", "dict", "dig", "first", "get", "hasKey", "initial", "last",
	"list", "merge", "mergeOverwrite", "mustAppend", "mustFirst", "mustInitial", "mustLast", "mustMerge",
	"mustMergeOverwrite", "mustPrepend", "mustPush", "mustRest", "mustReverse", "mustSlice", "omit", "pick", "pluck",
	"prepend", "push", "rest", "reverse", "set", "slice", "ternary", "tuple", "unset", "values")

// Of these, arguments that are names or conditions: all, the first ones, or all but the first or last.
var namesOf = map[string]func(index, count int) bool{
	"get": after(1), "hasKey": after(1), "unset": after(1), "omit": after(1), "pick": after(1),
	"set":     func(index, _ int) bool { return index == 1 },
	"pluck":   func(index, _ int) bool { return index == 0 },
	"ternary": func(index, _ int) bool { return index == 2 },
	"dict":    func(index, _ int) bool { return index%2 == 0 },
	"dig":     func(index, count int) bool { return index < count-2 },
	"slice":   after(1), "mustSlice": after(1),
}

// Functions that look at a value's kind only.
var lookAtKind = setOf("empty", "kindIs", "kindOf", "typeIs", "typeIsLike", "typeOf")

// Functions that put text around or into texts, and so print their marks where the text stands.
var printMarks = setOf("abbrev", "cat", "indent", "join", "kebabcase", "lower", "nindent", "nospace", "plural", "print",
	"printf", "println", "quote", "replace", "snakecase", "squote", "swapcase", "title", "toString", "untitle", "upper",
	"wrap", "wrapWith")

func setOf(names ...string) map[string]bool {
	set := map[string]bool{}
	for _, name := range names {
		set[name] = true
	}
	return set
}

func after(first int) func(index, count int) bool {
	return func(index, _ int) bool { return index >= first }
}

// functions are all template functions, following values through them. Those of text/template that compare
// or look up are given plain values by the instrumented templates.
func (l *ledger) functions(own template.FuncMap) template.FuncMap {
	all := sprig.TxtFuncMap()
	delete(all, "env")
	delete(all, "expandenv")
	// The network is not used.
	all["getHostByName"] = func(string) string { return "" }
	all["print"], all["printf"], all["println"] = fmt.Sprint, fmt.Sprintf, fmt.Sprintln
	for name, function := range formatFunctions() {
		all[name] = function
	}
	for name, function := range own {
		all[name] = function
	}
	wrapped := template.FuncMap{}
	for name, function := range all {
		switch {
		case name == "deepCopy" || name == "mustDeepCopy":
			wrapped[name] = copied
		case handOn[name]:
			wrapped[name] = l.handing(name, reflect.ValueOf(function))
		default:
			wrapped[name] = l.following(name, reflect.ValueOf(function))
		}
	}
	for name, function := range l.formats() {
		wrapped[name] = function
	}
	wrapped[bareFunction] = bare
	wrapped[includedFunction] = included
	return wrapped
}

// included is what an include printed: nothing counts as nothing, with marks or without.
func included(text string) string {
	if unmarked(text) == "" {
		return ""
	}
	return text
}

type wrapper = func(arguments ...any) (any, error)

func (l *ledger) handing(name string, function reflect.Value) wrapper {
	return func(arguments ...any) (any, error) {
		given := append([]any(nil), arguments...)
		if isName := namesOf[name]; isName != nil {
			for index, argument := range given {
				if isName(index, len(given)) {
					given[index] = bare(argument)
				}
			}
		}
		return call(function, given)
	}
}

// following calls a function with plain values, and puts marks on what it makes of marked ones.
func (l *ledger) following(name string, function reflect.Value) wrapper {
	return func(arguments ...any) (any, error) {
		given := make([]any, len(arguments))
		marked := false
		for index, argument := range arguments {
			if lookAtKind[name] {
				given[index] = bare(argument)
				continue
			}
			clean, found := plain(argument)
			given[index] = clean
			marked = marked || found
		}
		made, err := call(function, given)
		if err != nil || !marked {
			return made, err
		}
		return l.followed(name, function, arguments, made), nil
	}
}

func (l *ledger) followed(name string, function reflect.Value, arguments []any, made any) any {
	switch v := made.(type) {
	case string:
		if v == "" {
			return v
		}
		return l.text(name, function, arguments, v)
	case int, int64, float64:
		return l.scalar(arguments, v)
	case []string, []any, map[string]any:
		return l.below(l.known(arguments, map[string]string{}), l.sources(arguments, nil), v)
	}
	return made
}

// text finds what a function made in what it was given: the same, or a part of it, or all of it with
// something around it.
func (l *ledger) text(name string, function reflect.Value, arguments []any, made string) string {
	for index := len(arguments) - 1; index >= 0; index-- {
		argument := arguments[index]
		if c, ok := argument.(carrier); ok {
			argument = c.String()
		}
		text, ok := argument.(string)
		if !ok || !hasMarks(text) {
			continue
		}
		read := l.read(text)
		if at := strings.Index(read.text, made); at >= 0 && (at == 0 || strings.Index(read.text[at+1:], made) < 0) {
			return l.slice(read, at, at+len(made))
		}
	}
	if printMarks[name] {
		if text, err := call(function, printed(arguments)); err == nil {
			if text, ok := text.(string); ok && unmarked(text) == made && balanced(text) {
				return text
			}
		}
	}
	return l.computed(l.sources(arguments, nil), made)
}

// printed are arguments as templates print them, with marks.
func printed(arguments []any) []any {
	texts := make([]any, len(arguments))
	for index, argument := range arguments {
		texts[index] = argument
		if c, ok := argument.(carrier); ok {
			texts[index] = c.String()
		}
		if list, ok := argument.([]any); ok {
			texts[index] = printed(list)
		}
	}
	return texts
}

// computed is a text that a function made of values.
func (l *ledger) computed(from []int, made string) string {
	if len(from) == 0 || made == "" {
		return made
	}
	return enclosed(l.number(origin{kind: computed, from: from}), made)
}

// scalar carries a number: the value's own where it is the same.
func (l *ledger) scalar(arguments []any, made any) any {
	text := fmt.Sprint(made)
	for _, argument := range arguments {
		switch v := argument.(type) {
		case carrier:
			if held, ok := v.held(); ok && fmt.Sprint(held.value) == text {
				return carrying(held.origin, made)
			}
		case string:
			if read := l.read(v); read.text == text && len(read.segments) == 1 && read.segments[0].at == 0 {
				return carrying(read.segments[0].frame.origin, made)
			}
		}
	}
	from := l.sources(arguments, nil)
	if len(from) == 0 {
		return made
	}
	return carrying(l.number(origin{kind: computed, from: from}), made)
}

// known are the marked texts below a value, by what they are without marks.
func (l *ledger) known(v any, texts map[string]string) map[string]string {
	switch v := v.(type) {
	case string:
		if hasMarks(v) {
			texts[unmarked(v)] = v
		}
	case map[string]any:
		for _, item := range v {
			l.known(item, texts)
		}
	case []any:
		for _, item := range v {
			l.known(item, texts)
		}
	case []string:
		for _, item := range v {
			l.known(item, texts)
		}
	}
	return texts
}

// below puts marks on the scalars of what a function made.
func (l *ledger) below(known map[string]string, from []int, made any) any {
	switch v := made.(type) {
	case string:
		if text, ok := known[v]; ok {
			return text
		}
		return l.computed(from, v)
	case map[string]any:
		for key, item := range v {
			v[key] = l.below(known, from, item)
		}
	case []any:
		for index, item := range v {
			v[index] = l.below(known, from, item)
		}
	case []string:
		for index, item := range v {
			v[index], _ = l.below(known, from, item).(string)
		}
	}
	return made
}

// call calls a function as text/template does.
func call(function reflect.Value, arguments []any) (any, error) {
	of := function.Type()
	values := make([]reflect.Value, len(arguments))
	for index, argument := range arguments {
		formal := of.In(min(index, of.NumIn()-1))
		if of.IsVariadic() && index >= of.NumIn()-1 {
			formal = formal.Elem()
		}
		given, err := argumentOf(formal, argument)
		if err != nil {
			return nil, err
		}
		values[index] = given
	}
	if len(values) < of.NumIn() && !of.IsVariadic() {
		return nil, fmt.Errorf("wrong number of args: want %d got %d", of.NumIn(), len(values))
	}
	results := function.Call(values)
	if len(results) == 2 && !results[1].IsNil() {
		return nil, results[1].Interface().(error)
	}
	return results[0].Interface(), nil
}

func argumentOf(formal reflect.Type, argument any) (reflect.Value, error) {
	if argument == nil {
		return reflect.Zero(formal), nil
	}
	given := reflect.ValueOf(argument)
	switch {
	case given.Type().AssignableTo(formal):
		return given, nil
	case isNumber(formal.Kind()) && isNumber(given.Kind()):
		return given.Convert(formal), nil
	}
	return given, fmt.Errorf("wrong type for value; expected %s; got %s", formal, given.Type())
}

func isNumber(kind reflect.Kind) bool { return kind >= reflect.Int && kind <= reflect.Float64 }
