package helm

import (
	"reflect"
	"testing"

	chart "helm.sh/helm/v4/pkg/chart/v2"

	"driftline/renderer/internal/gotypes"
)

// The host's table of the fields of Chart.yaml is that of Helm's own types. DRIFTLINE_WRITE=1 writes it.
func TestFieldsAreThoseOfHelmsTypes(t *testing.T) {
	comment := "The fields of Chart.yaml and of its parts, by Helm's own types (helm.sh/helm/v4 v4.2.4); made by\n" +
		"`upstream/renderer/internal/helm/fields_test.go`. Types are written as in Go."
	if err := gotypes.Hold(reflect.TypeFor[chart.Metadata](), "../../../../src/core/validate/charts/types.ts", "chartTypes", comment); err != nil {
		t.Error(err)
	}
}
