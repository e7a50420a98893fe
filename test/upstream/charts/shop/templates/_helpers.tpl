{{/* Names and labels. */}}
{{- define "shop.fullname" -}}
{{- printf "%s-%s" .Release.Name (default .Chart.Name .Values.nameOverride) | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "shop.labels" }}
app.kubernetes.io/name: {{ include "shop.fullname" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "shop.image" -}}
{{- $tag := .Values.image.tag | default .Chart.AppVersion -}}
"{{ .Values.image.repository }}:{{ $tag }}"
{{- end -}}

{{- define "shop.enabled" }}{{ if .Values.probe.enabled }}yes{{ end }}{{ end }}

{{- define "shop.settings" -}}
server:
  domain: {{ .Values.global.domain }}
  replicas: {{ .Values.replicas }}
{{- end -}}
