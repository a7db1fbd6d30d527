//go:build tools

// Package cli pins the Pulumi command line that the tests run with.
package cli

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
