package main

import (
	"reflect"
	"slices"

	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/apis/core"
)

// defaultTolerationSeconds is what the plugin writes where the server's flags do not say otherwise.
const defaultTolerationSeconds = 300

// keepTolerations adds what the server's admission plugin DefaultTolerationSeconds adds to a Pod that does not say
// how long it stays on a node that is not ready or cannot be reached. That the plugin runs is known from the living
// Pod only: it tolerates both, and at least one in the plugin's own shape. What is not of that shape may have been
// declared.
func keepTolerations(pod, old *core.Pod) {
	keys := []string{v1.TaintNodeNotReady, v1.TaintNodeUnreachable}
	runs := slices.ContainsFunc(keys, func(key string) bool { return isAdded(old.Spec.Tolerations, key) })
	for _, key := range keys {
		runs = runs && isTolerated(old.Spec.Tolerations, key)
	}
	for _, key := range keys {
		if runs && !isTolerated(pod.Spec.Tolerations, key) {
			pod.Spec.Tolerations = append(pod.Spec.Tolerations, addedToleration(key))
		}
	}
}

func addedToleration(key string) core.Toleration {
	seconds := int64(defaultTolerationSeconds)
	return core.Toleration{Key: key, Operator: core.TolerationOpExists, Effect: core.TaintEffectNoExecute, TolerationSeconds: &seconds}
}

// isAdded tells whether one has the plugin's own shape.
func isAdded(tolerations []core.Toleration, key string) bool {
	return slices.ContainsFunc(tolerations, func(each core.Toleration) bool { return reflect.DeepEqual(each, addedToleration(key)) })
}

// isTolerated as the plugin asks it: an empty key or effect stands for all.
func isTolerated(tolerations []core.Toleration, key string) bool {
	for _, each := range tolerations {
		if (each.Key == key || each.Key == "") && (each.Effect == core.TaintEffectNoExecute || each.Effect == "") {
			return true
		}
	}
	return false
}
