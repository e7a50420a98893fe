package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
)

const maxFrame = 1 << 30

// readFrame returns the next message, or io.EOF where there is none any more.
func readFrame(in io.Reader) ([]byte, error) {
	var length uint32
	if err := binary.Read(in, binary.LittleEndian, &length); err != nil {
		return nil, err
	}
	if length > maxFrame {
		return nil, fmt.Errorf("a message of %d bytes is too long", length)
	}
	body := make([]byte, length)
	_, err := io.ReadFull(in, body)
	return body, err
}

func writeFrame(out io.Writer, message any) error {
	var frame bytes.Buffer
	frame.Write(make([]byte, 4))
	encoder := json.NewEncoder(&frame)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(message); err != nil {
		return err
	}
	binary.LittleEndian.PutUint32(frame.Bytes(), uint32(frame.Len()-4))
	_, err := out.Write(frame.Bytes())
	return err
}
