//go:build tools

// Package actionlint pins the checker of GitHub workflows that the tests run.
package actionlint

import _ "github.com/rhysd/actionlint/cmd/actionlint"
