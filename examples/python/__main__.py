"""Upgrades water meters in waves: a pilot, a tenth of the others, and the rest once approved."""

import pulumi
from pulumi_huawei_ota import northbound

config = pulumi.Config()

firmware = northbound.VersionPackage(
    "firmware",
    file_type="firmwarePackage",
    device_type="WaterMeter",
    model="NBM1",
    manufacturer_name="HZYB",
    version="V1.4",
)

meters = northbound.FirmwareRollout(
    "meters",
    version_package=firmware.ref,
    fleet={"device_groups": ["pilot", "fleet"]},
    waves=[
        {"name": "pilot", "device_groups": ["pilot"]},
        {
            "name": "canary",
            "until_percent": 10,
            "bake_seconds": config.get_int("bakeSeconds", 180_000),
        },
        {"name": "rest", "min_success_percent": 99, "needs_approval": True},
    ],
    policy={"execute_type": "now", "retry_type": True, "retry_times": 2},
    # A pull request that adds a wave here is its approval, for this version alone.
    approved={"version": "V1.4", "waves": []},
    max_devices=5000,
    wait_seconds=config.get_int("waitSeconds", 1800),
)

pulumi.export("version", meters.gate.version)
pulumi.export("outcome", meters.outcome)
pulumi.export("progress", meters.progress)
