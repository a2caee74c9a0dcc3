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
{{- define "modelsweb.identity" -}}
{{- $settings := .Values.settings -}}
{{- $names := list (default "kubeflow-userid" $settings.USERID_HEADER) -}}
{{- with $settings.MODELSWEB_AUTH_GROUPS_HEADER }}{{ $names = append $names . }}{{ end -}}
{{- toJson $names -}}
{{- end }}
