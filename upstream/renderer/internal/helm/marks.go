package helm

import (
	"strings"
	"unicode/utf8"
)

// Marks are letters of a script that no chart uses (Meroitic): quote, toYaml and the like leave letters alone.
// What lies between a begin and its end comes from the origin with the number that follows the begin.
const (
	beginMark  = '\U00010980'
	endMark    = '\U00010981'
	bareMark   = '\U00010982' // beside quotes that toJson puts around what is no string
	digitMark  = '\U00010990' // the first of 16 digits
	digits     = 5
	maxOrigins = 1 << (4 * digits)
	// markPrefix begins each of these letters in UTF-8; each has one byte more.
	markPrefix = "\xF0\x90\xA6"
	markSize   = len(markPrefix) + 1
)

func hasMarks(text string) bool { return strings.Contains(text, markPrefix) }

// unmarked is a text without marks.
func unmarked(text string) string {
	at := strings.Index(text, markPrefix)
	if at < 0 {
		return text
	}
	var out strings.Builder
	out.Grow(len(text))
	for at >= 0 {
		out.WriteString(text[:at])
		text = text[min(at+markSize, len(text)):]
		at = strings.Index(text, markPrefix)
	}
	out.WriteString(text)
	return out.String()
}

func beginOf(number int) string {
	mark := utf8.AppendRune(nil, beginMark)
	for shift := (digits - 1) * 4; shift >= 0; shift -= 4 {
		mark = utf8.AppendRune(mark, digitMark+rune(number>>shift&15))
	}
	return string(mark)
}

const endText = string(endMark)

func enclosed(number int, text string) string { return beginOf(number) + text + endText }

// readNumber reads the digits after a begin.
func readNumber(text string) (number int, ok bool) {
	for range digits {
		letter, size := utf8.DecodeRuneInString(text)
		if letter < digitMark || letter > digitMark+15 {
			return 0, false
		}
		number = number<<4 | int(letter-digitMark)
		text = text[size:]
	}
	return number, true
}

// balanced tells whether every begin has its end.
func balanced(text string) bool {
	open := 0
	for {
		at := strings.Index(text, markPrefix)
		if at < 0 {
			return open == 0
		}
		letter, size := utf8.DecodeRuneInString(text[at:])
		text = text[at+size:]
		switch letter {
		case beginMark:
			if _, ok := readNumber(text); !ok {
				return false
			}
			open++
		case endMark:
			if open--; open < 0 {
				return false
			}
		}
	}
}

// frame is an origin that prints, inside of those that called for it.
type frame struct {
	origin int
	parent *frame
	depth  int
	// at is how far the origin's text is printed; -1 when something else was printed than stands there.
	at int
}

// Where a segment stands in its origin's text, if not at an offset.
const (
	altered = -1 // something else stands there
	padding = -2 // spaces of an indentation
)

// segment is a part of a text that one origin printed.
type segment struct {
	start, end int
	frame      *frame
	at         int
}

// markedText is a text without marks, and who printed which part of it.
type markedText struct {
	text     string
	segments []segment
}

// reader takes the marks out of a text and follows which origin prints.
type reader struct {
	*ledger
	out      strings.Builder
	segments []segment
	current  *frame
}

// read takes the marks out of a text.
func (l *ledger) read(text string) markedText {
	r := &reader{ledger: l}
	r.out.Grow(len(text))
	for {
		at := strings.Index(text, markPrefix)
		if at < 0 {
			r.print(text)
			return markedText{r.out.String(), r.segments}
		}
		r.print(text[:at])
		letter, size := utf8.DecodeRuneInString(text[at:])
		text = text[at+size:]
		switch letter {
		case beginMark:
			if number, ok := readNumber(text); ok && number < len(l.origins) {
				r.begin(number)
				text = text[digits*markSize:]
			}
		case endMark:
			if r.current != nil {
				r.current = r.current.parent
			}
		}
	}
}

func (r *reader) begin(number int) {
	depth := 0
	if r.current != nil {
		depth = r.current.depth + 1
	}
	r.current = &frame{origin: number, parent: r.current, depth: depth}
}

func (r *reader) print(text string) {
	start := r.out.Len()
	r.out.WriteString(text)
	if r.current == nil || text == "" {
		return
	}
	written := r.origins[r.current.origin].text
	for done := 0; done < len(text); {
		length, at := 1, altered
		if r.current.at >= 0 {
			length, at = aligned(text[done:], written[min(r.current.at, len(written)):], r.current.at)
		}
		switch {
		case at >= 0:
			r.current.at += length
		case at == altered:
			length, r.current.at = len(text)-done, altered
		}
		r.add(segment{start + done, start + done + length, r.current, at})
		done += length
	}
}

// aligned finds how much of a text is what its origin says, or is put before it.
func aligned(text, written string, from int) (length, at int) {
	for length < len(text) && length < len(written) && text[length] == written[length] {
		length++
	}
	if length > 0 {
		return length, from
	}
	switch {
	case written == "":
		return 0, altered
	case text[0] == '\n' && written[0] == ' ': // folded
		return 1, from
	case text[0] == ' ' || text[0] == '\\':
		return 1, padding
	}
	return 0, altered
}

func (r *reader) add(s segment) {
	if last := len(r.segments) - 1; last >= 0 {
		before := &r.segments[last]
		if before.end == s.start && before.frame == s.frame && (before.at < 0 && before.at == s.at || before.at >= 0 && s.at == before.at+before.end-before.start) {
			before.end = s.end
			return
		}
	}
	r.segments = append(r.segments, s)
}

// within are the segments that overlap a part of the text.
func (m markedText) within(start, end int) []segment {
	low, high := 0, len(m.segments)
	for low < high {
		middle := (low + high) / 2
		if m.segments[middle].end <= start {
			low = middle + 1
		} else {
			high = middle
		}
	}
	last := low
	for last < len(m.segments) && m.segments[last].start < end {
		last++
	}
	return m.segments[low:last]
}

// slice is a part of a text with its marks.
func (l *ledger) slice(m markedText, start, end int) string {
	var out strings.Builder
	var open *frame
	at := start
	for _, s := range m.within(start, end) {
		from, to := max(s.start, start), min(s.end, end)
		if from > at {
			open = reopen(&out, open, nil)
			out.WriteString(m.text[at:from])
		}
		open = reopen(&out, open, s.frame.parent)
		out.WriteString(enclosed(l.later(s, from-s.start), m.text[from:to]))
		at = to
	}
	reopen(&out, open, nil)
	out.WriteString(m.text[max(at, start):end])
	return out.String()
}

// later is the origin of a segment's rest.
func (l *ledger) later(s segment, by int) int {
	if s.at == 0 && by == 0 || s.at < 0 {
		return s.frame.origin
	}
	from := l.origins[s.frame.origin]
	from.offset += s.at + by
	from.text = from.text[s.at+by:]
	from.cut = true
	return l.number(from)
}

// reopen closes what is open and not wanted, and opens what is wanted.
func reopen(out *strings.Builder, open, wanted *frame) *frame {
	shared := wanted
	for shared != nil && !contains(open, shared) {
		shared = shared.parent
	}
	for open != shared {
		out.WriteString(endText)
		open = open.parent
	}
	var missing []*frame
	for f := wanted; f != shared; f = f.parent {
		missing = append(missing, f)
	}
	for index := len(missing) - 1; index >= 0; index-- {
		out.WriteString(beginOf(missing[index].origin))
	}
	return wanted
}

func contains(open, wanted *frame) bool {
	for ; open != nil; open = open.parent {
		if open == wanted {
			return true
		}
	}
	return false
}
