"""Drives an IoTDA address with Huawei's own client and prints what it was told, as JSON."""

import json
import sys

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkiotda.v5 import (
    BatchTargets,
    CreateBatchTask,
    CreateBatchTaskRequest,
    CreateOtaPackage,
    CreateOtaPackageRequest,
    DeleteBatchTaskRequest,
    DeleteOtaPackageRequest,
    FileLocation,
    IoTDAClient,
    ListBatchTasksRequest,
    ListOtaPackageInfoRequest,
    ObsLocation,
    RetryBatchTaskRequest,
    ShowBatchTaskRequest,
    ShowOtaPackageRequest,
    StopBatchTaskRequest,
)
from urllib.request import Request, urlopen

url, signing, secret_key, project_id = sys.argv[1:]


def pass_time(seconds):
    body = json.dumps({"advanceSeconds": seconds}).encode()
    urlopen(Request(url + "/_control/clock", data=body, method="POST")).read()


def client():
    credentials = BasicCredentials("KEY", secret_key).with_iam_endpoint(url)
    if project_id != "ask":
        credentials = credentials.with_project_id(project_id)
    if signing == "derived":
        always = BasicCredentials.get_default_derived_predicate()
        credentials = credentials.with_derived_predicate(always)
    return (
        IoTDAClient.new_builder()
        .with_credentials(credentials)
        .with_region(Region("ap-southeast-1", url))
        .build()
    )


def drive(iotda):
    told = {}
    location = ObsLocation(
        region_name="ap-southeast-1",
        bucket_name="firmware",
        object_key="1.4.bin",
        sign="ab" * 32,
    )
    made = iotda.create_ota_package(
        CreateOtaPackageRequest(
            body=CreateOtaPackage(
                app_id="waterworks",
                package_type="firmwarePackage",
                product_id="water",
                version="1.5",
                file_location=FileLocation(obs_location=location),
            )
        )
    )
    package = made.package_id
    shown = iotda.show_ota_package(ShowOtaPackageRequest(package_id=package))
    told["sign"] = shown.file_location.obs_location.sign
    listed = iotda.list_ota_package_info(
        ListOtaPackageInfoRequest(package_type="firmwarePackage", version="1.5", limit=50)
    )
    told["packages"] = [each.package_id == package for each in listed.packages]

    def create(name, targets):
        body = CreateBatchTask(
            app_id="waterworks",
            task_name=name,
            task_type="firmwareUpgrade",
            targets=targets,
            document={"package_ids": [package]},
        )
        return iotda.create_batch_task(CreateBatchTaskRequest(body=body)).task_id

    def show(task):
        return iotda.show_batch_task(ShowBatchTaskRequest(task_id=task, limit=50))

    first = create("流量计_1", ["meter-1", "once"])
    pass_time(10)
    told["first"] = show(first).batchtask.status
    told["reasons"] = [each.error.error_msg for each in show(first).task_details if each.error]
    everything = BatchTargets()
    retried = iotda.retry_batch_task(RetryBatchTaskRequest(task_id=first, body=everything))
    told["retried"] = [[each.target, each.status] for each in retried.targets]
    pass_time(10)
    told["after the retry"] = show(first).batchtask.status

    second = create("fleet_2", ["lost"])
    pass_time(10)
    stopped = iotda.stop_batch_task(StopBatchTaskRequest(task_id=second, body=everything))
    told["stopped"] = [[each.target, each.status] for each in stopped.targets]
    pass_time(10)
    told["after the stop"] = show(second).batchtask.status

    tasks = iotda.list_batch_tasks(ListBatchTasksRequest(task_type="firmwareUpgrade"))
    told["tasks"] = [each.task_name for each in tasks.batchtasks]
    for task in (first, second):
        iotda.delete_batch_task(DeleteBatchTaskRequest(task_id=task))
    iotda.delete_ota_package(DeleteOtaPackageRequest(package_id=package))
    try:
        iotda.show_ota_package(ShowOtaPackageRequest(package_id=package))
    except ServiceResponseException as error:
        told["gone"] = error.status_code
    return told


try:
    print(json.dumps(drive(client())))
except ServiceResponseException as error:
    print(json.dumps({"refused": [error.status_code, error.error_code]}))
