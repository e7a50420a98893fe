{{ define "deep.one" }}
{{ include "deep.two" . }}{{ end }}
{{ define "deep.two" }}{{ .Values.a.b.c }}{{ end }}
