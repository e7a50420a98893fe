package main

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/frames"
	"driftline/renderer/internal/objects"
)

func ask(t *testing.T, server *server, request string) map[string]any {
	t.Helper()
	var answer map[string]any
	if err := json.Unmarshal(server.answer([]byte(request)), &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestEveryRequestIsAnswered(t *testing.T) {
	server := newServer(io.Discard)
	for request, code := range map[string]string{
		`{"id":1,"op":"dance"}`:                 "usage",
		`no JSON`:                               "usage",
		`{"id":2,"op":"helm","tree":"unknown"}`: "unknown-tree",
		`{"id":3,"op":"tree","files":[]}`:       "failed",
	} {
		if answer := ask(t, server, request); answer["ok"] != false || answer["code"] != code || answer["error"] == "" {
			t.Errorf("%s: %v", request, answer)
		}
	}
	if answer := ask(t, server, `{"id":7,"op":"ping"}`); answer["ok"] != true || answer["id"] != 7.0 {
		t.Error(answer)
	}
}

func TestAPanicEndsTheRequestOnly(t *testing.T) {
	var messages bytes.Buffer
	server := newServer(&messages)
	server.operations["panic"] = func([]byte) (any, error) { panic("broken") }
	if answer := ask(t, server, `{"id":1,"op":"panic"}`); answer["code"] != "panic" {
		t.Error(answer)
	}
	if !strings.Contains(messages.String(), "broken") {
		t.Error("nobody hears of it")
	}
	_, err := server.guarded(nil, func(*files.View) (objects.Rendered, error) { panic("in a library") })
	if err == nil || !strings.Contains(err.Error(), "in a library") {
		t.Error(err)
	}
}

func TestServeEndsWithItsInput(t *testing.T) {
	var in, out bytes.Buffer
	for _, request := range []string{`{"id":1,"op":"ping"}`, `{"id":2,"op":"ping"}`} {
		if err := frames.Write(&in, []byte(request)); err != nil {
			t.Fatal(err)
		}
	}
	if err := serve(&in, &out, newServer(io.Discard)); err != nil {
		t.Fatal(err)
	}
	for id := 1.0; id <= 2; id++ {
		message, err := frames.Read(&out)
		var answer map[string]any
		if err != nil || json.Unmarshal(message, &answer) != nil || answer["id"] != id {
			t.Fatal(string(message), err)
		}
	}
}
