package main

import (
	"strings"
	"testing"
)

// foundIn lists "step path" of what is found.
func foundIn(t *testing.T, text string, types *typeSet, target string) []string {
	t.Helper()
	minor, err := emulate(target)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range validateText(text, types, minor) {
		lines = append(lines, strings.TrimSpace(f.Step+" "+f.Path))
	}
	return lines
}

const webDeployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: a, image: "a:1"}]}
`

func TestValidate(t *testing.T) {
	types := withTypes(t, widgetType)
	for name, c := range map[string]struct {
		text, target string
		want         []string
	}{
		"valid":             {text: webDeployment},
		"no YAML":           {text: "a: [", want: []string{"parse"}},
		"no kind":           {text: "apiVersion: v1", want: []string{"kind .kind"}},
		"kind is no text":   {text: "apiVersion: v1\nkind: 3", want: []string{"kind .kind"}},
		"misspelt kind":     {text: "apiVersion: apps/v1\nkind: Deploy", want: []string{"kind .kind"}},
		"wrong version":     {text: "apiVersion: apps/v7\nkind: Deployment", want: []string{"version .apiVersion"}},
		"removed version":   {text: "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}", want: []string{"version .apiVersion"}},
		"deprecated":        {text: "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}", target: "1.24", want: []string{"version .apiVersion"}},
		"from a later one":  {text: "apiVersion: resource.k8s.io/v1\nkind: DeviceClass\nmetadata: {name: a}", target: "v1.33.2", want: []string{"version .apiVersion"}},
		"unknown kind":      {text: "apiVersion: other.example.com/v1\nkind: Thing", want: []string{"unchecked"}},
		"not an object":     {text: "apiVersion: authentication.k8s.io/v1\nkind: TokenReview", want: []string{"unchecked"}},
		"without a name":    {text: "apiVersion: v1\nkind: ConfigMap", want: []string{"invalid .metadata.name"}},
		"generated name":    {text: "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: a-}"},
		"cluster scope":     {text: "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, namespace: b}"},
		"several, in order": {text: "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {type: Any, ports: [{port: 80}, {name: b, port: 70000, targetPort: 1}]}", want: []string{"invalid .spec.type", "invalid .spec.ports[0].name", "invalid .spec.ports[1].port"}},
		"allocated":         {text: "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {type: LoadBalancer, externalTrafficPolicy: Local, clusterIP: 10.0.0.1, ports: [{port: 80}]}"},
		"unknown field":     {text: webDeployment + "  replica: 3\n", want: []string{"strict .spec.replica"}},
		"key with dots":     {text: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a.b/c: x}", want: []string{`invalid .data["a.b/c"]`}},
		"list":              {text: "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: A}}]", want: []string{"invalid .items[0].metadata.name"}},
		"typed list":        {text: "apiVersion: v1\nkind: ConfigMapList\nitems: [{metadata: {name: a}}, {metadata: {name: B}}]", want: []string{"invalid .items[1].metadata.name"}},
		"custom":            {text: "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\nspec: {size: 2}"},
		"custom unknown":    {text: "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\nspec: {sise: 2, parts: [{name: a, wight: 1}]}", want: []string{"strict .spec.sise", "strict .spec.parts[0].wight"}},
		"custom type":       {text: "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\nspec: {parts: [{name: a}, {name: b, weight: x}]}", want: []string{"invalid .spec.parts[1].weight"}},
		"custom rule":       {text: "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\nspec: {limit: 2}", want: []string{"invalid .spec"}},
		"custom version":    {text: "apiVersion: example.com/v1alpha1\nkind: Widget\nmetadata: {name: a}", want: []string{"version .apiVersion"}},
		"definition":        {text: widgetType},
		"one version":       {text: "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: as.b.io}\nspec: {group: b.io, scope: Cluster, names: {plural: as, kind: A}, versions: [{name: v1, served: true, storage: true, additionalPrinterColumns: [{name: A, type: x, jsonPath: .a}], schema: {openAPIV3Schema: {type: object, properties: {spec: {type: array}}}}}]}", want: []string{"invalid .spec.versions[0].additionalPrinterColumns[0].type", "invalid .spec.versions[0].schema.openAPIV3Schema.properties.spec.items"}},
		"broken definition": {text: strings.Replace(widgetType, "self.size <=", "self.sise <=", 1), want: []string{"invalid .spec.versions[0].schema.openAPIV3Schema.properties.spec.x-kubernetes-validations[0].rule"}},
	} {
		t.Run(name, func(t *testing.T) { expect(t, foundIn(t, c.text, types, c.target), c.want) })
	}
}

// The server stops at the first value of a wrong type, and names neither list index nor quantities.
func TestValidateFindsEveryValueOfAWrongType(t *testing.T) {
	text := `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {v: 1}}
