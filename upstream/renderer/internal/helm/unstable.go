package helm

import (
	"fmt"
	"maps"
	"reflect"
	"sort"
	"strings"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"

	"driftline/renderer/internal/objects"
)

// madeAnew are the template functions whose answer is another one each time.
var madeAnew = []string{
	"ago", "bcrypt", "encryptAES", "genCA", "genCAWithKey", "genPrivateKey", "genSelfSignedCert",
	"genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey", "htpasswd", "randAlpha", "randAlphaNum",
	"randAscii", "randBytes", "randInt", "randNumeric", "shuffle", "uuidv4",
}

// calls remembers which functions a render called whose answer is not decided by the chart and its values,
// and what they answered.
type calls struct {
	anew    map[string]bool
	lookups map[string]bool
	// now is what the function of that name answers.
	now     time.Time
	answers map[string][][]reflect.Value
	// replayed are the answers to give again, in the order in which they were given.
	replayed map[string][][]reflect.Value
}

func newCalls() *calls {
	return &calls{
		anew: map[string]bool{}, lookups: map[string]bool{}, now: time.Now(), answers: map[string][][]reflect.Value{},
	}
}

// again is for a render in which the functions answer as they did.
func (c *calls) again() *calls {
	other := newCalls()
	other.now, other.replayed = c.now, maps.Clone(c.answers)
	return other
}

// functions replaces these functions by ones that answer the same and are remembered. `lookup` finds
// nothing, as in `helm template`.
func (c *calls) functions() template.FuncMap {
	functions := template.FuncMap{
		"lookup": func(apiVersion, kind, namespace, name string) (map[string]any, error) {
			c.lookups[strings.Trim(fmt.Sprintf("%s %s", kind, strings.Trim(namespace+"/"+name, "/")), " ")] = true
			return map[string]any{}, nil
		},
		"now": func() time.Time {
			c.anew["now"] = true
			return c.now
		},
	}
	known := sprig.TxtFuncMap()
	for _, name := range madeAnew {
		if function, ok := known[name]; ok {
			functions[name] = c.remembering(name, reflect.ValueOf(function))
		}
	}
	return functions
}

func (c *calls) remembering(name string, function reflect.Value) any {
	return reflect.MakeFunc(function.Type(), func(arguments []reflect.Value) []reflect.Value {
		c.anew[name] = true
		if known := c.replayed[name]; len(known) > 0 {
			c.replayed[name] = known[1:]
			return known[0]
		}
		call := function.Call
		if function.Type().IsVariadic() {
			call = function.CallSlice
		}
		answer := call(arguments)
		c.answers[name] = append(c.answers[name], answer)
		return answer
	}).Interface()
}

// findUnstable marks what a second render makes otherwise, and the objects whose template asks the cluster.
func (p *preparedChart) findUnstable(documents []document, found []objects.Object, first *calls) {
	if len(first.anew) > 0 {
		p.compareAgain(found, first)
	}
	if len(first.lookups) == 0 {
		return
	}
	reason := fmt.Sprintf("the chart looks up %s in the cluster (lookup), so it may render otherwise there", list(first.lookups))
	asking := templatesReaching(p.chart, "lookup")
	for index, document := range documents {
		if asking[document.template] && found[index].Unresolved == "" {
			found[index].Unresolved = reason
		}
	}
}

// compareAgain renders a second time, at another time of day, and notes what comes out otherwise. Where not
// even the number of objects is the same, none of them is known.
func (p *preparedChart) compareAgain(found []objects.Object, first *calls) {
	again := newCalls()
	again.now = first.now.AddDate(1, 1, 1).Add(time.Hour + time.Minute + time.Second)
	var second []objects.Object
	other, _, err := p.renderWith(again)
	if err == nil {
		_, second, err = other.objects(nil)
	}
	if err != nil || len(second) != len(found) {
		for index := range found {
			found[index].Unresolved = fmt.Sprintf("the chart renders otherwise each time (%s)", list(first.anew))
		}
		return
	}
	for index := range found {
		found[index].Volatile = differences(found[index].Value, second[index].Value)
	}
}

func list(set map[string]bool) string {
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}
