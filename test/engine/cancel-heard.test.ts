import { northbound } from "./behaviours/northbound";
import { taskText, waitText } from "./behaviours/program";
import { fails, passes, story, there } from "./story";
import { type Running, until } from "./stack";

/*
 * Another dynamic provider of the program shares our process. It talks to the engine through the
 * SDK's own client, whose replies are the same message as the engine's Cancel.
 */

const TALKATIVE = `
  class Talkative extends pulumi.dynamic.Resource {
    constructor(name, opts) {
      super({
        create: async () => {
          const fromSdk = require("module").createRequire(require.main.filename);
          const { credentials } = fromSdk("@grpc/grpc-js");
          const { EngineClient } = fromSdk("@pulumi/pulumi/proto/engine_grpc_pb");
          const { LogRequest } = fromSdk("@pulumi/pulumi/proto/engine_pb");
          const client = new EngineClient(process.argv.at(-1), credentials.createInsecure());
          const say = (text) => new Promise((resolve, reject) => {
            const line = new LogRequest();
            line.setSeverity(1);
            line.setMessage(text);
            client.log(line, (error) => (error ? reject(error) : resolve()));
          });
          await say("The other one talks.");
          await say("It was answered.");
          return { id: name, outs: {} };
        },
      }, name, {}, opts);
    }
  }`;

describe("a wait beside a dynamic provider that talks to the engine", () => {
  const tale = story({
    anew: true,
    program: `
    ${TALKATIVE}
    const task = ${taskText(northbound, "pilot", { devices: "pilot" })};
    ${waitText(northbound, "pilot", "task.id", "timeoutSeconds: 600")};
    new Talkative("talkative", { dependsOn: task });`,
  });

  async function upWhereBothTalked(): Promise<Running> {
    const running = tale.stack.start("up", "--yes", "--skip-preview");
    await until("both talked", () =>
      ["0 of 5 done", "It was answered."].every((text) => running.output().includes(text)),
    );
    return running;
  }
  const task = (): string => there(northbound.tasks(tale.simulator.books())[0]).id;

  test("goes on to its end", async () => {
    const running = await upWhereBothTalked();
    tale.simulator.finishTask(task());
    expect(await passes(running.done)).not.toContain("interrupted");
  });

  test("is interrupted within a second by Ctrl-C all the same", async () => {
    const running = await upWhereBothTalked();
    const signalled = Date.now();
    running.process.kill("SIGINT");
    const interrupted = await fails(running.done);
    // The wait asks every 5 s and ends after 600 s: only hearing the signal is as quick as this.
    expect(Date.now() - signalled).toBeLessThan(4_000);
    expect(interrupted).toContain(`The wait for upgrade task ${task()} was interrupted`);
  });
});
