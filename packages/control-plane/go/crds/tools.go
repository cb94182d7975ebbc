//go:build tools

// Package tools pins the modules that bring custom resource definitions.
package tools

import (
	_ "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	_ "github.com/prometheus-operator/prometheus-operator/pkg/versionutil"
	_ "istio.io/api/security/v1"
	_ "sigs.k8s.io/gateway-api/apis/v1"
)
