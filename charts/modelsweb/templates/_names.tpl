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
{{- /* The identity headers that the route takes off: all that the authentication does not overwrite, as a JSON list. */}}
{{- define "modelsweb.removed" -}}
{{- $names := list -}}
{{- range list .Values.identity.userHeader .Values.identity.groupsHeader -}}
{{- if and . (not (has . $.Values.route.overwrites)) }}{{ $names = append $names . }}{{ end -}}
{{- end -}}
{{- toJson $names -}}
{{- end }}
{{- /* Fails where a setting names another header than the route knows of. */}}
{{- define "modelsweb.check" -}}
{{- if not .Values.identity.userHeader }}{{ fail "identity.userHeader must name the header that names the user" }}{{ end -}}
{{- range $setting, $value := dict "USERID_HEADER" "userHeader" "MODELSWEB_AUTH_GROUPS_HEADER" "groupsHeader" -}}
{{- $given := toString (default "" (get $.Values.settings $setting)) -}}
{{- if and (hasKey $.Values.settings $setting) (ne $given (toString (get $.Values.identity $value))) -}}
{{- fail (printf "settings.%s is %q but identity.%s is %q: set identity.%s alone" $setting $given $value (toString (get $.Values.identity $value)) $value) -}}
{{- end -}}
{{- end -}}
{{- if eq .Values.route.kind "none" -}}
{{- else if and .Values.route.principals (not (has .Values.identity.userHeader .Values.route.overwrites)) -}}
{{- fail (printf "route.principals lets an authenticating gateway in, so identity.userHeader (%s) must stand in route.overwrites" .Values.identity.userHeader) -}}
{{- end -}}
{{- end }}
