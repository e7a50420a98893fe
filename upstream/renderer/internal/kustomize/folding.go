package kustomize

import (
	"bytes"
	"path"
	"regexp"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"driftline/renderer/internal/files"
	"driftline/renderer/internal/fold"
	"driftline/renderer/internal/provenance"
)

// folding is one build with folded texts. It is not to be believed where something in the build could look
// into what was taken out.
type folding struct {
	view *files.View
	// folds by token.
	folds map[string]*fold.Fold
	// raw are files that generators take as they are; patches are files that change objects.
	raw, patches map[string]bool
	unsafe       bool
}

func newFolding(view *files.View) *folding {
	return &folding{view: view, folds: map[string]*fold.Fold{}, raw: map[string]bool{}, patches: map[string]bool{}}
}

// rewrite folds a file as it is read.
func (f *folding) rewrite(name string, content []byte) []byte {
	if f == nil {
		return content
	}
	if isKustomization(name) {
		f.inspect(name, content)
		return content
	}
	if !isManifest(name) || f.raw[name] {
		return content
	}
	if f.patches[name] && looksInside(content) {
		f.unsafe = true
	}
	folded := f.text(name, content)
	if folded == nil {
		return content
	}
	for _, each := range folded.Folds {
		f.folds[each.Token] = each
	}
	return folded.Content
}

func isManifest(name string) bool {
	extension := path.Ext(name)
	return extension == ".yaml" || extension == ".yml"
}

// text is a file's folded text, or nil.
func (f *folding) text(name string, content []byte) *fold.Text {
	if f == nil || f.view.Hash(name) == "" || !fold.Possible(content) {
		return nil
	}
	return files.Get(f.view.Derived(), foldedKey{f.view.Hash(name)}, func() (*fold.Text, int) {
		text := textOf(f.view, name)
		folded := fold.New(text)
		if folded == nil {
			return nil, 64
		}
		return folded, len(folded.Content) + nodeWeight*text.Size()
	})
}

type foldedKey struct{ hash string }
type textKey struct{ hash string }

// nodeWeight is about what the nodes of a text weigh for each of its bytes.
const nodeWeight = 8

// textOf is a file's text with its nodes, parsed once for each content.
func textOf(view *files.View, name string) *provenance.Text {
	make := func() (*provenance.Text, int) {
		content, _ := view.Content(name)
		return provenance.NewText(string(content)), nodeWeight * len(content)
	}
	hash := view.Hash(name)
	if hash == "" {
		text, _ := make()
		return text
	}
	return files.Get(view.Derived(), textKey{hash}, make)
}

// anywhere are the fields of a kustomization by which the fields of any object can be read or changed.
var anywhere = []string{
	"vars", "replacements", "transformers", "generators", "validators", "configurations", "crds", "openapi",
}

// inspect notes what a kustomization does with files.
func (f *folding) inspect(name string, content []byte) {
	parsed, err := yaml.Parse(string(content))
	if err != nil || yaml.IsMissingOrNull(parsed) || parsed.YNode().Kind != yaml.MappingNode {
		return
	}
	for _, field := range anywhere {
		f.unsafe = f.unsafe || !parsed.Field(field).IsNilOrEmpty()
	}
	for _, field := range []string{"configMapGenerator", "secretGenerator"} {
		each(parsed, field, func(item *yaml.RNode) { f.generator(name, item) })
	}
	for _, field := range []string{"patches", "patchesJson6902", "patchesStrategicMerge"} {
		each(parsed, field, func(item *yaml.RNode) { f.patch(name, item) })
	}
}

func (f *folding) generator(name string, item *yaml.RNode) {
	// One that merges takes what stands in an object into the hash of the name.
	if behavior := scalarIn(item, "behavior"); behavior != nil && behavior.Value != "create" {
		f.unsafe = true
	}
	add := func(source string) { f.raw[path.Join(path.Dir(name), source)] = true }
	each(item, "files", func(node *yaml.RNode) {
		_, file := fileSource(node.YNode().Value)
		add(file)
	})
	each(item, "envs", func(node *yaml.RNode) { add(node.YNode().Value) })
	if env := scalarIn(item, "env"); env != nil {
		add(env.Value)
	}
}

func (f *folding) patch(name string, item *yaml.RNode) {
	texts := []*yaml.Node{scalarIn(item, "patch"), scalarIn(item, "path")}
	if item.YNode().Kind == yaml.ScalarNode {
		texts = []*yaml.Node{item.YNode()}
	}
	for _, text := range texts {
		if text != nil {
			f.patches[path.Join(path.Dir(name), text.Value)] = true
			f.unsafe = f.unsafe || looksInside([]byte(text.Value))
		}
	}
}

// inside are words of patches that act on the schemas of custom resources or take values from elsewhere.
var inside = regexp.MustCompile(`versions|validation|schema|\bop["']?\s*:\s*["']?(test|copy|move)`)

func looksInside(patch []byte) bool { return inside.Match(patch) }

// unfold puts what was taken out back into JSON.
func (f *folding) unfold(written []byte) []byte {
	if f == nil || !bytes.Contains(written, []byte(fold.TokenStart)) {
		return written
	}
	return token.ReplaceAllFunc(written, func(quoted []byte) []byte {
		if taken := f.folds[string(quoted[1:len(quoted)-1])]; taken != nil {
			return taken.JSON
		}
		return quoted
	})
}

var token = regexp.MustCompile(`"` + fold.TokenStart + `[0-9a-v]+"`)

// fold is what a value of a build stands for, or nil.
func (f *folding) fold(built *yaml.Node) *fold.Fold {
	if f == nil || built.Kind != yaml.ScalarNode || !fold.IsToken(built.Value) {
		return nil
	}
	return f.folds[built.Value]
}

// unfold gives all fields of a folded value their places: those of the text it was taken out of.
func (o *objectTracer) unfold(pointer string, built *yaml.Node, taken *fold.Fold) {
	numbered, source := o.foldedAt(pointer, built)
	if source == nil {
		place, _ := o.nearest(pointer, built)
		source, place.How = taken, provenance.Unknown
		provenance.Walk(source.Node, pointer, func(below string, _ *yaml.Node) { o.fields[below] = place })
		return
	}
	via := o.chain(numbered.place(source.Line, 1), "")
	if source.Node.Kind == yaml.MappingNode && !(o.request.substitutes() && bytes.Contains(source.JSON, []byte("${"))) {
		place := numbered.place(source.Node.Line, source.Node.Column)
		place.How, place.Via, place.Below = provenance.Exact, via, true
		o.fields[pointer] = place
		return
	}
	provenance.Walk(source.Node, pointer, func(below string, node *yaml.Node) {
		place := numbered.place(node.Line, node.Column)
		place.How, place.Via = provenance.Exact, via
		o.fields[below] = place
	})
}

// foldedAt finds the text that a folded value stands in, by the line of its token or, where that was lost, by
// the text of the object.
func (o *objectTracer) foldedAt(pointer string, built *yaml.Node) (*span, *fold.Fold) {
	for _, other := range o.lines(pointer) {
		if s, line := other.build.survey.numbers.find(other.node.Line); s != nil && s.folded != nil {
			if found := s.folded.At(line, built.Value); found != nil {
				return s, found
			}
		}
	}
	written := o.text()
	if node := written.node(pointer); node != nil && written.span.folded != nil {
		if found := written.span.folded.Of(node); found != nil && found.Token == built.Value {
			return written.span, found
		}
	}
	return nil, nil
}
