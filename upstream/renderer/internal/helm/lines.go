package helm

import (
	"strings"
	"unicode/utf8"
)

// printedLine says where a line of the output was written: the first printing character of it.
type printedLine struct {
	origin
	// actions printed some of the line.
	actions []string
	// top is what called for it in the template itself, where the text came through an include.
	top origin
}

// reader takes the marks out of an output and follows which text or action prints.
type reader struct {
	origins []origin
	out     strings.Builder
	lines   []printedLine
	current frame
	// stack are what printed before the actions that print now, and calls these actions.
	stack []frame
	calls []origin
	line  printedLine
	known bool
}

// frame is the text or action that prints, and the line it has come to; index -1 is none.
type frame struct{ index, line int }

// readMarks returns the output without marks, and for each line of it where it was written.
func readMarks(marked string, origins []origin) (string, []printedLine) {
	r := &reader{origins: origins, current: frame{index: -1}}
	for at := 0; at < len(marked); {
		letter, size := utf8.DecodeRuneInString(marked[at:])
		switch letter {
		case textMark, actionMark:
			number, length, ok := readNumber(marked[at+size:])
			if ok && number < len(origins) {
				r.begin(letter, number)
				at += size + length
				continue
			}
		case endMark:
			r.end()
			at += size
			continue
		}
		r.print(marked[at : at+size])
		at += size
	}
	r.lines = append(r.lines, r.line)
	return r.out.String(), r.lines
}

func readNumber(text string) (number, length int, ok bool) {
	for range digits {
		letter, size := utf8.DecodeRuneInString(text[length:])
		if letter < digitMark || letter > digitMark+15 {
			return 0, 0, false
		}
		number = number<<4 | int(letter-digitMark)
		length += size
	}
	return number, length, true
}

func (r *reader) begin(kind rune, number int) {
	from := r.origins[number]
	if kind == actionMark {
		r.stack = append(r.stack, r.current)
		r.calls = append(r.calls, from)
		r.line.actions = append(r.line.actions, from.action)
	}
	r.current = frame{number, from.line}
}

func (r *reader) end() {
	if last := len(r.stack) - 1; last >= 0 {
		r.current = r.stack[last]
		r.stack, r.calls = r.stack[:last], r.calls[:last]
	}
}

func (r *reader) print(text string) {
	r.out.WriteString(text)
	if text == "\n" {
		if r.current.index >= 0 && r.origins[r.current.index].action == "" {
			r.current.line++
		}
		r.lines = append(r.lines, r.line)
		r.line, r.known = printedLine{actions: r.open()}, false
		return
	}
	if r.known || text == " " || r.current.index < 0 {
		return
	}
	r.known = true
	r.line.origin = r.origins[r.current.index]
	r.line.line = r.current.line
	for _, call := range r.calls {
		if call.definition == "" {
			r.line.top = call
		}
	}
}

// open are the actions that go on printing in the next line.
func (r *reader) open() []string {
	var actions []string
	for _, call := range r.calls {
		if r.current.index >= 0 && r.origins[r.current.index].action == call.action {
			actions = append(actions, call.action)
		}
	}
	return actions
}

// templateLines renders marked charts until the output without marks is the plain one, for each file. Files
// for which it never is have no lines.
func (p *preparedChart) templateLines(plain map[string]string, calls *calls) map[string][]printedLine {
	found := map[string][]printedLine{}
	for level := allDefinitions; level <= noDefinitions && len(found) < len(plain); level++ {
		in := &instrument{level: level}
		marked := *p
		marked.chart = in.chart(p.chart)
		outputs, err := marked.execute(calls.again())
		if err != nil {
			continue
		}
		for name, output := range outputs {
			if _, done := found[name]; done {
				continue
			}
			if text, lines := readMarks(output, in.origins); text == plain[name] {
				found[name] = lines
			}
		}
	}
	return found
}
