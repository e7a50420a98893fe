package main

import (
	"slices"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/kubernetes/pkg/apis/core"
)

// keepAllocated keeps the addresses and node ports that the server gave an existing Service, as its storage
// layer does before validation.
func keepAllocated(service, old *core.Service) {
	external, wasExternal := isExternal(service), isExternal(old)
	if !external && !wasExternal {
		keepAddresses(service, old)
	} else if external && !wasExternal {
		releaseAddresses(service, old)
	}
	if needsNodePorts(service) && needsNodePorts(old) {
		keepNodePorts(service, old)
	}
	if needsHealthCheckPort(service) && needsHealthCheckPort(old) && service.Spec.HealthCheckNodePort == 0 {
		service.Spec.HealthCheckNodePort = old.Spec.HealthCheckNodePort
	}
}

func isExternal(service *core.Service) bool {
	return service.Spec.Type == core.ServiceTypeExternalName
}

func keepAddresses(service, old *core.Service) {
	spec := &service.Spec
	if spec.ClusterIP == "" {
		spec.ClusterIP = old.Spec.ClusterIP
	}
	if len(spec.ClusterIPs) == 0 {
		spec.ClusterIPs = old.Spec.ClusterIPs
	}
	if spec.ClusterIP != old.Spec.ClusterIP && slices.Equal(spec.ClusterIPs, old.Spec.ClusterIPs) {
		spec.ClusterIPs = []string{spec.ClusterIP}
	}
	if len(spec.IPFamilies) == 0 {
		spec.IPFamilies = old.Spec.IPFamilies
	}
	if spec.IPFamilyPolicy == nil {
		spec.IPFamilyPolicy = old.Spec.IPFamilyPolicy
	}
}

func releaseAddresses(service, old *core.Service) {
	if slices.Equal(service.Spec.ClusterIPs, old.Spec.ClusterIPs) {
		service.Spec.ClusterIP, service.Spec.ClusterIPs = "", nil
	}
	service.Spec.IPFamilies, service.Spec.IPFamilyPolicy = nil, nil
}

func needsNodePorts(service *core.Service) bool {
	switch service.Spec.Type {
	case core.ServiceTypeNodePort:
		return true
	case core.ServiceTypeLoadBalancer:
		allocate := service.Spec.AllocateLoadBalancerNodePorts
		return allocate == nil || *allocate
	}
	return false
}

func keepNodePorts(service, old *core.Service) {
	used, byName := map[int32]bool{}, map[string]int32{}
	for _, port := range service.Spec.Ports {
		used[port.NodePort] = true
	}
	for _, port := range old.Spec.Ports {
		byName[port.Name] = port.NodePort
	}
	for i := range service.Spec.Ports {
		port := &service.Spec.Ports[i]
		if kept := byName[port.Name]; port.NodePort == 0 && !used[kept] {
			port.NodePort = kept
		}
	}
}

// The first node port of the default range; any would do.
const someNodePort = 30000

// withAllocations does the work on an object as if the server had allocated what validation asks for.
func withAllocations(object runtime.Object, work func()) {
	service, ok := object.(*core.Service)
	if !ok || !needsHealthCheckPort(service) || service.Spec.HealthCheckNodePort != 0 {
		work()
		return
	}
	service.Spec.HealthCheckNodePort = someNodePort
	work()
	service.Spec.HealthCheckNodePort = 0
}

func needsHealthCheckPort(service *core.Service) bool {
	return service.Spec.Type == core.ServiceTypeLoadBalancer && service.Spec.ExternalTrafficPolicy == core.ServiceExternalTrafficPolicyLocal
}