spec:
  replicas: two
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: a, image: "a:1"}
      - {name: b, image: "b:1", ports: [{containerPort: 80}, {containerPort: http}], resources: {limits: {cpu: 1x, memory: 1Gi}}}
      - {name: c, image: 3, env: [{name: A, value: true}], livenessProbe: {httpGet: {port: false}}}
`
	expect(t, foundIn(t, text, &typeSet{}, ""), []string{
		"decode .metadata.labels.v",
		"decode .spec.replicas",
		"decode .spec.template.spec.containers[1].ports[1].containerPort",
		"decode .spec.template.spec.containers[1].resources.limits.cpu",
		"decode .spec.template.spec.containers[2].image",
		"decode .spec.template.spec.containers[2].env[0].value",
		"decode .spec.template.spec.containers[2].livenessProbe.httpGet.port",
	})
}

func TestValidateKeepsNumbersApart(t *testing.T) {
	body := []byte(`{"apiVersion":"autoscaling/v1","kind":"HorizontalPodAutoscaler","metadata":{"name":"a"},"spec":{"maxReplicas":2.5,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"a"}}}`)
	found := validate(body, &typeSet{}, newestMinor)
	if len(found) != 1 || found[0].Path != ".spec.maxReplicas" || !strings.Contains(found[0].Message, "2.5") {
		t.Errorf("got %+v", found)
	}
}

func TestValidateFollowsTheTarget(t *testing.T) {
	pod := "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a, env: [{name: 'a:b', value: x}]}]}"
	expect(t, foundIn(t, pod, &typeSet{}, "1.33"), nil)
	expect(t, foundIn(t, pod, &typeSet{}, "1.31"), []string{"invalid .spec.containers[0].env[0].name"})
	expect(t, foundIn(t, pod, &typeSet{}, ""), nil)
}

func TestValidateWarns(t *testing.T) {
	pod := "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a, env: [{name: A, value: x}, {name: A, value: z}]}]}"
	found := validateText(pod, &typeSet{}, newestMinor)
	if len(found) != 1 || found[0].Step != "warning" || found[0].Path != ".spec.containers[0].env[1]" || strings.HasPrefix(found[0].Message, "spec") {
		t.Errorf("got %+v", found)
	}
}

func TestValidateTellsNoSecrets(t *testing.T) {
	text := "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: kubernetes.io/tls\ndata: {tls.crt: aHVudGVyMg==, tls.key: hunter2-is-no-base64, x: [hunter2]}\nstringData: {a: 7777777}"
	found := validateText(text, &typeSet{}, newestMinor)
	if len(found) < 3 {
		t.Errorf("got %+v", found)
	}
	for _, f := range found {
		if strings.Contains(f.Message, "hunter") || strings.Contains(f.Message, "7777777") || strings.Contains(f.Message, "aHVudGVyMg") {
			t.Errorf("tells a secret: %s", f.Message)
		}
	}
	if got := redactText(`value "ab" of abc is not hunter2`, []string{"hunter2", "ab"}); got != `value "***" of abc is not ***` {
		t.Error(got)
	}
}

// Upstream's code panics on some broken objects; that is no error of the object.
func TestValidateSurvivesAPanic(t *testing.T) {
	found := validateText("apiVersion: example.com/v1\nkind: Widget", nil, newestMinor) // nil: no set to look in
	if len(found) != 1 || found[0].Step != "unchecked" || found[0].Severity == "error" {
		t.Errorf("got %+v", found)
	}
	if got := panicMessage("hunter2"); strings.Contains(got, "hunter2") {
		t.Errorf("tells what it panicked with: %s", got)
	}
}
