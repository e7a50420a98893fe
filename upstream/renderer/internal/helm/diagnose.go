package helm

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"
	"helm.sh/helm/v4/pkg/chart/common"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/objects"
	"driftline/renderer/internal/provenance"
)

// What goes wrong in a chart, as a fault's field.
const (
	inChart        = "chart"    // Chart.yaml, or the values could not be read
	inSchema       = "schema"   // a value that values.schema.json refuses
	unknownNeeded  = "function" // a function that nobody knows
	undefinedBlock = "undefined"
	inSyntax       = "syntax"
	refused        = "refused" // `required` and `fail`: the chart's own word
	inExecution    = "execution"
	inOutput       = "output" // what is printed is no YAML
)

// A diagnosis ends with what it has found by then.
const (
	maxFaults    = 20
	maxDiagnosis = 2 * time.Second
)

// diagnose tells why a release cannot be rendered: all values that the schema refuses, else what is wrong in each of
// the templates, one after the other with what is wrong taken out.
func diagnose(view *files.View, request Request, failed error) []objects.Fault {
	whole := objects.Fault{Message: failed.Error(), Field: inChart, Whole: true}
	whole.Place = provenance.Place{File: path.Join(request.Path, "Chart.yaml"), Line: 1, Column: 1}
	skipped := request
	skipped.SkipSchema = true
	prepared, err := prepare(view, skipped)
	if err != nil {
		return []objects.Fault{whole}
	}
	prepared.functions = template.FuncMap{}
	d := &diagnosis{preparedChart: prepared, deadline: time.Now().Add(maxDiagnosis)}
	d.tracer = newTracer(prepared, view)
	if !request.SkipSchema {
		if faults := d.values(failed); len(faults) > 0 {
			return faults
		}
	}
	for len(d.faults) < maxFaults && time.Now().Before(d.deadline) && d.next() {
	}
	if len(d.faults) == 0 {
		return []objects.Fault{whole}
	}
	return d.faults
}

type diagnosis struct {
	*preparedChart
	*tracer
	faults   []objects.Fault
	deadline time.Time
}

// next renders, notes what fails and takes it out; false when nothing fails any more, or it cannot be taken out.
func (d *diagnosis) next() bool {
	calls := newCalls()
	outputs, err := d.execute(calls)
	if err != nil {
		return d.template(err.Error())
	}
	if _, err = d.sort(maps.Clone(outputs)); err != nil {
		return d.output(err.Error(), outputs, calls)
	}
	return false
}

var (
	parseError   = regexp.MustCompile(`^parse error (?:at|in) \(([^:)]+)(?::(\d+))?(?::(\d+))?\): ((?s:.*))`)
	ownWord      = regexp.MustCompile(`^execution error (?:at|in) \(([^:)]+)(?::(\d+))?(?::(\d+))?\): ((?s:.*))`)
	location     = regexp.MustCompile(`(?m)(?:^\s*|template: |\()([^\s:()]+):(\d+):(\d+)(?:[:)]|\s|$)`)
	noFunction   = regexp.MustCompile(`function "([^"]+)" not defined`)
	noDefinition = regexp.MustCompile(`(?:no template "([^"]+)" associated|template "([^"]+)" not defined)`)
)

