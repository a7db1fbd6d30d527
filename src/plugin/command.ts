#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { cancelSignal } from "../pulumi/cancellation";
import { enterBy } from "../pulumi/door";
import { engineAddress } from "../pulumi/engine-link";
import { engineLog } from "../pulumi/engine-log";
import { packageSchema } from "./schema";
import { sdk } from "./sdk";
import { pluginServer } from "./server";

/*
 * The door that an engine opens for programs in any language: `command FOLDER ENGINE`, where the folder
 * holds schema.json. It prints the port that it listens on, and nothing else.
 */

const [, , folder = ""] = process.argv;
const told: (() => void)[] = [];

enterBy({
  hearCancel: (heard) => told.push(heard),
  openLog: (address) =>
    engineLog({ grpc: sdk.grpc, service: sdk.engineService, messages: sdk.engine }, address),
});
if (engineAddress() !== undefined) cancelSignal();

const server = pluginServer({
  schema: packageSchema(() => readFileSync(join(folder, "schema.json"), "utf8")),
  cancelled: () => {
    for (const heard of told) heard();
  },
});
server.bindAsync("127.0.0.1:0", sdk.grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  process.stdout.write(`${String(port)}\n`);
});
