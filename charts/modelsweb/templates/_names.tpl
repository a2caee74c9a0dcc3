{{- define "modelsweb.metadata" -}}
name: modelsweb
namespace: {{ .Release.Namespace }}
labels:
  app.kubernetes.io/name: modelsweb
  app.kubernetes.io/part-of: kserve
{{- end }}
{{- define "modelsweb.selector" -}}
app.kubernetes.io/name: modelsweb
app.kubernetes.io/component: server
{{- end }}
