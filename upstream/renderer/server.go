package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"driftline/renderer/internal/appset"
	"driftline/renderer/internal/files"
	"driftline/renderer/internal/helm"
	"driftline/renderer/internal/kustomize"
	"driftline/renderer/internal/objects"
	"driftline/renderer/internal/postrender"
)

const version = "1"

// server holds the trees between requests.
type server struct {
	store *files.Store
	// messages takes what a person who looks for a bug wants to see.
	messages   io.Writer
	operations map[string]func(body []byte) (any, error)
}

func newServer(messages io.Writer) *server {
	s := &server{store: files.NewStore(), messages: messages}
	s.operations = map[string]func([]byte) (any, error){
		"ping":      s.ping,
		"tree":      s.tree,
		"change":    s.change,
		"content":   s.content,
		"drop":      s.drop,
		"kustomize": s.kustomize,
		"helm":      s.helm,
		"appset":    s.appset,
	}
	return s
}

// requestError is a refusal with a code for the host.
type requestError struct{ code, text string }

func (e *requestError) Error() string { return e.text }

// answer never fails: what goes wrong is said in the answer.
func (s *server) answer(request []byte) (message []byte) {
	var head struct {
		ID json.RawMessage `json:"id"`
		Op string          `json:"op"`
	}
	defer func() {
		if cause := recover(); cause != nil {
			fmt.Fprintf(s.messages, "panic: %v\n%s", cause, debug.Stack())
			message = refusal(head.ID, &requestError{"panic", fmt.Sprintf("the renderer panicked: %v", cause)})
		}
	}()
	if err := json.Unmarshal(request, &head); err != nil {
		return refusal(nil, &requestError{"usage", "the request is no JSON object: " + err.Error()})
	}
	operation, ok := s.operations[head.Op]
	if !ok {
		return refusal(head.ID, &requestError{"usage", fmt.Sprintf("there is no operation %q", head.Op)})
	}
	result, err := operation(request)
	if err != nil {
		return refusal(head.ID, err)
	}
	return accept(head.ID, result)
}

func accept(id json.RawMessage, result any) []byte {
	fields, err := json.Marshal(result)
	if err != nil {
		return refusal(id, err)
	}
	message := fmt.Appendf(nil, `{"id":%s,"ok":true`, orNull(id))
	if made, ok := result.(rendering); ok {
		message = append(append(message, `,"objects":`...), made.objects...)
	}
	if string(fields) == "{}" {
		return append(message, '}')
	}
	return append(append(message, ','), fields[1:]...)
}

func refusal(id json.RawMessage, err error) []byte {
	code := "failed"
	var known *requestError
	if errors.As(err, &known) {
		code = known.code
	}
	message, _ := json.Marshal(map[string]any{
		"id": json.RawMessage(orNull(id)), "ok": false, "error": err.Error(), "code": code,
	})
	return message
}

func orNull(id json.RawMessage) string {
	if len(id) == 0 {
		return "null"
	}
	return string(id)
}

func (s *server) ping([]byte) (any, error) {
	return map[string]string{"version": version}, nil
}

// tree sets the listing of a tree and answers which contents are still to be sent.
func (s *server) tree(body []byte) (any, error) {
	var request struct {
		Tree  string            `json:"tree"`
		Root  string            `json:"root"`
		Files map[string]string `json:"files"`
		// From is a tree of which this one differs by what is put and deleted.
		From   string            `json:"from"`
		Put    map[string]string `json:"put"`
		Delete []string          `json:"delete"`
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return nil, err
	}
	if request.From != "" {
		from, err := s.find(request.From)
		if err != nil {
			return nil, err
		}
		tree := s.store.Derive(request.Tree, from, request.Put, request.Delete)
		return missing(tree, request.Put), nil
	}
	if request.Files == nil {
		request.Files = map[string]string{}
	}
	tree := s.store.Set(request.Tree, request.Root, request.Files)
	return missing(tree, request.Files), nil
}

// change edits the listing of a tree and answers which contents are still to be sent.
func (s *server) change(body []byte) (any, error) {
	var request struct {
		Tree   string            `json:"tree"`
		Put    map[string]string `json:"put"`
		Delete []string          `json:"delete"`
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return nil, err
	}
	tree, err := s.find(request.Tree)
	if err != nil {
		return nil, err
	}
	tree.Change(request.Put, request.Delete)
	return missing(tree, request.Put), nil
}

