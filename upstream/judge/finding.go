package main

import (
	"errors"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
)

// finding is one thing the server would say about an object.
type finding struct {
	// parse: no JSON or YAML. kind, version: not served by the target. decode: a value of a wrong type.
	// strict: an unknown field or a key twice. invalid: refused by validation. warning: accepted, with a
	// warning. unchecked: this program cannot say. suspect: of this field it cannot say what the target would do.
	Step string `json:"step"`
	// In Driftline's syntax (src/core/model/path.ts), with list indices.
	Path string `json:"path,omitempty"`
	// The server's machine-readable cause, such as FieldValueRequired.
	Type     string `json:"type,omitempty"`
	Message  string `json:"message"`
	Severity string `json:"severity"`
	// The first version that refuses it, such as "1.34"; the target accepts it.
	Since string `json:"since,omitempty"`
}

func failure(step, path, message string) finding {
	return finding{Step: step, Path: path, Message: message, Severity: "error"}
}

func unchecked(reason string) []finding {
	return []finding{{Step: "unchecked", Message: reason, Severity: "information"}}
}

// strictFindings lists unknown fields and keys given twice; nil when the error is another one.
func strictFindings(err error, object any) []finding {
	strict, ok := runtime.AsStrictDecodingError(err)
	if !ok {
		return nil
	}
	var found []finding
	for _, cause := range strict.Errors() {
		path := ""
		if _, quoted, ok := strings.Cut(cause.Error(), `field "`); ok {
			path = pathOf(strings.TrimSuffix(quoted, `"`), object)
		}
		found = append(found, failure("strict", path, cause.Error()))
	}
	return found
}

// What the server adds when it stopped half-way; the other findings say why.
const followUp = "some validation rules were not checked because the object was invalid"

// invalidFindings takes the causes out of the answer that refuses an object.
func invalidFindings(err error, object any) []finding {
	var status *apierrors.StatusError
	if !errors.As(err, &status) || status.ErrStatus.Details == nil || len(status.ErrStatus.Details.Causes) == 0 {
		return []finding{failure("invalid", "", err.Error())}
	}
	var found []finding
	for _, cause := range status.ErrStatus.Details.Causes {
		if strings.Contains(cause.Message, followUp) {
			continue
		}
		f := failure("invalid", pathOf(manifestField(cause.Field, object), object), shortened(cause.Message))
		f.Type = string(cause.Type)
		if !slices.Contains(found, f) {
			found = append(found, f)
		}
	}
	return found
}

// warningFinding splits "spec.containers[0].env[1]: hides …" into field and message.
func warningFinding(text string, object any) finding {
	f := finding{Step: "warning", Message: text, Severity: "warning"}
	if field, message, ok := strings.Cut(text, ": "); ok && !strings.Contains(field, " ") {
		f.Path, f.Message = pathOf(field, object), message
	}
	return f
}

// What all versions of a CustomResourceDefinition have in common is named so by its internal form.
var sharedFields = [][2]string{
	{"spec.validation.", "spec.versions[0].schema."},
	{"spec.subresources", "spec.versions[0].subresources"},
	{"spec.additionalPrinterColumns", "spec.versions[0].additionalPrinterColumns"},
	{"spec.selectableFields", "spec.versions[0].selectableFields"},
}

// manifestField says where in the manifest a field is that upstream names by its internal form.
func manifestField(field string, object any) string {
	if fields, _ := object.(map[string]any); fields["kind"] != "CustomResourceDefinition" {
		return field
	}
	for _, names := range sharedFields {
		if rest, ok := strings.CutPrefix(field, names[0]); ok {
			return names[1] + rest
		}
	}
	return field
}

const maxMessage = 300

// shortened leaves a long value out of "Invalid value: {…}: field is immutable".
func shortened(message string) string {
	const prefix = "Invalid value: "
	if len(message) <= maxMessage || !strings.HasPrefix(message, prefix) {
		return message
	}
	end := max(strings.LastIndex(message, "}: "), strings.LastIndex(message, `": `), strings.LastIndex(message, "]: "))
	if end < 0 {
		return message
	}
	return prefix + "…" + message[end+1:]
}
