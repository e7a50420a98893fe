{{- define "base.labels" -}}
base/managed-by: {{ .Release.Service }}
base/domain: {{ .Values.global.domain | quote }}
{{- end -}}
{{- define "base.greeting" -}}
hello-{{ .who }}-{{ .root.Release.Name }}
{{- end -}}
