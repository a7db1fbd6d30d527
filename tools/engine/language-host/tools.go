//go:build tools

// Package languagehost pins the host that runs Node.js programs for the Pulumi command line.
package languagehost

import _ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
