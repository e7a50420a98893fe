package appset

// Cluster is one that Argo CD knows by a Secret.
type Cluster struct {
	Name        string            `json:"name"`
	Server      string            `json:"server"`
	Project     string            `json:"project"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

const (
	inClusterName   = "in-cluster"
	inClusterServer = "https://kubernetes.default.svc"
)

// ownAnnotations are the engine's and kubectl's own state, which templates do not see.
var ownAnnotations = map[string]bool{
	"argocd.argoproj.io/refresh":                       true,
	"argocd.argoproj.io/hydrate":                       true,
	"argocd.argoproj.io/tracking-id":                   true,
	"argocd.argoproj.io/installation-id":               true,
	"kubectl.kubernetes.io/last-applied-configuration": true,
}

// clusters makes parameters of the clusters that the selector matches. The one in which Argo CD runs counts
// without a Secret too, as long as nothing is selected.
func (e *expander) clusters(options map[string]any) ([]parameters, error) {
	if e.request.NoClusters != "" {
		return nil, &notHere{"its clusters generator: " + e.request.NoClusters}
	}
	selector := mapAt(options, "selector")
	matches, err := selectorOf(any(selector))
	if err != nil {
		return nil, err
	}
	selects := len(mapAt(selector, "matchLabels"))+len(listAt(selector, "matchExpressions")) > 0
	made, known := []parameters{}, false
	for _, cluster := range e.request.Clusters {
		if selects && !matches(cluster.Labels) {
			continue
		}
		known = known || cluster.Server == inClusterServer
		made = append(made, e.clusterParameters(cluster))
	}
	if !selects && !known {
		made = append(made, parameters{
			"name": inClusterName, "nameNormalized": inClusterName, "server": inClusterServer, "project": "",
		})
	}
	for _, params := range made {
		if err := e.appendValues(params, options); err != nil {
			return nil, err
		}
	}
	if options["flatList"] == true {
		return []parameters{{"clusters": made}}, nil
	}
	return made, nil
}

func (e *expander) clusterParameters(cluster Cluster) parameters {
	params := parameters{
		"name": cluster.Name, "nameNormalized": sanitized(cluster.Name), "server": cluster.Server, "project": cluster.Project,
	}
	annotations := map[string]string{}
	for key, value := range cluster.Annotations {
		if !ownAnnotations[key] {
			annotations[key] = value
		}
	}
	if e.render.goTemplate {
		metadata := map[string]any{}
		if len(cluster.Annotations) > 0 {
			metadata["annotations"] = annotations
		}
		if len(cluster.Labels) > 0 {
			metadata["labels"] = cluster.Labels
		}
		params["metadata"] = metadata
		return params
	}
	for key, value := range annotations {
		params["metadata.annotations."+key] = value
	}
	for key, value := range cluster.Labels {
		params["metadata.labels."+key] = value
	}
	return params
}
