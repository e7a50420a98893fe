package main

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	typed "k8s.io/client-go/kubernetes/typed/core/v1"
)

// neverStored are the kinds that a server answers to but never keeps, so that there is nothing to compare, with
// what they are instead.
var neverStored = map[schema.GroupKind]string{
	{Group: "", Kind: "Binding"}:                                      "the request that puts a Pod on a Node",
	{Group: "", Kind: "ComponentStatus"}:                              "worked out when asked for",
	{Group: "", Kind: "PodStatusResult"}:                              "an answer",
	{Group: "", Kind: "NodeProxyOptions"}:                             "the options of a request",
	{Group: "", Kind: "PodAttachOptions"}:                             "the options of a request",
	{Group: "", Kind: "PodExecOptions"}:                               "the options of a request",
	{Group: "", Kind: "PodLogOptions"}:                                "the options of a request",
	{Group: "", Kind: "PodPortForwardOptions"}:                        "the options of a request",
	{Group: "", Kind: "PodProxyOptions"}:                              "the options of a request",
	{Group: "", Kind: "RangeAllocation"}:                              "the server's own record, which it does not serve",
	{Group: "", Kind: "SerializedReference"}:                          "a value inside annotations",
	{Group: "", Kind: "ServiceProxyOptions"}:                          "the options of a request",
	{Group: "apps", Kind: "Scale"}:                                    "a view of another object",
	{Group: "authentication.k8s.io", Kind: "SelfSubjectReview"}:       "a question to the server",
	{Group: "authentication.k8s.io", Kind: "TokenRequest"}:            "the request for a token of a ServiceAccount",
	{Group: "authentication.k8s.io", Kind: "TokenReview"}:             "a question to the server",
	{Group: "authorization.k8s.io", Kind: "LocalSubjectAccessReview"}: "a question to the server",
	{Group: "authorization.k8s.io", Kind: "SelfSubjectAccessReview"}:  "a question to the server",
	{Group: "authorization.k8s.io", Kind: "SelfSubjectRulesReview"}:   "a question to the server",
	{Group: "authorization.k8s.io", Kind: "SubjectAccessReview"}:      "a question to the server",
	{Group: "autoscaling", Kind: "Scale"}:                             "a view of another object",
	{Group: "extensions", Kind: "Scale"}:                              "a view of another object",
	{Group: "policy", Kind: "Eviction"}:                               "the request that removes a Pod",
}

// namespaces stands for the cluster's, which are not known here.
type namespaces struct{ typed.NamespaceInterface }

// Get ends the validation: it is asked for only where a claim wants admin access to devices.
func (namespaces) Get(context.Context, string, metav1.GetOptions) (*corev1.Namespace, error) {
	panic(unknownKind{"whether admin access to devices is allowed depends on a label of the namespace"})
}
