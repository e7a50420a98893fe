package helm

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"helm.sh/helm/v4/pkg/chart/loader/archive"
)

// packed is an archive of files, in this order.
func packed(t *testing.T, files ...[2]string) string {
	t.Helper()
	var content bytes.Buffer
	zip := gzip.NewWriter(&content)
	writer := tar.NewWriter(zip)
	for _, file := range files {
		header := &tar.Header{Name: file[0], Mode: 0o644, Size: int64(len(file[1])), Typeflag: tar.TypeReg}
		if err := writer.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := writer.Write([]byte(file[1])); err != nil {
			t.Fatal(err)
		}
	}
	if writer.Close() != nil || zip.Close() != nil {
		t.Fatal("the archive could not be written")
	}
	return content.String()
}

func TestAPackedChartIsRenderedLikeItsFolder(t *testing.T) {
	files := map[string]string{
		"web/Chart.yaml": chartFile, "web/values.yaml": "replicas: 2\n",
		"web/templates/x.yaml":           "kind: X\nreplicas: {{ .Values.replicas }}\n",
		"web/charts/db/Chart.yaml":       "apiVersion: v2\nname: db\nversion: 1.0.0\n",
		"web/charts/db/templates/y.yaml": "kind: Y\n",
	}
	var entries [][2]string
	for name, text := range files {
		entries = append(entries, [2]string{name, text})
	}
	files["web-0.1.0.tgz"] = packed(t, entries...)
	view := viewOf(files)
	folder, err := Template(view, Request{Path: "web", Trace: true})
	if err != nil {
		t.Fatal(err)
	}
	archive, err := Template(view, Request{Path: "web-0.1.0.tgz", Trace: true})
	if err != nil {
		t.Fatal(err)
	}
	if string(archive.Text()) != string(folder.Text()) {
		t.Errorf("%s\n%s", archive.Text(), folder.Text())
	}
	for index, object := range archive.Objects {
		for pointer, place := range folder.Objects[index].Provenance.Fields {
			place.File = "web-0.1.0.tgz" + strings.TrimPrefix(place.File, "web")
			if got := object.Provenance.Fields[pointer]; got.String() != place.String() || got.How != place.How {
				t.Errorf("%s: %v %s, in the folder %v %s", pointer, got, got.How, place, place.How)
			}
		}
	}
	if reads := view.Reads(); reads[0] != "web-0.1.0.tgz" {
		t.Error(reads)
	}
}

func TestHelmsLimitsHoldForPackedCharts(t *testing.T) {
	large := strings.Repeat("x", int(archive.MaxDecompressedFileSize)+1)
	for name, content := range map[string]string{
		"no archive": "text",
		"too large":  packed(t, [2]string{"web/Chart.yaml", chartFile}, [2]string{"web/large.txt", large}),
		"outside":    packed(t, [2]string{"web/Chart.yaml", chartFile}, [2]string{"web/../../evil.yaml", "kind: X\n"}),
		"no chart":   packed(t, [2]string{"web/values.yaml", "a: 1\n"}),
	} {
		if _, err := Template(viewOf(map[string]string{"web.tgz": content}), Request{Path: "web.tgz"}); err == nil {
			t.Errorf("%s is rendered", name)
		}
	}
}
