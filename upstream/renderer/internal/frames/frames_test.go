package frames

import (
	"bytes"
	"io"
	"testing"
)

func TestMessagesComeBackAsTheyWereWritten(t *testing.T) {
	var stream bytes.Buffer
	for _, message := range []string{"{}", "", `{"a":"ä"}`} {
		if err := Write(&stream, []byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"{}", "", `{"a":"ä"}`} {
		got, err := Read(&stream)
		if err != nil || string(got) != want {
			t.Fatalf("got %q, %v; want %q", got, err, want)
		}
	}
	if _, err := Read(&stream); err != io.EOF {
		t.Fatalf("the end is %v", err)
	}
}

func TestCutOffMessagesAreErrors(t *testing.T) {
	for _, text := range []string{"\x05\x00\x00\x00ab", "\x05\x00", "\xff\xff\xff\xff"} {
		if _, err := Read(bytes.NewReader([]byte(text))); err == nil || err == io.EOF {
			t.Errorf("%q: %v", text, err)
		}
	}
}