func missing(tree *files.Tree, among map[string]string) map[string][]string {
	return map[string][]string{"missing": tree.Missing(among)}
}

// content stores texts, and what is no UTF-8 in base64, by their hashes.
func (s *server) content(body []byte) (any, error) {
	var request struct {
		Texts  map[string]string `json:"texts"`
		Base64 map[string]string `json:"base64"`
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return nil, err
	}
	for hash, text := range request.Texts {
		s.store.Put(hash, []byte(text))
	}
	for hash, encoded := range request.Base64 {
		content, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			return nil, err
		}
		s.store.Put(hash, content)
	}
	return struct{}{}, nil
}

func (s *server) drop(body []byte) (any, error) {
	var request struct {
		Tree string `json:"tree"`
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return nil, err
	}
	s.store.Drop(request.Tree)
	return struct{}{}, nil
}

func (s *server) find(name string) (*files.Tree, error) {
	tree, ok := s.store.Tree(name)
	if !ok {
		return nil, &requestError{"unknown-tree", fmt.Sprintf("the tree %q was not sent", name)}
	}
	return tree, nil
}

// renderRequest is what every render is asked with.
type renderRequest struct {
	Tree string `json:"tree"`
	// Have are the keys of objects whose values the host knows.
	Have []string `json:"have"`
	// Text asks for what the tool prints.
	Text bool `json:"text"`
	// Laid are files that lie over the tree in this render only: path → hash.
	Laid map[string]string `json:"laid"`
}

func (s *server) kustomize(body []byte) (any, error) {
	var request struct {
		kustomize.Request
		renderRequest
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return nil, err
	}
	return s.render(request.renderRequest, func(view *files.View) (objects.Rendered, error) {
		return kustomize.Build(view, request.Request)
	})
}

func (s *server) helm(body []byte) (any, error) {
	var request struct {
		helm.Request
		renderRequest
		Flux *postrender.Release `json:"flux"`
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return nil, err
	}
	return s.render(request.renderRequest, func(view *files.View) (objects.Rendered, error) {
		made, err := helm.Template(view, request.Request)
		if err != nil || request.Flux == nil {
			return made, err
		}
		unused := made.Unused
		made, err = postrender.Apply(view, request.Flux, made, request.Trace)
		made.Unused = unused
		return made, err
	})
}

func (s *server) appset(body []byte) (any, error) {
	var request struct {
		appset.Request
		Tree string `json:"tree"`
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return nil, err
	}
	tree, err := s.find(request.Tree)
	if err != nil {
		return nil, err
	}
	return appset.Expand(files.NewView(tree, nil), request.Request), nil
}

func (s *server) render(request renderRequest, render func(*files.View) (objects.Rendered, error)) (any, error) {
	tree, err := s.find(request.Tree)
	if err != nil {
		return nil, err
	}
	laid, missing := s.store.Contents(request.Laid)
	if len(missing) > 0 {
		return nil, &requestError{"unknown-content", strings.Join(missing, " ")}
	}
	view := files.NewView(tree, laid)
	made, err := s.guarded(view, render)
	answer := rendering{Reads: view.Reads(), Absent: view.Absent(), Listed: view.Listed()}
	if request.Text {
		answer.Text = string(made.Text())
	}
	if err != nil {
		answer.Failure = &failure{Message: err.Error()}
		var missing *helm.MissingDependencies
		if errors.As(err, &missing) {
			answer.Failure.Missing = missing.Names
		}
		var failed *objects.Failure
		if errors.As(err, &failed) {
			answer.Failure.Faults = failed.Faults
		}
	}
	answer.Unused = made.Unused
	answer.objects, err = encode(made.Objects, request.Have)
	return answer, err
}

// guarded turns a panic of a library into an error of this render, as Flux does.
func (s *server) guarded(view *files.View, render func(*files.View) (objects.Rendered, error)) (made objects.Rendered, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			fmt.Fprintf(s.messages, "panic: %v\n%s", cause, debug.Stack())
			made, err = objects.Rendered{}, fmt.Errorf("the library panicked: %v", cause)
		}
	}()
	return render(view)
}
