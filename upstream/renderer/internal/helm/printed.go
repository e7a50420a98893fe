package helm

import (
	"regexp"
	"strings"
	"unicode"
)

// printedFile is what a template printed, with the render that says who printed it.
type printedFile struct {
	text   string
	starts []int
	marked markedText
	same   bool
	// lines of the marked render that stand for those of this one, where they are not the same; -1 for none.
	lines        []int
	markedStarts []int
	// taken are documents that were found before.
	documents []part
}

// part is a document's text in its file.
type part struct {
	offset int
	text   string
	taken  bool
}

var separator = regexp.MustCompile(`(?m)^---[ \t]*`)

func (f *printedFile) compare(marked markedText) {
	f.marked, f.same = marked, marked.text == f.text
	f.starts = lineStarts(f.text)
	if !f.same {
		f.markedStarts = lineStarts(marked.text)
		f.lines = matchLines(strings.Split(f.text, "\n"), strings.Split(marked.text, "\n"))
	}
}

// matchLines finds the lines of another render that stand for these: by position where there are as many
// (random content changes within lines), else the next equal one.
func matchLines(lines, others []string) []int {
	matched := make([]int, len(lines))
	next := 0
	for index, line := range lines {
		matched[index] = -1
		if len(lines) == len(others) {
			matched[index] = index
			continue
		}
		for other := next; other < len(others) && other < next+100; other++ {
			if others[other] == line && strings.TrimSpace(line) != "" {
				matched[index], next = other, other+1
				break
			}
		}
	}
	return matched
}

// find is the offset of a document's text; documents that are the same are found one after another.
func (f *printedFile) find(text string) (offset int, ok bool) {
	if f.documents == nil {
		f.split()
	}
	for index := range f.documents {
		if part := &f.documents[index]; !part.taken && part.text == text {
			part.taken = true
			return part.offset, true
		}
	}
	return 0, false
}

// split does as Helm's SplitManifests.
func (f *printedFile) split() {
	skipped := len(f.text) - len(strings.TrimLeftFunc(f.text, unicode.IsSpace))
	start := skipped
	separators := append(separator.FindAllStringIndex(f.text[skipped:], -1), []int{len(f.text) - skipped, len(f.text) - skipped})
	for _, found := range separators {
		text := strings.TrimLeftFunc(f.text[start:skipped+found[0]], unicode.IsSpace)
		if text != "" {
			f.documents = append(f.documents, part{offset: skipped + found[0] - len(text), text: text})
		}
		start = skipped + found[1]
	}
}

// who printed a part of the file: exact offsets where known, else only the line.
func (f *printedFile) who(start, end int) (segments []segment, shift int, known bool) {
	if f.same {
		return f.marked.within(start, end), 0, true
	}
	line := lineOf(f.starts, start)
	if f.lines == nil || f.lines[line] < 0 {
		return nil, 0, false
	}
	theirs := f.lines[line]
	shift = f.markedStarts[theirs] - f.starts[line]
	ours, other := lineText(f.text, f.starts, line), lineText(f.marked.text, f.markedStarts, theirs)
	if ours != other || end > f.starts[line]+len(ours) {
		return nil, 0, false
	}
	return f.marked.within(start+shift, end+shift), shift, true
}

// opens is who printed the first letter of a line.
func (f *printedFile) opens(at int) (segment, bool) {
	line := lineOf(f.starts, at)
	text, starts, marked := f.text, f.starts, line
	if !f.same {
		if f.lines == nil || f.lines[line] < 0 {
			return segment{}, false
		}
		text, starts, marked = f.marked.text, f.markedStarts, f.lines[line]
	}
	content := lineText(text, starts, marked)
	first := starts[marked] + len(content) - len(strings.TrimLeft(content, " "))
	found := f.marked.within(first, first+1)
	if len(found) == 0 {
		return segment{}, false
	}
	return later(found[0], first), true
}

// later is a segment from an offset on.
func later(s segment, from int) segment {
	if from > s.start {
		if s.at >= 0 {
			s.at += from - s.start
		}
		s.start = from
	}
	return s
}

func lineOf(starts []int, offset int) int {
	low, high := 0, len(starts)
	for low < high {
		middle := (low + high) / 2
		if starts[middle] <= offset {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return max(low-1, 0)
}

func lineText(text string, starts []int, line int) string {
	end := len(text)
	if line+1 < len(starts) {
		end = starts[line+1] - 1
	}
	return text[starts[line]:end]
}