// template notes an error of the templates' text or of their execution.
func (d *diagnosis) template(text string) bool {
	fault := objects.Fault{Message: text, Field: inExecution}
	if found := parseError.FindStringSubmatch(text); found != nil {
		fault.Field = inSyntax
		fault.Message = found[4]
		fault.Place = d.at(found[1], number(found[2]), number(found[3]))
		if named := noFunction.FindStringSubmatch(text); named != nil {
			fault.Field, fault.Path, fault.Known = unknownNeeded, named[1], slices.Sorted(maps.Keys(sprig.TxtFuncMap()))
			fault.Known = append(fault.Known, ownFunctions...)
			fault.Place = d.word(found[1], number(found[2]), named[1])
			d.preparedChart.functions[named[1]] = lastOf
			return d.add(fault)
		}
		if strings.Contains(text, "unexpected EOF") {
			if offset, ok := unclosed(d.contents[found[1]]); ok {
				fault.Place = d.placeIn(found[1], offset)
			}
		}
		return d.add(fault) && d.blank(found[1])
	}
	if found := ownWord.FindStringSubmatch(text); found != nil {
		fault.Field, fault.Message = refused, found[4]
		fault.Place = d.at(found[1], number(found[2]), number(found[3])+1)
		return d.add(fault) && d.blank(found[1])
	}
	ways := location.FindAllStringSubmatch(text, -1)
	var known [][]string
	for _, way := range ways {
		if _, ok := d.preparedChart.locations[way[1]]; ok {
			known = append(known, way)
		}
	}
	if len(known) == 0 {
		return false
	}
	outer, inner := known[0], known[len(known)-1]
	lines := strings.Split(strings.TrimSpace(text), "\n")
	fault.Message = strings.TrimSpace(lines[len(lines)-1])
	fault.Place = d.at(inner[1], number(inner[2]), number(inner[3])+1)
	if named := noDefinition.FindStringSubmatch(text); named != nil {
		name := named[1] + named[2]
		fault.Field, fault.Path, fault.Known = undefinedBlock, name, d.defined()
		fault.Place = d.word(inner[1], number(inner[2]), `"`+name+`"`)
		d.define(name)
		return d.add(fault)
	}
	if len(lines) == 1 {
		// `template: web/templates/a.yaml:3:4: executing "…" at <.Values.a.b>: nil pointer …`
		parts := strings.Split(fault.Message, ": ")
		fault.Message = parts[len(parts)-1]
	}
	return d.add(fault) && d.blank(outer[1])
}

// add notes a fault once; what is used by several templates fails in each of them.
func (d *diagnosis) add(fault objects.Fault) bool {
	for _, other := range d.faults {
		if other.Place.String() == fault.Place.String() && other.Column == fault.Column && other.Field == fault.Field {
			return true
		}
	}
	d.faults = append(d.faults, fault)
	return true
}

func number(text string) int {
	value, _ := strconv.Atoi(text)
	return value
}

// at is a line and a column, counted in bytes from 1, of a template; the line's first letter where no column is known.
func (d *diagnosis) at(name string, line, column int) provenance.Place {
	in := d.lined(name)
	if line < 1 || line > len(in.starts) {
		return d.placeIn(name, 0)
	}
	text := lineText(in.text, in.starts, line-1)
	if column < 1 || column > len(text) {
		column = len(text) - len(strings.TrimLeft(text, " \t")) + 1
	}
	return d.placeIn(name, in.starts[line-1]+column-1)
}

// word is where a word stands in a line of a template; of several lines of one action it is looked for in the next.
func (d *diagnosis) word(name string, line int, word string) provenance.Place {
	in := d.lined(name)
	for index := line - 1; index >= 0 && index < min(line+5, len(in.starts)); index++ {
		text := lineText(in.text, in.starts, index)
		if found := regexp.MustCompile(`(^|[^\w])` + regexp.QuoteMeta(word) + `($|[^\w])`).FindStringIndex(text); found != nil {
			return d.placeIn(name, in.starts[index]+found[0]+strings.Index(text[found[0]:], word))
		}
	}
	return d.at(name, line, 0)
}

// ownFunctions are those that Helm and Go's templates add to Sprig's.
var ownFunctions = []string{"include", "tpl", "required", "lookup", "toYaml", "toYamlPretty", "fromYaml", "fromYamlArray", "toJson",
	"fromJson", "fromJsonArray", "toToml", "fromToml", "mustToYaml", "mustToJson", "and", "or", "not", "index", "len", "eq", "ne", "lt", "le", "gt", "ge", "printf"}

var definition = regexp.MustCompile(`\{\{-?\s*(?:define|block)\s+"([^"]+)"`)

