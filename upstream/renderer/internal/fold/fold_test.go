package fold

import (
	"strings"
	"testing"

	"driftline/renderer/internal/provenance"
)

func foldOf(t *testing.T, text string) *Text {
	t.Helper()
	return New(provenance.NewText(text))
}

var long = strings.Repeat("    some text\n", 50)

func TestALongTextIsTakenOutAndLinesStay(t *testing.T) {
	text := "kind: ConfigMap\ndata:\n  a: |  # note\n" + long + "\n  # end\n  b: short\n"
	folded := foldOf(t, text)
	if folded == nil || len(folded.Folds) != 1 {
		t.Fatal(folded)
	}
	fold := folded.Folds[0]
	lines := strings.Split(string(folded.Content), "\n")
	if lines[2] != "  a: "+fold.Token || lines[3] != "" || lines[55] != "  b: short" || fold.Line != 3 {
		t.Errorf("%q", lines)
	}
	if want := `"some text\nsome text`; !strings.HasPrefix(string(fold.JSON), want) {
		t.Errorf("%.40s", fold.JSON)
	}
	if folded.At(3, fold.Token) != fold || folded.At(4, fold.Token) != nil {
		t.Error("not found by its line")
	}
}

func TestTheSchemaOfACustomResourceIsTakenOut(t *testing.T) {
	schema := "    schema:\n      openAPIV3Schema:\n        properties:\n" + strings.Repeat("          a: {type: string}\n", 1) +
		strings.Repeat("\n", 20) + "        type: object\n"
	text := "kind: CustomResourceDefinition\nspec:\n  versions:\n  - name: v1\n" + schema + "    served: true\n"
	folded := foldOf(t, text)
	if folded == nil || len(folded.Folds) != 1 {
		t.Fatal(folded)
	}
	want := `{"openAPIV3Schema":{"properties":{"a":{"type":"string"}},"type":"object"}}`
	if got := string(folded.Folds[0].JSON); got != want {
		t.Error(got)
	}
	if !strings.Contains(string(folded.Content), "\n    served: true\n") || strings.Contains(string(folded.Content), "openAPI") {
		t.Errorf("%s", folded.Content)
	}
}

func TestWhatCannotBeTakenOutSafelyStays(t *testing.T) {
	for name, text := range map[string]string{
		"short":       "data:\n  a: |\n    b\n",
		"anchors":     "x: &x 1\ndata:\n  a: |\n" + long,
		"tagged":      "data:\n  a: !!str |\n" + long,
		"folded text": "data:\n  a: >\n" + long,
		"other kind":  "kind: Widget\nspec:\n  versions:\n  - schema:\n      a: 1\n" + strings.Repeat("\n", 30),
	} {
		if folded := foldOf(t, text); folded != nil {
			t.Errorf("%s: %s", name, folded.Content)
		}
	}
}
