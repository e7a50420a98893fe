package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

const upstreamFailed = "Kubernetes' own code failed"

// panicLog hears where upstream's code panicked; never with what.
var panicLog io.Writer = os.Stderr

// panicMessage logs where a panic happened and returns what may be told of it: other causes may quote values. It
// is called in the function that recovers.
func panicMessage(cause any) string {
	if unknown, ok := cause.(unknownKind); ok {
		return unknown.reason
	}
	message := upstreamFailed
	var known runtime.Error
	if err, ok := cause.(error); ok && errors.As(err, &known) {
		message += ": " + known.Error()
	}
	fmt.Fprintf(panicLog, "%s at %s\n", message, panicPlace())
	return message
}

const maxFrames = 6

// panicPlace names the functions on the way to the panic, the innermost first, down to this program's own.
func panicPlace() string {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers)])
	var places []string
	panicking := false
	for {
		frame, more := frames.Next()
		own := strings.HasPrefix(frame.Function, "main.") || strings.HasPrefix(frame.Function, "driftline/")
		switch {
		case strings.HasPrefix(frame.Function, "runtime."):
			panicking = panicking || frame.Function == "runtime.gopanic"
		case panicking:
			places = append(places, fmt.Sprintf("%s:%d", frame.Function, frame.Line))
		}
		if !more || len(places) == maxFrames || panicking && own && len(places) > 0 {
			return strings.Join(places, " < ")
		}
	}
}