// defined are the names of the templates that the chart and its dependencies define.
func (d *diagnosis) defined() (names []string) {
	eachChart(d.preparedChart.chart, func(c *chart.Chart) {
		for _, file := range c.Templates {
			for _, found := range definition.FindAllSubmatch(file.Data, -1) {
				names = append(names, string(found[1]))
			}
		}
	})
	return names
}

// lastOf answers in the place of a function that nobody knows.
func lastOf(arguments ...any) any {
	if len(arguments) == 0 {
		return ""
	}
	return arguments[len(arguments)-1]
}

// blank takes a template's text out.
func (d *diagnosis) blank(name string) (done bool) {
	eachChart(d.preparedChart.chart, func(c *chart.Chart) {
		for index, file := range c.Templates {
			if path.Join(c.ChartFullPath(), file.Name) == name && len(file.Data) > 0 {
				changed := *file
				changed.Data = nil
				c.Templates[index] = &changed
				done = true
			}
		}
	})
	return done
}

// define adds an empty definition.
func (d *diagnosis) define(name string) {
	root := d.preparedChart.chart
	root.Templates = append(root.Templates, &common.File{
		Name: "templates/_driftline_" + strconv.Itoa(len(root.Templates)) + ".tpl", Data: []byte(`{{define ` + strconv.Quote(name) + `}}{{end}}`),
	})
}

var (
	actions = regexp.MustCompile(`(?s)\{\{-?\s*(/\*.*?\*/|(\w+)).*?\}\}`)
	opening = map[string]bool{"if": true, "range": true, "with": true, "define": true, "block": true}
)

// unclosed is the offset of the innermost action that has no end.
func unclosed(text string) (offset int, ok bool) {
	var open []int
	for _, found := range actions.FindAllStringSubmatchIndex(text, -1) {
		word := ""
		if found[4] >= 0 {
			word = text[found[4]:found[5]]
		}
		switch {
		case opening[word]:
			open = append(open, found[0])
		case word == "end" && len(open) > 0:
			open = open[:len(open)-1]
		}
	}
	if len(open) == 0 {
		return 0, false
	}
	return open[len(open)-1], true
}

var (
	brokenOutput = regexp.MustCompile(`YAML parse error on ([^\s:]+): ((?s:.*))`)
	brokenLine   = regexp.MustCompile(`yaml: line (\d+): `)
)

// output notes a template that prints what is no YAML, on the template's line that prints it.
func (d *diagnosis) output(text string, outputs map[string]string, calls *calls) bool {
	found := brokenOutput.FindStringSubmatch(text)
	if found == nil {
		return false
	}
	name := found[1]
	message, _, _ := strings.Cut(found[2], "\n\nUse --debug")
	fault := objects.Fault{Message: message, Field: inOutput, Place: d.placeIn(name, 0)}
	ledger := &ledger{}
	marked, err := d.executeMarked(ledger, calls.again())
	file := &printedFile{text: outputs[name]}
	if err == nil {
		file.compare(ledger.read(marked[name]))
		t := *d.tracer
		t.ledger, t.printed = ledger, map[string]*printedFile{name: file}
		if line := brokenLine.FindStringSubmatch(message); line != nil {
			if place, ok := t.brokenAt(name, file, number(line[1])); ok {
				fault.Place = place
			}
		}
	}
	return d.add(fault) && d.blank(name)
}

// brokenAt is the place of a line of the first document of a file that is no YAML.
func (t *tracer) brokenAt(name string, file *printedFile, line int) (provenance.Place, bool) {
	file.split()
	for _, part := range file.documents {
		var read any
		if yaml.Unmarshal([]byte(part.text), &read) == nil {
			continue
		}
		d := t.documentOf(document{template: name, text: part.text})
		place := d.line(&yaml.Node{Line: min(line, len(d.starts)), Column: 1})
		return place, place.File != ""
	}
	return provenance.Place{}, false
}
