package main

import (
	"errors"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// refusal is the server's answer to an apply that it does not accept.
type refusal struct {
	// 400 and 500: the manifest cannot be read. 409: other managers own fields. 422: validation refuses the result.
	Code     int       `json:"code"`
	Message  string    `json:"message"`
	Findings []finding `json:"findings"`
	// The manifest by itself is valid: it is the change of the living object that is refused.
	Recreate bool `json:"recreate"`
}

// uncheckedReason tells errors that say nothing about the manifest.
func uncheckedReason(err error) (string, bool) {
	var unknown unknownKind
	switch {
	case err == nil:
		return "", false
	case errors.As(err, &unknown):
		return unknown.reason, true
	case blamesLive(err):
		return "the live object does not fit its schema", true
	}
	return "", false
}

// blamesLive tells errors about the live object from those about the manifest; they have no types.
func blamesLive(err error) bool {
	text := err.Error()
	return strings.HasPrefix(text, "failed to create manager for existing fields") || strings.HasPrefix(text, "failed to create typed live object")
}

func refusalOf(err error, object map[string]any) *refusal {
	refused := &refusal{Code: 500} // as the server answers where a manifest does not fit the schema
	var status apierrors.APIStatus
	if unknown := strictFindings(err, object); unknown != nil {
		refused.Code, refused.Findings = 400, unknown
	} else if errors.As(err, &status) && status.Status().Code != 0 {
		refused.Code, refused.Findings = int(status.Status().Code), invalidFindings(err, object)
	} else {
		refused.Findings = []finding{typedPatchFinding(err, object)}
	}
	var causes []string
	for _, f := range refused.Findings {
		causes = append(causes, strings.TrimPrefix(f.Path+": "+f.Message, ": "))
	}
	refused.Message = strings.Join(causes, "; ")
	return refused
}

// typedPatchFinding takes the field out of "failed to create typed patch object (…): .spec.x: field not …".
func typedPatchFinding(err error, object map[string]any) finding {
	_, cause, ok := strings.Cut(err.Error(), "): .")
	field, message, hasField := strings.Cut(cause, ": ")
	if !ok || !hasField {
		return failure("invalid", "", err.Error())
	}
	return failure("invalid", pathOf(field, object), message)
}
