import * as pulumi from "@pulumi/pulumi";

import { OtaError } from "../../src/errors";
import { createAsk, lift } from "../../src/wing/lookup";
import { errorOf } from "../http/requests";

const openReader = () => "the reader";
const ask = createAsk("northbound", () => Promise.resolve({ openReader }));

interface Args {
  readonly fileId?: string;
  readonly version?: string;
}

/** What a lookup with such arguments says when it fails with a sentence about both. */
function saidOf(args: Parameters<typeof lift<Args, object, string>>[1]): Promise<string> {
  const look = async ({ fileId = "", version = "" }: Args): Promise<string> => {
    const sentence = `No package ${fileId} of version ${version} exists.`;
    const fails = ask(undefined, () => Promise.reject(new OtaError(sentence)));
    return (await errorOf(fails)).message;
  };
  return new Promise((done) => {
    lift(look, args, undefined).apply(done);
  });
}

describe("A lookup that fails", () => {
  it("names the argument in place of its value where the program keeps that secret", async () => {
    expect(await saidOf({ fileId: pulumi.secret("a-secret-file"), version: "V1.4" })).toBe(
      "No package [secret: fileId] of version V1.4 exists.",
    );
  });

  it("names what it was given where the program keeps all of it secret", async () => {
    expect(await saidOf(pulumi.secret({ fileId: "another-file", version: "V1.5-beta" }))).toBe(
      "No package [secret: args] of version [secret: args] exists.",
    );
  });

  it("has no stack, which Node.js would print", async () => {
    const error = await errorOf(ask(undefined, () => Promise.reject(new OtaError("None."))));
    expect(error.stack).toBe("OtaError: None.");
  });
});
