// Make-sdk writes the SDK of a provider plugin for a typed language, as `pulumi package gen-sdk` does
// where the language has a host that is new enough to be asked for it.
//
//	make-sdk python|go SCHEMA DIRECTORY
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	pygen "github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return errors.New("make-sdk takes a language, the file of a schema, and a folder.")
	}
	pkg, err := read(args[1])
	if err != nil {
		return err
	}
	files, err := generate(args[0], pkg)
	if err != nil {
		return err
	}
	for name, text := range files {
		file := filepath.Join(args[2], name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func read(file string) (*schema.Package, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return nil, err
	}
	pkg, wrong, err := schema.BindSpec(spec, schema.NewNullLoader(), schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	if wrong.HasErrors() {
		return nil, wrong
	}
	return pkg, nil
}

func generate(language string, pkg *schema.Package) (map[string][]byte, error) {
	switch language {
	case "python":
		return pygen.GeneratePackage("make-sdk", pkg, nil, nil)
	case "go":
		return gogen.GeneratePackage("make-sdk", pkg, nil)
	default:
		return nil, fmt.Errorf("make-sdk knows python and go, and no %q.", language)
	}
}
