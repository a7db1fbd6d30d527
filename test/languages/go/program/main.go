// A program in Go that is run by the Automation API in its own process, so that it needs no language host.
//
//	program preview|up|destroy
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/pulumi-huawei-ota/pulumi-huawei-ota/sdk/go/huaweiota/northbound"
	"github.com/pulumi-huawei-ota/pulumi-huawei-ota/sdk/go/huaweiota/shared"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func meters(ctx *pulumi.Context) error {
	firmware, err := northbound.NewVersionPackage(ctx, "meter-1.4", &northbound.VersionPackageArgs{
		FileType: pulumi.String("firmwarePackage"),
		Model:    pulumi.String("NBM1"),
		Version:  pulumi.String("V1.4"),
	})
	if err != nil {
		return err
	}
	pilot, err := northbound.NewFirmwareUpgradeTask(ctx, "pilot", &northbound.FirmwareUpgradeTaskArgs{
		VersionPackage: firmware.Ref,
		Targets:        northbound.UpgradeTargetsArgs{Devices: pulumi.ToStringArray([]string{"meter-001"})},
	})
	if err != nil {
		return err
	}
	done, err := northbound.NewUpgradeCompletion(ctx, "pilot", &northbound.UpgradeCompletionArgs{
		Task:           pilot.Ref,
		TimeoutSeconds: pulumi.Float64(60),
	})
	if err != nil {
		return err
	}
	rest, err := northbound.NewFirmwareUpgradeTask(ctx, "rest", &northbound.FirmwareUpgradeTaskArgs{
		VersionPackage: firmware.Ref,
		Targets:        northbound.UpgradeTargetsArgs{Devices: pulumi.ToStringArray([]string{"meter-002"})},
		OnlyAfter:      shared.GateRefArray{done.Gate},
	})
	if err != nil {
		return err
	}
	ctx.Export("version", done.Gate.Version())
	ctx.Export("rest", rest.ID())
	return nil
}

func run(command string) error {
	ctx := context.Background()
	stack, err := auto.UpsertStackInlineSource(ctx, "dev", "test", meters, auto.WorkDir("."))
	if err != nil {
		return err
	}
	switch command {
	case "preview":
		_, err = stack.Preview(ctx, optpreview.ProgressStreams(os.Stdout))
	case "up":
		_, err = stack.Up(ctx, optup.ProgressStreams(os.Stdout))
	case "destroy":
		_, err = stack.Destroy(ctx, optdestroy.ProgressStreams(os.Stdout))
	default:
		err = fmt.Errorf("there is no command %q", command)
	}
	return err
}

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
