package helm

import (
	"strings"
	"unicode/utf8"

	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
)

// spanOf finds a scalar's content in its text: without quotes, without the header of a block.
func spanOf(text string, starts []int, node *kyaml.Node) (start, end int) {
	start = offsetOf(text, starts, node.Line, node.Column)
	for start < len(text) && (text[start] == '!' || text[start] == '&') {
		length := strings.IndexAny(text[start:], " \n")
		if length < 0 {
			return start, len(text)
		}
		start += length
		start += len(text[start:]) - len(strings.TrimLeft(text[start:], " \n"))
	}
	if start >= len(text) {
		return len(text), len(text)
	}
	switch text[start] {
	case '"':
		return start + 1, endOfQuoted(text, start+1, '"')
	case '\'':
		return start + 1, endOfQuoted(text, start+1, '\'')
	case '|', '>':
		if node.Style&(kyaml.LiteralStyle|kyaml.FoldedStyle) != 0 {
			return blockOf(text, start)
		}
	}
	return start, endOfPlain(text, start, node.Value)
}

// offsetOf turns a 1-based line and column (in characters) into an offset.
func offsetOf(text string, starts []int, line, column int) int {
	if line < 1 || line > len(starts) {
		return len(text)
	}
	at := starts[line-1]
	for ; column > 1 && at < len(text); column-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}

func endOfQuoted(text string, at int, quote byte) int {
	for ; at < len(text); at++ {
		switch {
		case quote == '"' && text[at] == '\\':
			at++
		case text[at] != quote:
		case quote == '\'' && at+1 < len(text) && text[at+1] == quote:
			at++
		default:
			return at
		}
	}
	return len(text)
}

// blockOf is the part of a block from its first letter to its last line's end.
func blockOf(text string, header int) (start, end int) {
	next := strings.IndexByte(text[header:], '\n')
	if next < 0 {
		return len(text), len(text)
	}
	at, indent := header+next+1, -1
	start, end = at, at
	for at < len(text) {
		length := strings.IndexByte(text[at:], '\n')
		if length < 0 {
			length = len(text) - at
		}
		line := text[at : at+length]
		content := strings.TrimLeft(line, " ")
		if content != "" {
			if indent < 0 {
				indent = len(line) - len(content)
				start = at + indent
			}
			if len(line)-len(content) < indent || indent == 0 && strings.HasPrefix(line, "---") {
				break
			}
			end = at + length
		}
		at += length + 1
	}
	return start, max(end, start)
}

// endOfPlain follows a plain scalar's words over its lines.
func endOfPlain(text string, at int, value string) int {
	if strings.HasPrefix(text[at:], value) {
		return at + len(value)
	}
	end := at
	for _, word := range strings.Fields(value) {
		rest := strings.TrimLeft(text[end:], " \t\r\n")
		if !strings.HasPrefix(rest, word) {
			break
		}
		end = len(text) - len(rest) + len(word)
	}
	return end
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
