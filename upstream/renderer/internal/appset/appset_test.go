package appset

import (
	"encoding/json"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"driftline/renderer/internal/files"
)

const here = "https://git.example/fleet.git"

func expand(t *testing.T, spec string, contents map[string]string, clusters []Cluster) Answer {
	t.Helper()
	store, hashes := files.NewStore(), map[string]string{}
	for name, content := range contents {
		hashes[name] = name
		store.Put(name, []byte(content))
	}
	tree := store.Set("t", "/repository", hashes)
	set := map[string]any{}
	text := "metadata: { name: all, namespace: argocd }\nspec:\n" + indented(spec)
	if err := yaml.Unmarshal([]byte(text), &set); err != nil {
		t.Fatal(err)
	}
	return Expand(files.NewView(tree, nil), Request{Set: set, Here: map[string]bool{here + " ": true}, Clusters: clusters})
}

func indented(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ") + "\n"
}

// names are the Applications' names, in order.
func names(answer Answer) string {
	var all []string
	for _, application := range answer.Applications {
		all = append(all, textAt(mapAt(application.Value, "metadata"), "name"))
	}
	return strings.Join(all, " ")
}

func expect(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestPlainTemplatesReplaceNamesAndKeepWhatTheyDoNotKnow(t *testing.T) {
	answer := expand(t, `
generators:
  - list: { elements: [{ cluster: eu, values: { tier: gold } }] }
template:
  metadata: { name: '{{cluster}}-{{ values.tier }}-{{unknown}}' }
  spec: { project: default }
`, nil, nil)
	expect(t, names(answer), "eu-gold-{{unknown}}")
	metadata := mapAt(answer.Applications[0].Value, "metadata")
	expect(t, textAt(metadata, "namespace"), "argocd")
	expect(t, strings.Join(textsAt(metadata, "finalizers"), " "), "resources-finalizer.argocd.argoproj.io")
}

func TestNumbersInListsTakeGoTemplates(t *testing.T) {
	const generators = "generators: [{ list: { elements: [{ port: 8080 }] } }]\ntemplate: { metadata: { name: 'p{{PORT}}' } }"
	answer := expand(t, strings.Replace(generators, "PORT", "port", 1), nil, nil)
	if len(answer.Applications) != 0 || !strings.Contains(answer.Unresolved[0], "port") {
		t.Error(answer)
	}
	expect(t, names(expand(t, "goTemplate: true\n"+strings.Replace(generators, "PORT", ".port", 1), nil, nil)), "p8080")
}

func TestGoTemplatesHaveSprigAndArgosFunctions(t *testing.T) {
	answer := expand(t, `
goTemplate: true
goTemplateOptions: [missingkey=error]
generators:
  - list: { elements: [{ branch: Feature/Some_Long.Name }] }
template:
  metadata:
    name: '{{ .branch | slugify 12 }}'
    annotations:
      normal: '{{ normalize .branch }}'
      cut: '{{ slugify 10 false .branch }}'
      yaml: '{{ dict "a" 1 | toYaml }}'
      '{{ .branch | lower | replace "/" "." }}': '{{ (fromYaml "b: [2]").b | first }}'
`, nil, nil)
	text, _ := json.Marshal(mapAt(answer.Applications[0].Value, "metadata")["annotations"])
	expect(t, names(answer), "feature-some")
	expect(t, string(text), `{"cut":"feature-so","feature.some_long.name":"2","normal":"feature-some-long.name","yaml":"a: 1"}`)
}

func TestWhatArgoRefusesMakesNothing(t *testing.T) {
	for problem, spec := range map[string]string{
		"no entry for key":    "goTemplate: true\ngoTemplateOptions: [missingkey=error]\ngenerators: [{ list: { elements: [{ a: b }] } }]\ntemplate: { metadata: { name: '{{ .c }}' } }",
		`function "env"`:      "goTemplate: true\ngenerators: [{ list: { elements: [{ a: b }] } }]\ntemplate: { metadata: { name: '{{ env .a }}' } }",
		"unrecognized option": "goTemplate: true\ngoTemplateOptions: [what]\ngenerators: [{ list: { elements: [{ a: b }] } }]\ntemplate: { metadata: { name: x } }",
		"only two":            "generators: [{ matrix: { generators: [{ list: {} }] } }]\ntemplate: { metadata: { name: x } }",
		"end tag":             "generators: [{ list: { elements: [{ a: b }] } }]\ntemplate: { metadata: { name: '{{a}}{{b' } }",
		"scmProvider":         "generators: [{ scmProvider: { github: {} } }]\ntemplate: { metadata: { name: x } }",
		"another repository":  "generators: [{ git: { repoURL: https://else.example/x, directories: [{ path: '*' }] } }]\ntemplate: { metadata: { name: x } }",
		"without any":         "generators: [{ clusters: {} }]\ntemplate: { metadata: { name: x } }",
		"duplicate key":       "generators: [{ matrix: { generators: [{ list: { elements: [{ a: b }] } }, { list: { elements: [{ a: c }] } }] } }]\ntemplate: { metadata: { name: x } }",
		"not a valid pod":     "generators: [{ list: { elements: [{ a: b }] }, selector: { matchExpressions: [{ key: a, operator: Is }] } }]\ntemplate: { metadata: { name: x } }",
	} {
		set := map[string]any{}
		if err := yaml.Unmarshal([]byte("spec:\n"+indented(spec)), &set); err != nil {
			t.Fatal(problem, err)
		}
		view := files.NewView(files.NewStore().Set("t", "/repository", map[string]string{}), nil)
		request := Request{Set: set, Here: map[string]bool{"https://else.example/x ": false}, NoClusters: "without any"}
		answer := Expand(view, request)
		if len(answer.Applications) != 0 || len(answer.Unresolved) != 1 || !strings.Contains(answer.Unresolved[0], problem) {
			t.Errorf("%s: %v", problem, answer)
		}
	}
}

func TestGitDirectoriesAreWithoutHiddenAndExcludedOnes(t *testing.T) {
	contents := map[string]string{"apps/web/a": "", "apps/web/deep/a": "", "apps/Old_1/a": "", "apps/.git/a": "", "apps/api/a": ""}
	const generator = "generators: [{ git: { repoURL: " + here + ", directories: [{ path: 'apps/*' }, { path: apps/api, exclude: true }], values: { is: VALUE } } }]\n"
	answer := expand(t, strings.Replace(generator, "VALUE", "'v-{{path.basename}}'", 1)+
		"template: { metadata: { name: '{{path.basenameNormalized}} {{path[0]}} {{values.is}} {{path}}' } }", contents, nil)
	expect(t, names(answer), "old-1 apps v-Old_1 apps/Old_1 web apps v-web apps/web")
	answer = expand(t, "goTemplate: true\n"+strings.Replace(strings.Replace(generator, "VALUE", "'v-{{ .p.path.basename }}'", 1), "values", "pathParamPrefix: p, values", 1)+
		"template: { metadata: { name: '{{ index .p.path.segments 1 }} {{ .values.is }} {{ .p.path.path }}' } }", contents, nil)
	expect(t, names(answer), "Old_1 v-Old_1 apps/Old_1 web v-web apps/web")
}

func TestGitFilesAreFoundAsGitListsThem(t *testing.T) {
	contents := map[string]string{
		"clusters/a/config.json":      `{"name": "a", "size": {"nodes": 3}}`,
		"clusters/b/x/config.yaml":    "- name: b1\n- name: b2\n",
		"clusters/config.json":        `{"name": "top"}`,
		"clusters/skip/config.json":   `{"name": "skip"}`,
		"clusters/.hidden/config.yml": `name: hidden`,
	}
	files := func(patterns string) string {
		return "generators: [{ git: { repoURL: " + here + ", files: [" + patterns + "] } }]\n"
	}
	template := "template: { metadata: { name: '{{name}}:{{path.basename}}:{{path.filename}}:{{size.nodes}}' } }"
	answer := expand(t, files("{ path: 'clusters/**/config.json' }, { path: clusters/skip, exclude: true }")+template, contents, nil)
	expect(t, names(answer), "a:a:config.json:3")
	answer = expand(t, files("{ path: 'clusters/*.y?ml' }, { path: 'clusters/*.[xy]ml' }")+template, contents, nil)
	expect(t, names(answer), "hidden:.hidden:config.yml:{{size.nodes}} b1:x:config.yaml:{{size.nodes}} b2:x:config.yaml:{{size.nodes}}")
	template = "goTemplate: true\ntemplate: { metadata: { name: '{{ .name }} {{ .path.filenameNormalized }} {{ .size }}' } }"
	answer = expand(t, files("{ path: clusters/a }")+template, contents, nil)
	expect(t, names(answer), "a config.json map[nodes:3]")
}

func TestTheSecondGeneratorOfAMatrixSeesTheFirst(t *testing.T) {
	contents := map[string]string{"envs/eu/apps.yaml": "apps: [{ name: web }, { name: api }]\n", "envs/us/apps.yaml": "apps: []\n"}
	answer := expand(t, `
goTemplate: true
generators:
  - matrix:
      generators:
        - git: { repoURL: "`+here+`", files: [{ path: 'envs/*/apps.yaml' }] }
        - list: { elementsYaml: '{{ .apps | toJson }}' }
template: { metadata: { name: '{{ .path.basename }}-{{ .name }}' } }
`, contents, nil)
	expect(t, names(answer), "eu-web eu-api")
}

func TestMergeTakesWhatOthersSayOfTheSameKey(t *testing.T) {
	const generators = `
generators:
  - merge:
      mergeKeys: [server]
      generators:
        - clusters: { values: { tag: '1' } }
        - list: { elements: [{ server: 'https://eu', values.tag: '2' }, { server: 'https://other' }] }
template: { metadata: { name: '{{name}}:{{values.tag}}' } }
`
	clusters := []Cluster{{Name: "eu", Server: "https://eu"}, {Name: "us", Server: "https://us"}}
	expect(t, names(expand(t, generators, nil, clusters)), "eu:2 us:1 in-cluster:1")
}

func TestClustersAreSelectedByLabels(t *testing.T) {
	clusters := []Cluster{
		{Name: "EU_1", Server: "https://eu", Labels: map[string]string{"stage": "prod", "region": "eu"}, Annotations: map[string]string{"team": "a"}},
		{Name: "us", Server: "https://us", Labels: map[string]string{"stage": "prod"}},
		{Name: "dev", Server: "https://dev"},
	}
	const selector = "selector: { matchLabels: { stage: prod }, matchExpressions: [{ key: region, operator: Exists }] }"
	answer := expand(t, "generators: [{ clusters: { "+selector+" } }]\ntemplate: { metadata: { name: '{{nameNormalized}} {{metadata.labels.region}} {{metadata.annotations.team}} {{project}}' } }", nil, clusters)
	expect(t, names(answer), "eu-1 eu a ")
	answer = expand(t, "goTemplate: true\ngenerators: [{ clusters: { flatList: true } }]\ntemplate: { metadata: { name: '{{ range .clusters }}{{ .name }}{{ with .metadata }}{{ .labels.stage }}{{ end }},{{ end }}' } }", nil, clusters[:2])
	expect(t, names(answer), "EU_1prod,usprod,in-cluster,")
	answer = expand(t, "generators: [{ clusters: {}, selector: { matchLabels: { server: 'https://us' } } }]\ntemplate: { metadata: { name: '{{name}}' } }", nil, clusters)
	expect(t, names(answer), "us")
}

func TestAGeneratorsTemplateComesBeforeTheSets(t *testing.T) {
	answer := expand(t, `
generators:
  - list:
      elements: [{ name: web }]
      template: { metadata: {}, spec: { project: own, destination: { server: '' }, source: { helm: { valuesObject: { a: 1 } } } } }
template:
  metadata: { name: '{{name}}' }
  spec: { project: base, destination: { server: https://eu }, source: { path: x, helm: { valuesObject: { b: 2 } } } }
`, nil, nil)
	text, _ := json.Marshal(answer.Applications[0].Value["spec"])
	expect(t, string(text), `{"destination":{"server":"https://eu"},"project":"own","source":{"helm":{"valuesObject":{"a":1}},"path":"x"}}`)
}

func TestATemplatePatchIsMergedLast(t *testing.T) {
	answer := expand(t, `
goTemplate: true
generators: [{ list: { elements: [{ name: web, files: [a, b] }] } }]
template:
  metadata: { name: '{{ .name }}', finalizers: [one] }
  spec: { project: base, source: { path: x, helm: { releaseName: r, valueFiles: [z] } } }
templatePatch: |
  metadata: { finalizers: [two] }
  spec:
    project: stolen
    source:
      helm:
        releaseName: null
        valueFiles:
        {{- range .files }}
          - {{ . }}.yaml
        {{- end }}
`, nil, nil)
	if len(answer.Applications) != 1 {
		t.Fatal(answer.Unresolved)
	}
	value := answer.Applications[0].Value
	text, _ := json.Marshal(value["spec"])
	expect(t, string(text), `{"project":"base","source":{"helm":{"valueFiles":["a.yaml","b.yaml"]},"path":"x"}}`)
	expect(t, strings.Join(textsAt(mapAt(value, "metadata"), "finalizers"), " "), "two one")
}

func TestAsksWhichRepositoriesAreThisOne(t *testing.T) {
	answer := expand(t, "generators: [{ git: { repoURL: https://other.example/x, revision: v1, directories: [{ path: '*' }] } }]\ntemplate: { metadata: { name: x } }", nil, nil)
	if len(answer.Asks) != 1 || answer.Asks[0] != (Source{"https://other.example/x", "v1"}) {
		t.Error(answer)
	}
}
