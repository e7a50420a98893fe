package helm

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"reflect"
	"sort"
	"strings"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"
	chart "helm.sh/helm/v4/pkg/chart/v2"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/objects"
)

// madeAnew are the template functions whose answer is another one each time.
var madeAnew = []string{
	"ago", "bcrypt", "encryptAES", "genCA", "genCAWithKey", "genPrivateKey", "genSelfSignedCert",
	"genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey", "htpasswd", "randAlpha", "randAlphaNum",
	"randAscii", "randBytes", "randInt", "randNumeric", "shuffle", "uuidv4", "now",
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
		if name == "now" {
			continue
		}
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
func (p *preparedChart) findUnstable(documents []document, found []objects.Object, outputs map[string]string, first *calls) {
	if len(first.anew) > 0 {
		p.markUnstable(documents, found, outputs, first)
	}
	if len(first.lookups) == 0 {
		return
	}
	reason := fmt.Sprintf("the chart looks up %s in the cluster (lookup), so it may render otherwise there", list(first.lookups))
	asking := templatesReaching(p.chart, "lookup").names
	for index, document := range documents {
		if asking[document.template] && found[index].Unresolved == "" {
			found[index].Unresolved = reason
		}
	}
}

// unstable is what another render makes otherwise of a document.
type unstable struct {
	volatile   []string
	unresolved string
}

// markUnstable asks a second render only where that was not done for the same chart and values before.
func (p *preparedChart) markUnstable(documents []document, found []objects.Object, outputs map[string]string, first *calls) {
	compare := func() ([]unstable, int) {
		all := p.compareAgain(documents, found, outputs, first)
		return all, 64 * len(all)
	}
	var all []unstable
	if inputs, err := p.inputs(); err == nil {
		all = files.Get(p.view.Derived(), inputs, compare)
	}
	if len(all) != len(found) {
		all, _ = compare()
	}
	for index, each := range all {
		found[index].Volatile = each.volatile
		if each.unresolved != "" {
			found[index].Unresolved = each.unresolved
		}
	}
}

type inputsKey [sha256.Size]byte

// inputs names all that a render depends on.
func (p *preparedChart) inputs() (key inputsKey, err error) {
	sum := sha256.New()
	eachChart(p.chart, func(c *chart.Chart) {
		for _, file := range c.Raw {
			fmt.Fprintf(sum, "%s\x00%d\x00", path.Join(c.ChartFullPath(), file.Name), len(file.Data))
			_, _ = sum.Write(file.Data)
		}
	})
	err = json.NewEncoder(sum).Encode(p.values)
	sum.Sum(key[:0])
	return key, err
}

// compareAgain renders a second time, at another time of day, and notes what comes out otherwise. Where not
// even the number of objects is the same, none of them is known.
func (p *preparedChart) compareAgain(documents []document, found []objects.Object, outputs map[string]string, first *calls) []unstable {
	again := newCalls()
	again.now = first.now.AddDate(1, 1, 1).Add(time.Hour + time.Minute + time.Second)
	narrowed := *p
	narrowed.chart = p.reaching(madeAnew)
	others, err := narrowed.execute(again)
	for name, output := range others {
		if output == outputs[name] {
			delete(others, name)
		}
	}
	var changed []int
	for index, document := range documents {
		if _, differs := others[document.template]; (differs || err != nil) && !document.plain {
			changed = append(changed, index)
		}
	}
	var second []objects.Object
	if err == nil && len(others) > 0 {
		second, err = p.objectsOf(others)
	}
	all := make([]unstable, len(found))
	for at, index := range changed {
		if err != nil || len(second) != len(changed) {
			all[index].unresolved = fmt.Sprintf("the chart renders otherwise each time (%s)", list(first.anew))
			continue
		}
		all[index].volatile = differences(found[index].Value, second[at].Value)
	}
	return all
}

func (p *preparedChart) objectsOf(outputs map[string]string) ([]objects.Object, error) {
	made, err := p.sort(outputs)
	if err != nil {
		return nil, err
	}
	made.crds = nil
	_, found, err := made.objects(p.view.Derived(), nil)
	return found, err
}

func list(set map[string]bool) string {
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}
