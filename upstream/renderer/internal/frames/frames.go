// Package frames reads and writes messages with their length before them.
package frames

import (
	"encoding/binary"
	"fmt"
	"io"
)

// maxLength bounds one message: a whole repository is sent in chunks far below it.
const maxLength = 1 << 30

// Read returns the next message, or io.EOF where the input ends between two messages.
func Read(in io.Reader) ([]byte, error) {
	var header [4]byte
	if _, err := io.ReadFull(in, header[:]); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(header[:])
	if length > maxLength {
		return nil, fmt.Errorf("a message of %d bytes is too long", length)
	}
	message := make([]byte, length)
	if _, err := io.ReadFull(in, message); err != nil {
		return nil, fmt.Errorf("the input ended within a message: %w", err)
	}
	return message, nil
}

// Write sends one message.
func Write(out io.Writer, message []byte) error {
	var header [4]byte
	binary.LittleEndian.PutUint32(header[:], uint32(len(message)))
	if _, err := out.Write(header[:]); err != nil {
		return err
	}
	_, err := out.Write(message)
	return err
}
