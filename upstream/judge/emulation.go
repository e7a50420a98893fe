package main

import (
	"fmt"
	"regexp"
	"strconv"

	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/apiserver/pkg/util/feature"
)

const newestMinor = 36

// Older feature gates are not in the code any more, so that nothing older can be emulated.
const oldestMinor = 28

var minorVersion = regexp.MustCompile(`^v?1\.(\d+)`)

// emulate gives the feature gates the defaults they have in another minor version, and returns the minor.
// It holds for the whole process, so it must not run beside other work.
func emulate(target string) (int, error) {
	minor := newestMinor
	if target != "" {
		match := minorVersion.FindStringSubmatch(target)
		if match == nil {
			return 0, requestError{"usage", fmt.Sprintf("%q is no Kubernetes version", target)}
		}
		minor, _ = strconv.Atoi(match[1])
	}
	gates := feature.DefaultMutableFeatureGate
	wanted := version.MajorMinor(1, uint(min(max(minor, oldestMinor), newestMinor)))
	if !gates.EmulationVersion().EqualTo(wanted) {
		if err := gates.SetEmulationVersion(wanted); err != nil {
			return 0, requestError{"usage", fmt.Sprintf("Kubernetes %s cannot be emulated", target)}
		}
	}
	return minor, nil
}
