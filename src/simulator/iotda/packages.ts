import type { ApiReply } from "../api";
import type { JsonObject } from "../reading";
import { isInProject, isTooNew, jsonBody, namedSpace, type Call } from "./call";
import type { CheckedIotdaSpace, IotdaPackageData } from "./data";
import { invalid, invented, Refusal } from "./error-codes";
import {
  bucketText,
  customInfoText,
  descriptionText,
  identifier,
  moduleText,
  objectKeyText,
  regionText,
  suffixProblem,
  optionalText,
  optionalTexts,
  queryFields,
  requiredChoice,
  requiredObject,
  requiredText,
  versionText,
  optionalChoice,
} from "./fields";
import { isIotdaTaskFinished, type StoredIotdaPackage } from "./model";
import { pageOf } from "./paging";
import { listedPackageReply, packageReply } from "./wire";

const packageTypes = ["softwarePackage", "firmwarePackage", "modulePackage"] as const;

const gigabyte = 1024 ** 3;

type Place = Pick<IotdaPackageData, "region" | "bucket" | "key"> & {
  readonly sign: string | undefined;
};

function readPlace(body: JsonObject): Place {
  const location = requiredObject(requiredObject(body, "file_location"), "obs_location");
  const key = requiredText(location, "object_key", objectKeyText);
  const problem = suffixProblem(key);
  if (problem !== undefined) throw invalid(`object_key ${problem}.`);
  optionalChoice(location, "sign_method", ["SHA256"]);
  return {
    region: requiredText(location, "region_name", regionText),
    bucket: requiredText(location, "bucket_name", bucketText),
    key,
    sign: optionalText(location, "sign", { least: 64, most: 64, of: /^[A-Fa-f0-9]*$/ }),
  };
}

function readModule(body: JsonObject, packageType: string): string | undefined {
  const name = optionalText(body, "module_name", moduleText);
  if (name !== undefined && packageType !== "modulePackage") {
    throw invalid("module_name goes only with a modulePackage.");
  }
  return name;
}

function readOrder(body: JsonObject): IotdaPackageData {
  const packageType = requiredChoice(body, "package_type", packageTypes);
  const { sign, ...place } = readPlace(body);
  const optional = {
    moduleName: readModule(body, packageType),
    supportSourceVersions: optionalTexts(body, "support_source_versions", 20, versionText),
    description: optionalText(body, "description", descriptionText),
    customInfo: optionalText(body, "custom_info", customInfoText),
    sign,
  };
  return {
    packageType,
    productId: requiredText(body, "product_id", identifier),
    version: requiredText(body, "version", versionText),
    ...place,
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, value]) => value !== undefined),
    ) as object),
  };
}

/** What the platform can only tell by looking at what it holds. */
function checkAgainst({ world, project }: Call, space: CheckedIotdaSpace, data: IotdaPackageData) {
  const { iotdaMissingObject, iotdaWrongSign, iotdaDuplicatePackage } = world.behaviour;
  if (!world.hasProduct(project.projectId, space.appId, data.productId)) {
    throw new Refusal(invented.productNotFound, `The product ${data.productId} does not exist.`);
  }
  const object = world.object(data);
  if (object === undefined && iotdaMissingObject === "refused") {
    const { region, bucket, key } = data;
    throw new Refusal(
      invented.objectNotFound,
      `The OBS object ${key} does not exist in the bucket ${bucket} of ${region}.`,
    );
  }
  if ((object?.size ?? 0) > gigabyte) throw invalid("The OBS object is larger than 1 GB.");
  const isWrong =
    data.sign !== undefined && object?.sha256?.toLowerCase() !== data.sign.toLowerCase();
  if (object?.sha256 !== undefined && isWrong && iotdaWrongSign === "refused") {
    throw new Refusal(invented.wrongSign, "sign is not the SHA-256 of the OBS object.");
  }
  const isThere = [...world.packages.values()].some(
    ({ projectId, appId, data: held }) =>
      projectId === project.projectId &&
      appId === space.appId &&
      held.productId === data.productId &&
      held.packageType === data.packageType &&
      held.version === data.version,
  );
  if (isThere && iotdaDuplicatePackage === "refused") {
    throw new Refusal(
      invented.duplicatePackage,
      `There is a package ${data.version} of the product ${data.productId} already.`,
    );
  }
}

export function createPackage(call: Call): ApiReply {
  const body = jsonBody(call);
  requiredText(body, "app_id", identifier);
  const order = readOrder(body);
  const space = namedSpace(call, body);
  if (space === undefined) throw invalid("app_id is required.");
  checkAgainst(call, space, order);
  const stored = call.world.addPackage(call.project.projectId, space.appId, order);
  return {
    status: 201,
    body: packageReply(stored, space),
    createdPackage: stored.packageId,
  };
}

export function listPackages(call: Call): ApiReply {
  const { world, request } = call;
  const query = queryFields(request.query);
  const type = requiredChoice(query, "package_type", packageTypes);
  const space = namedSpace(call, query);
  const product = optionalText(query, "product_id", identifier);
  const version = optionalText(query, "version", versionText);
  const listedUntil = request.now - world.behaviour.listLagSeconds * 1000;
  const found = [...world.packages.values()].filter(
    (each) =>
      isInProject(call, each) &&
      each.createdAt <= listedUntil &&
      each.data.packageType === type &&
      (space === undefined || each.appId === space.appId) &&
      (product === undefined || each.data.productId === product) &&
      (version === undefined || each.data.version === version),
  );
  const { items, page } = pageOf(request.query, found, (each) => each.packageId, world.behaviour);
  const packages = items.map((each) =>
    listedPackageReply(each, world.space(each.projectId, each.appId)),
  );
  return { status: 200, body: { packages, page } };
}

function findPackage(call: Call): StoredIotdaPackage {
  const { world, id } = call;
  if (!/^[A-Za-z0-9-]{1,36}$/.test(id)) throw invalid("package_id is malformed.");
  const found = world.packages.get(id);
  if (found === undefined || !isInProject(call, found) || isTooNew(call, found)) {
    throw new Refusal(invented.packageNotFound, `The package ${id} does not exist.`);
  }
  return found;
}

export function showPackage(call: Call): ApiReply {
  const found = findPackage(call);
  const space = call.world.space(found.projectId, found.appId);
  return { status: 200, body: packageReply(found, space) };
}

export function deletePackage(call: Call): ApiReply {
  const { world } = call;
  const { packageId } = findPackage(call);
  const isInUse = world.tasks
    .list()
    .some(
      (task) =>
        !isIotdaTaskFinished(task) &&
        task.order.packages.some((each) => each.packageId === packageId),
    );
  if (isInUse && world.behaviour.iotdaDeletePackageInUse === "refused") {
    throw new Refusal(invented.packageInUse, `A task uses the package ${packageId}.`);
  }
  world.packages.delete(packageId);
  return { status: 204 };
}
