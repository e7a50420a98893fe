package main

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestFramesGoThereAndBack(t *testing.T) {
	var pipe bytes.Buffer
	for _, text := range []string{"", "a < b & ä", strings.Repeat("x", 1<<20)} {
		if err := writeFrame(&pipe, map[string]string{"text": text}); err != nil {
			t.Fatal(err)
		}
		frame, err := readFrame(&pipe)
		if want := jsonText(map[string]string{"text": text}) + "\n"; err != nil || string(frame) != want {
			t.Fatalf("got %.40q, %v", frame, err)
		}
	}
	if _, err := readFrame(&pipe); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
}

func TestFramesThatAreCutOffOrTooLong(t *testing.T) {
	if _, err := readFrame(strings.NewReader("\x05\x00\x00\x00abc")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut off: %v", err)
	}
	if _, err := readFrame(strings.NewReader("\xff\xff\xff\xff")); err == nil {
		t.Error("too long: no error")
	}
}
