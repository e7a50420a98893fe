package main

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/apis/core"
)

// defaultTolerationSeconds is what the plugin writes where the server's flags do not say otherwise.
const defaultTolerationSeconds = 300

// keepTolerations adds what the server's admission plugin DefaultTolerationSeconds adds to a Pod that does not say
// how long it stays on a node that is not ready or cannot be reached. That the plugin runs is known from the living
// Pod only; what is not of its own shape may have been declared, and is not added.
func keepTolerations(pod, old *core.Pod) {
	for _, key := range []string{v1.TaintNodeNotReady, v1.TaintNodeUnreachable} {
		added := addedToleration(old.Spec.Tolerations, key)
		if added != nil && !isTolerated(pod.Spec.Tolerations, key) {
			pod.Spec.Tolerations = append(pod.Spec.Tolerations, *added)
		}
	}
}

// addedToleration is the one of the plugin's own shape.
func addedToleration(tolerations []core.Toleration, key string) *core.Toleration {
	for i, each := range tolerations {
		own := each.Key == key && each.Operator == core.TolerationOpExists && each.Effect == core.TaintEffectNoExecute
		if own && each.TolerationSeconds != nil && *each.TolerationSeconds == defaultTolerationSeconds {
			return &tolerations[i]
		}
	}
	return nil
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
