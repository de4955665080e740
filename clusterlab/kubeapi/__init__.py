"""The Kubernetes API over HTTP: who asks, bodies, streams. What is answered, simcore.kube_apiserver decides."""
