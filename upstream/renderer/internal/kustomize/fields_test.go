package kustomize

import (
	"reflect"
	"testing"

	"sigs.k8s.io/kustomize/api/types"

	"driftline/renderer/internal/gotypes"
)

// The host's table of a kustomization's fields is that of kustomize's own types. DRIFTLINE_WRITE=1 writes it.
func TestFieldsAreThoseOfKustomizesTypes(t *testing.T) {
	comment := "The fields of a kustomization and of its parts, by kustomize's own types (kustomize/api v0.21.1); made by\n" +
		"`upstream/renderer/internal/kustomize/fields_test.go`. Types are written as in Go."
	if err := gotypes.Hold(reflect.TypeFor[types.Kustomization](), "../../../../src/core/validate/kustomization/types.ts", "kustomizationTypes", comment); err != nil {
		t.Error(err)
	}
}
