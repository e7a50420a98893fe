package appset

import (
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"sigs.k8s.io/yaml"
)

// applyPatch merges a templatePatch into an Application. The project stays as it was.
func applyPatch(application map[string]any, text string) (map[string]any, error) {
	patch, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		return nil, err
	}
	original, err := json.Marshal(application)
	if err != nil {
		return nil, err
	}
	merged, err := strategicpatch.StrategicMergePatchUsingLookupPatchMeta(original, patch, applicationSchema{})
	if err != nil {
		return nil, fmt.Errorf("error while applying it: %w", err)
	}
	patched := map[string]any{}
	if err := json.Unmarshal(merged, &patched); err != nil {
		return nil, err
	}
	if project, ok := mapAt(application, "spec")["project"]; ok && mapAt(patched, "spec") != nil {
		mapAt(patched, "spec")["project"] = project
	}
	return patched, nil
}

// applicationSchema says how lists of an Application are merged: only its finalizers are, all others are replaced.
type applicationSchema struct{ name string }

func (s applicationSchema) Name() string { return s.name }

func (s applicationSchema) LookupPatchMetadataForStruct(key string) (strategicpatch.LookupPatchMeta, strategicpatch.PatchMeta, error) {
	return applicationSchema{key}, strategicpatch.PatchMeta{}, nil
}

func (s applicationSchema) LookupPatchMetadataForSlice(key string) (strategicpatch.LookupPatchMeta, strategicpatch.PatchMeta, error) {
	meta := strategicpatch.PatchMeta{}
	if s.name == "metadata" && key == "finalizers" {
		meta.SetPatchStrategies([]string{"merge"})
	}
	return applicationSchema{key}, meta, nil
}
