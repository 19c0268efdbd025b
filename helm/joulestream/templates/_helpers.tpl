{{- define "joulestream.name" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* Labels of one service: (dict "root" $ "app" "edge") */}}
{{- define "joulestream.selector" -}}
app.kubernetes.io/name: joulestream
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .app }}
{{- end }}

{{- define "joulestream.labels" -}}
{{ include "joulestream.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{/* Every service, as a list of words. */}}
{{- define "joulestream.apps" -}}
edge api session metering stations billing load-balancing grid
{{- end }}

{{/* Name of the port that serves health and metrics. */}}
{{- define "joulestream.healthPort" -}}
{{ eq . "api" | ternary "http" "health" }}
{{- end }}

{{/* Whether something else decides how many replicas there are: "true" or nothing. (dict "root" $ "app" "edge") */}}
{{- define "joulestream.isScaled" -}}
{{- $values := .root.Values -}}
{{- if eq .app "edge" -}}
{{- if $values.edge.autoscaling.enabled }}true{{ end -}}
{{- else if and $values.keda.enabled (has .app $values.keda.services) -}}
true
{{- end -}}
{{- end }}

{{- define "joulestream.brokers" -}}
{{- if .Values.kafka.strimzi.enabled -}}
{{ include "joulestream.name" . }}-kafka-bootstrap:9092
{{- else -}}
{{ join "," .Values.kafka.brokers }}
{{- end -}}
{{- end }}

{{- define "joulestream.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "joulestream.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "joulestream.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{/* Where pods may run. */}}
{{- define "joulestream.placement" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Values that do not fit together end the installation with the names of both. */}}
{{- define "joulestream.check" -}}
{{- $kafka := .Values.kafka -}}
{{- $edge := .Values.edge -}}
{{- if not .Values.existingSecret }}{{ fail "existingSecret: name a Secret with DATABASE_URL, REDIS_URL, MASTER_KEY and ADMIN_API_KEY" }}{{ end -}}
{{- if and $kafka.strimzi.enabled $kafka.brokers }}{{ fail "kafka.brokers: leave it empty where kafka.strimzi.enabled runs the brokers" }}{{ end -}}
{{- if not (or $kafka.strimzi.enabled $kafka.brokers) }}{{ fail "kafka.brokers: list at least one broker as host:port" }}{{ end -}}
{{- if and $kafka.strimzi.enabled (lt (int $kafka.strimzi.nodes) (int $kafka.replication)) }}{{ fail (printf "kafka.strimzi.nodes: %d is less than kafka.replication (%d)" (int $kafka.strimzi.nodes) (int $kafka.replication)) }}{{ end -}}
{{- if and $kafka.strimzi.topics (not (or $kafka.strimzi.enabled $kafka.strimzi.cluster)) }}{{ fail "kafka.strimzi.cluster: name the Kafka whose topics kafka.strimzi.topics makes" }}{{ end -}}
{{- if .Values.keda.enabled -}}
{{- if gt (int .Values.keda.maxReplicas) (int $kafka.partitions) }}{{ fail (printf "keda.maxReplicas: %d is more than kafka.partitions (%d): the rest would idle" (int .Values.keda.maxReplicas) (int $kafka.partitions)) }}{{ end -}}
{{- if gt (int .Values.keda.minReplicas) (int .Values.keda.maxReplicas) }}{{ fail "keda.minReplicas: more than keda.maxReplicas" }}{{ end -}}
{{- end -}}
{{- if and $edge.autoscaling.enabled (gt (int $edge.autoscaling.minReplicas) (int $edge.autoscaling.maxReplicas)) }}{{ fail "edge.autoscaling.minReplicas: more than edge.autoscaling.maxReplicas" }}{{ end -}}
{{- if and $edge.tls.clientCaSecretName (not $edge.tls.organization) }}{{ fail "edge.tls.organization: the organisation (O) in certificates of stations, your own name as a rule" }}{{ end -}}
{{- with .Values.proxy.clientCertificateHeader -}}
{{- if not $.Values.proxy.trusted }}{{ fail "proxy.trusted: the addresses proxy.clientCertificateHeader is believed from" }}{{ end -}}
{{- if not $edge.tls.clientCaSecretName }}{{ fail "edge.tls.clientCaSecretName: the authorities that certificates in proxy.clientCertificateHeader are checked against" }}{{ end -}}
{{- end -}}
{{- range $way := list "ingress" "gateway" -}}
{{- $values := index $.Values $way -}}
{{- if and $values.enabled $values.tlsPassthrough (not $edge.tls.secretName) }}{{ fail (printf "edge.tls.secretName: %s.tlsPassthrough leaves the TLS of stations to the edges" $way) }}{{ end -}}
{{- if and $values.enabled (not (or $values.ocppHost $values.apiHost)) }}{{ fail (printf "%s.ocppHost: name it, or %s.apiHost, or leave %s.enabled false" $way $way $way) }}{{ end -}}
{{- end -}}
{{- if and .Values.gateway.enabled (not .Values.gateway.parentRefs) }}{{ fail "gateway.parentRefs: name the Gateway that routes attach to" }}{{ end -}}
{{- end }}
