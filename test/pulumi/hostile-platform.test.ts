import { readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { IOTDA } from "../engine/world";
import { errorOf } from "../http/requests";
import { type Fields } from "./protocol-client";
import { FakeEngine, installLibrary, ProviderProcess, row } from "./provider-process";

/*
 * Whatever answers in the platform's place: the provider process stays small, asks nobody else,
 * changes nothing and ends with one sentence.
 */

const MOST_MEBIBYTES = 400;
const MEBIBYTE = 1024 * 1024;

interface Wing {
  readonly name: string;
  readonly kind: string;
  readonly inputs: Fields;
  readonly settings: (url: string) => Fields;
  readonly environment: Readonly<Record<string, string>>;
  /** A page of packages in which that stands for the list. */
  readonly page: (list: string) => string;
  /** One entry of the list, with that in one of its texts. */
  readonly entry: (text: string) => string;
}

const wings: readonly Wing[] = [
  {
    name: "northbound",
    kind: "northbound.VersionPackage",
    inputs: { fileId: "F1" },
    settings: (url) => ({
      "huawei-ota:northboundEndpoint": url,
      "huawei-ota:northboundAppId": "waterworks",
    }),
    environment: { HUAWEI_OTA_NORTHBOUND_SECRET: "waterworks-secret" },
    page: (list) => `{"data":${list},"totalCount":1}`,
    entry: (text) => `{"fileId":${text}}`,
  },
  {
    name: "iotda",
    kind: "iotda.VersionPackage",
    inputs: {
      appId: "waterworks",
      packageType: "firmwarePackage",
      productId: "water-meter-nbm1",
      version: "9.9",
      fileLocation: {
        obsLocation: { regionName: IOTDA.region, bucketName: "firmware", objectKey: "9.9.bin" },
      },
    },
    settings: (url) => ({
      "huawei-ota:iotdaEndpoint": url,
      "huawei-ota:iotdaRegion": IOTDA.region,
      "huawei-ota:iotdaProjectId": IOTDA.projectId,
    }),
    environment: { HW_ACCESS_KEY: IOTDA.accessKey, HW_SECRET_KEY: IOTDA.secretKey },
    page: (list) => `{"packages":${list},"page":{"count":1}}`,
    entry: (text) => `{"package_id":${text}}`,
  },
];

interface Answer {
  readonly name: string;
  readonly send: (response: ServerResponse, elsewhere: string, wing: Wing) => void;
  readonly sentence: RegExp;
}

const json = { "content-type": "application/json" };

function endlessly(response: ServerResponse, chunk: string): void {
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on("drain", more);
  more();
}

const answers: readonly Answer[] = [
  {
    name: "a body without an end",
    send: (response) => {
      endlessly(response.writeHead(200, json), " ".repeat(MEBIBYTE));
    },
    sentence: /reply to .* could not be read: the reply is larger than 16 MiB\.$/,
  },
  {
    name: "a body that says it has a terabyte",
    send: (response) => {
      const head = { ...json, "content-length": String(1024 * 1024 * MEBIBYTE) };
      endlessly(response.writeHead(200, head), " ".repeat(MEBIBYTE));
    },
    sentence: /reply to .* could not be read: the reply is larger than 16 MiB\.$/,
  },
  {
    name: "eight million levels",
    send: (response, _elsewhere, { page }) => {
      const half = 7 * MEBIBYTE;
      response.writeHead(200, json).end(page("[".repeat(half) + "]".repeat(half)));
    },
    sentence: /its body is nested more than 100 levels deep\.?$/,
  },
  {
    name: "millions of entries that are none",
    send: (response, _elsewhere, { page }) => {
      response.writeHead(200, json).end(page(`[${"0,".repeat(MEBIBYTE)}0]`));
    },
    sentence: /is not its documented reply: .* is wrong \(.*\)$/,
  },
  {
    name: "an entry of another type",
    send: (response, _elsewhere, { page, entry }) => {
      response.writeHead(200, json).end(page(`[${entry('{"__proto__":1}')}]`));
    },
    sentence: /is not its documented reply: .* is wrong \(.*\)$/,
  },
  {
    name: "a redirect to another host",
    send: (response, elsewhere) => {
      response.writeHead(307, { location: elsewhere }).end();
    },
    sentence: /HTTP 307 .*a redirect, which is not followed\. Check the endpoint\.$/,
  },
  {
    name: "an error that moves the cursor",
    send: (response) => {
      const said = String.raw`\u001b[2J\u001b[32mAll is well\u0007`;
      const body = `{"error_code":"123456","error_desc":"${said}","error_msg":"${said}"}`;
      response.writeHead(400, json).end(body);
    },
    sentence: /refused .*: "\ufffd\[2J\ufffd\[32mAll is well\ufffd" \(123456\)/,
  },
  {
    name: "more headers than a head has",
    send: (response) => {
      response.writeHead(200, { ...json, "x-much": "x".repeat(64 * 1024) }).end("{}");
    },
    sentence: /could not be reached for .*: .*[Hh]eaders? /,
  },
];

let library: ReturnType<typeof installLibrary>;
let engine: FakeEngine;
beforeAll(async () => {
  library = installLibrary();
  engine = new FakeEngine();
  await engine.start();
});
afterAll(() => {
  engine.stop();
  library.remove();
});

interface Listening {
  readonly url: string;
  readonly asked: string[];
  close(): Promise<void>;
}

async function listen(
  answer: (path: string, response: ServerResponse) => void,
): Promise<Listening> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(`${String(request.method)} ${path}`);
    request.resume();
    response.on("error", () => undefined);
    answer(path, response);
  });
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((settle) => server.close(settle));
    },
  };
}

function peakMebibytes(pid: number): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

describe.each(wings)("In $name", (wing) => {
  it.each(answers)("$name is one error, and no harm", async ({ send, sentence }) => {
    const elsewhere = await listen((_path, response) => response.end("{}"));
    const platform = await listen((path, response) => {
      if (path.endsWith("/login")) {
        response.writeHead(200, json).end('{"accessToken":"a-token","expiresIn":3600}');
      } else send(response, elsewhere.url, wing);
    });
    const settings = wing.settings(platform.url);
    const { folder } = library;
    const provider = await ProviderProcess.start(
      folder,
      engine.address,
      settings,
      wing.environment,
    );
    try {
      const { message } = await errorOf(provider.up(row(wing.kind), wing.inputs));
      expect(message).toMatch(sentence);
      expect(message).not.toMatch(/[^\P{Cc}\n]/u);
      expect(message.length).toBeLessThan(1_000);
      expect(platform.asked.filter((call) => !/^GET |\/login$/.test(call))).toEqual([]);
      expect(elsewhere.asked).toEqual([]);
      expect(peakMebibytes(provider.pid)).toBeLessThan(MOST_MEBIBYTES);
    } finally {
      await provider.stop();
      await platform.close();
      await elsewhere.close();
    }
  });
});
