import { OtaError } from "../../../src/errors";
import { supersededBy } from "../../../src/upgrade/same-task";
import type { AwaitedTasks } from "../../../src/wing/completion-wait";
import type { Ledger } from "../../../src/wing/ledger";
import { digest, stable } from "../../../src/wing/task-changes";
import type { TaskCalls } from "../../../src/wing/task-wing";
import { type Declared, differences, keyOf } from "../upgrade-task/same";
import { cancelJob, deleteJob, getJob, hurryJob, type JobRecord, listJobs, putJob } from "./calls";
import type { Ask } from "./fleet";

export interface JobDeclaration extends Declared {
  readonly urn: string | undefined;
}

export interface Jobs extends TaskCalls<JobDeclaration, JobRecord>, AwaitedTasks<JobRecord> {
  list(): Promise<readonly JobRecord[]>;
  cancel(id: string): Promise<void>;
  hurry(id: string): Promise<void>;
  delete(id: string): Promise<void>;
}

interface JobMemory {
  readonly ledger: Ledger;
  readonly account: string;
  readonly now: () => number;
}

export function jobsOf(
  ask: Ask,
  { ledger, account, now }: JobMemory,
  caller: string | undefined,
): Jobs {
  const list = async (): Promise<readonly JobRecord[]> => (await ask(listJobs)) ?? [];
  const read = (id: string): Promise<JobRecord | undefined> => ask(getJob, id);
  const isOf = (declaration: JobDeclaration) => (id: string) =>
    id.startsWith(`${keyOf(declaration, declaration.urn)}-`);

  return {
    ...{ list, read, look: read, poll: read, now },
    keyOf: (declaration) => keyOf(declaration, declaration.urn),
    async justStarted(id) {
      const job = await read(id);
      if (job === undefined) throw new OtaError(`Job ${id} is gone a moment after it was made.`);
      return job;
    },
    async findSame(declaration) {
      const all = await list();
      const tasks = all.filter(({ id }) => isOf(declaration)(id));
      const doubt = supersededBy(tasks, () =>
        all.filter((job) => stable(differences(job, declaration)) === stable(["imageId"])),
      );
      return { tasks, ...(doubt === undefined ? {} : { doubt }) };
    },
    async create(declaration) {
      const { imageId, things, thingsPerMinute, urn } = declaration;
      // The next number that no job has or had: whoever sends the same again, makes the same again.
      const known = [
        ...(await list()).map(({ id }) => id),
        ...ledger.deletedHere(account),
        ...ledger.predecessors(account).map(({ id }) => id),
      ].filter(isOf(declaration));
      const last = Math.max(0, ...known.map((id) => Number(id.split("-").at(-1))));
      const id = `${keyOf(declaration, urn)}-${last + 1}`;
      await ask(putJob, id, { imageId, things, thingsPerMinute });
      const key = digest(keyOf(declaration, urn));
      ledger.made({ account, id, urn: caller, key, packageId: imageId ?? "", createdAt: now() });
      return id;
    },
    async failures(id, most) {
      const failed = (await read(id))?.executions.filter(({ status }) => status === "FAILED") ?? [];
      return failed.slice(0, most).map(({ thing }) => ({ deviceId: thing, reason: "it failed" }));
    },
    cancel: async (id) => void (await ask(cancelJob, id)),
    hurry: async (id) => void (await ask(hurryJob, id)),
    async delete(id) {
      await ask(deleteJob, id);
      ledger.deleted(account, id);
    },
  };
}
