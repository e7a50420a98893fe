package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
)

// The version of Kubernetes whose code this is.
const kubernetesVersion = "1.36.4"

type query struct {
	ID int64  `json:"id"`
	Op string `json:"op"`
	// Kubernetes minor version to judge for, such as "1.33"; the newest when empty.
	Target string `json:"target"`
	// Name of a set of CustomResourceDefinitions; none when empty.
	Types string `json:"types"`
	// types: what joins the set.
	CRDs []json.RawMessage `json:"crds"`
	// validate: objects as JSON, or as YAML or JSON texts.
	Objects []json.RawMessage `json:"objects"`
	Texts   []string          `json:"texts"`
	// admit: what is known of the cluster that the objects come to.
	surroundings
	// apply: questions, each read by the worker that answers it.
	Items []json.RawMessage `json:"items"`
}

// memories are what outlives a request.
type memories struct {
	types    *typeSets
	policies *compiledPolicies
}

// requestError is an answer with ok: false.
type requestError struct{ code, message string }

func (e requestError) Error() string { return e.message }

// serve answers requests in order until the input ends.
func serve(in io.Reader, out io.Writer) error {
	known := &memories{newTypeSets(), newCompiledPolicies()}
	memory := newRelease()
	defer memory.busy()
	for {
		memory.idle()
		frame, err := readFrame(in)
		memory.busy()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := writeFrame(out, answer(frame, known)); err != nil {
			return err
		}
	}
}

func answer(frame []byte, known *memories) (result map[string]any) {
	var q query
	defer func() {
		if cause := recover(); cause != nil {
			result = map[string]any{"id": q.ID, "ok": false, "code": "panic", "error": panicMessage(cause)}
		}
	}()
	if err := json.Unmarshal(frame, &q); err != nil {
		return map[string]any{"id": q.ID, "ok": false, "code": "usage", "error": err.Error()}
	}
	result, err := q.handle(known)
	if err != nil {
		code := "usage"
		var known requestError
		if errors.As(err, &known) {
			code = known.code
		}
		result = map[string]any{"ok": false, "code": code, "error": err.Error()}
	} else {
		result["ok"] = true
	}
	result["id"] = q.ID
	return result
}

func (q *query) handle(known *memories) (map[string]any, error) {
	switch q.Op {
	case "ping":
		return map[string]any{"version": kubernetesVersion}, nil
	case "warm":
		// What the first apply would wait for.
		_, err := builtinConverter()
		return map[string]any{}, err
	case "types":
		return map[string]any{}, known.types.add(q.Types, q.CRDs)
	case "validate":
		types, minor, err := q.context(known.types)
		if err != nil {
			return nil, err
		}
		return map[string]any{"findings": q.validate(types, minor)}, nil
	case "admit":
		types, minor, err := q.context(known.types)
		if err != nil {
			return nil, err
		}
		set, err := known.policies.set(q, types, minor)
		if err != nil {
			return nil, err
		}
		decisions := make([][]decision, len(q.Objects))
		forEach(len(q.Objects), func(i int) { decisions[i] = append([]decision{}, set.admit(q.Objects[i])...) })
		return map[string]any{"decisions": decisions}, nil
	case "apply":
		types, minor, err := q.context(known.types)
		if err != nil {
			return nil, err
		}
		verdicts := make([]verdict, len(q.Items))
		forEach(len(q.Items), func(i int) { verdicts[i] = judgeText(q.Items[i], types, minor) })
		return map[string]any{"verdicts": verdicts}, nil
	}
	return nil, requestError{"usage", fmt.Sprintf("no operation %q", q.Op)}
}

// context finds the set of types, and switches the process to the target version.
func (q *query) context(known *typeSets) (*typeSet, int, error) {
	types, ok := known.find(q.Types)
	if !ok {
		return nil, 0, requestError{"types", fmt.Sprintf("the set of types %q is not known", q.Types)}
	}
	minor, err := emulate(q.Target)
	return types, minor, err
}

func (q *query) validate(types *typeSet, minor int) [][]finding {
	findings := make([][]finding, len(q.Objects)+len(q.Texts))
	forEach(len(findings), func(i int) {
		if i < len(q.Objects) {
			findings[i] = validate(q.Objects[i], types, minor)
		} else {
			findings[i] = validateText(q.Texts[i-len(q.Objects)], types, minor)
		}
		if findings[i] == nil {
			findings[i] = []finding{} // an empty list in JSON, not null
		}
	})
	return findings
}

// forEach does the work for 0 to n-1 on all processors; the work must guard itself against panics.
func forEach(n int, work func(int)) {
	var group sync.WaitGroup
	next := make(chan int)
	for range min(n, runtime.GOMAXPROCS(0)) {
		group.Go(func() {
			for i := range next {
				work(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	group.Wait()
}
