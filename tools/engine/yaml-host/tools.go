//go:build tools

// Package yamlhost pins the host that runs YAML programs for the Pulumi command line.
package yamlhost

import _ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
