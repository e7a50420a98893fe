package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"sigs.k8s.io/yaml"
)

// validateText reads YAML as kubectl does: merge keys are resolved, the last of two equal keys wins.
func validateText(text string, types *typeSet, minor int) []finding {
	body, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		return []finding{failure("parse", "", err.Error())}
	}
	return validate(body, types, minor)
}

// validate says what the server would say to a request to create the object.
func validate(body []byte, types *typeSet, minor int) (found []finding) {
	defer func() {
		if cause := recover(); cause != nil {
			found = unchecked(panicMessage(cause))
		}
	}()
	var object map[string]any
	if err := utiljson.Unmarshal(body, &object); err != nil {
		return []finding{failure("parse", "", err.Error())}
	}
	gvk, wrong := kindOf(object)
	if wrong != nil {
		return []finding{*wrong}
	}
	if items, ok := itemsOf(object, gvk); ok {
		return validateItems(items, types, minor)
	}
	found = validateKind(body, object, gvk, types, minor)
	return redact(found, object)
}

func kindOf(object map[string]any) (schema.GroupVersionKind, *finding) {
	none := schema.GroupVersionKind{}
	apiVersion, _ := object["apiVersion"].(string)
	kind, _ := object["kind"].(string)
	if apiVersion == "" {
		f := failure("kind", ".apiVersion", "apiVersion is missing or no text")
		return none, &f
	}
	if kind == "" {
		f := failure("kind", ".kind", "kind is missing or no text")
		return none, &f
	}
	groupVersion, err := schema.ParseGroupVersion(apiVersion)
	if err != nil {
		f := failure("kind", ".apiVersion", err.Error())
		return none, &f
	}
	return groupVersion.WithKind(kind), nil
}

// itemsOf returns the objects of a List, or of a typed list such as RoleBindingList.
func itemsOf(object map[string]any, gvk schema.GroupVersionKind) ([]any, bool) {
	member, ok := strings.CutSuffix(gvk.Kind, "List")
	generic := ok && member == "" && gvk.Group == "" && gvk.Version == "v1"
	typed := ok && strategies[schema.GroupKind{Group: gvk.Group, Kind: member}] != nil
	if !generic && !typed {
		return nil, false
	}
	items, _ := object["items"].([]any)
	for _, item := range items {
		if fields, ok := item.(map[string]any); ok && typed {
			fields["apiVersion"], fields["kind"] = object["apiVersion"], member
		}
	}
	return items, true
}

func validateItems(items []any, types *typeSet, minor int) []finding {
	var found []finding
	for i, item := range items {
		body, err := json.Marshal(item)
		if err != nil {
			continue
		}
		for _, f := range validate(body, types, minor) {
			f.Path = ".items" + indexText(i) + f.Path
			found = append(found, f)
		}
	}
	return found
}

func validateKind(body []byte, object map[string]any, gvk schema.GroupVersionKind, types *typeSet, minor int) []finding {
	if types.find(gvk.GroupKind()) == nil && scheme.IsGroupRegistered(gvk.Group) {
		served := servedFinding(gvk, minor)
		if served != nil && served.Severity == "error" {
			return []finding{*served}
		}
		if strategies[gvk.GroupKind()] == nil {
			return unchecked(cmp.Or(unstored(gvk), fmt.Sprintf("%s is not an object that the server keeps", gvk.Kind)))
		}
		found := asOf(minor, validateBuiltin(builtin(gvk), body, object), object, gvk.GroupKind())
		if served != nil {
			found = append(found, *served)
		}
		return found
	}
	k, err := kindFor(gvk, types)
	if custom, ok := k.(*customKind); ok && err == nil {
		return validateCustom(custom, body, object)
	}
	if errors.As(err, &notServed{}) {
		return []finding{failure("version", ".apiVersion", err.Error())}
	}
	return unchecked(err.Error())
}

// How often values of a wrong type are taken out, to see what else is wrong.
const maxDecodes = 3

func validateBuiltin(k *builtinKind, body []byte, object map[string]any) []finding {
	var wrong []finding
	for range maxDecodes {
		decoded, err := k.decodeStrictly(body, len(wrong) > 0)
		strict := strictFindings(err, object)
		if decoded != nil && (err == nil || strict != nil) {
			if err == nil && len(wrong) == 0 {
				return create(k, decoded, object)
			}
			others := append(strict, createRest(k, decoded, object)...)
			return append(wrong, outside(wrong, others)...)
		}
		if errors.Is(err, errIncomplete) {
			return wrong
		}
		// The server stops at the first value of a wrong type.
		rest, more := takeWrongTypes(body, k.gvk)
		if len(more) == 0 {
			return append(wrong, failure("decode", "", err.Error()))
		}
		wrong, body = append(wrong, more...), rest
	}
	return wrong
}

// decodeStrictly reads an object; `incomplete` ones have null where a value was taken out, for which upstream's
// defaults may not be made.
func (k *builtinKind) decodeStrictly(body []byte, incomplete bool) (decoded runtime.Object, err error) {
	if incomplete {
		defer func() {
			if recover() != nil {
				decoded, err = nil, errIncomplete
			}
		}()
	}
	decoder := legacyscheme.Codecs.DecoderToVersion(strictJSON, k.internal())
	decoded, _, err = decoder.Decode(body, &k.gvk, nil)
	return decoded, err
}

var errIncomplete = errors.New("what is left of the object cannot be read")

// createRest finds what else is wrong with an object that the server does not read, as far as that can be told.
func createRest(k kind, decoded runtime.Object, object map[string]any) (found []finding) {
	defer func() {
		if recover() != nil {
			found = nil
		}
	}()
	return create(k, decoded, object)
}

// outside leaves out what is found only because a value of a wrong type was taken out.
func outside(wrong, found []finding) []finding {
	return slices.DeleteFunc(found, func(f finding) bool {
		return slices.ContainsFunc(wrong, func(w finding) bool { return isAtOrBelow(f.Path, w.Path) })
	})
}

func validateCustom(k *customKind, body []byte, object map[string]any) []finding {
	decoded, _, err := strictCustomJSON.Decode(body, &k.gvk, nil)
	found := strictFindings(err, object)
	content, ok := decoded.(*unstructured.Unstructured)
	if !ok || err != nil && found == nil {
		return append(found, unreadable(err, body)...)
	}
	unknown, err := k.coerce(content)
	if err != nil {
		return append(found, unreadable(err, body)...)
	}
	for _, field := range unknown {
		found = append(found, failure("strict", pathOf(field, object), fmt.Sprintf("unknown field %q", field)))
	}
	k.Default(content)
	for _, f := range create(k, content, object) {
		if isBrokenRule(f.Message) {
			return unchecked(k.parent.brokenRule().reason)
		}
		found = append(found, f)
	}
	return found
}

// unreadable says where a custom resource cannot be read: before its schema is asked, only its metadata has a type.
func unreadable(err error, body []byte) []finding {
	if wrong := wrongMetadata(body); len(wrong) > 0 {
		return wrong
	}
	return []finding{failure("decode", "", err.Error())}
}
