import { OtaError } from "../../../src/errors";
import { supersededBy } from "../../../src/upgrade/same-task";
import type { AwaitedTasks } from "../../../src/wing/completion-wait";
import type { Ledger } from "../../../src/wing/ledger";
import { digest } from "../../../src/wing/task-changes";
import type { TaskCalls } from "../../../src/wing/task-wing";
import { type Declared, differences, keyOf } from "../upgrade-task/same";
import { cancelJob, deleteJob, getJob, hurryJob, type JobRecord, listJobs, putJob } from "./calls";
import type { Ask } from "./fleet";

export interface Jobs extends TaskCalls<Declared, JobRecord>, AwaitedTasks<JobRecord> {
  list(): Promise<readonly JobRecord[]>;
  hurry(id: string): Promise<void>;
  remove(id: string): Promise<void>;
}

export function jobsOf(
  ask: Ask,
  ledger: Ledger,
  account: string,
  now: () => number,
  urn: string | undefined,
): Jobs {
  const list = async () => (await ask(listJobs)) ?? [];
  const read = (id: string) => ask(getJob, id);
  const isOf = (wanted: Declared, id: string) => id.startsWith(`${keyOf(wanted, urn)}-`);

  return {
    ...{ list, read, look: read, poll: read, now },
    keyOf: (wanted) => keyOf(wanted, urn),
    async justStarted(id) {
      const job = await read(id);
      if (job === undefined) throw new OtaError(`Job ${id} is gone a moment after it was made.`);
      return job;
    },
    async findSame(wanted) {
      const all = await list();
      const tasks = all.filter(({ id }) => isOf(wanted, id));
      const isOther = (job: JobRecord) => differences(job, wanted).join() === "imageId";
      const doubt = supersededBy(tasks, () => all.filter(isOther));
      return { tasks, ...(doubt === undefined ? {} : { doubt }) };
    },
    async create(wanted) {
      const { imageId, devices } = wanted;
      // The next number that no job has or had: who sends the same again makes the same again.
      const known = [...(await list()), ...ledger.predecessors(account)].map(({ id }) => id);
      const numbers = [...known, ...ledger.deletedHere(account)]
        .filter((id) => isOf(wanted, id))
        .map((id) => Number(id.split("-").at(-1)));
      const jobId = `${keyOf(wanted, urn)}-${Math.max(0, ...numbers) + 1}`;
      await ask(putJob, jobId, { jobId, imageId, devices });
      const what = { key: digest(keyOf(wanted, urn)), packageId: imageId, createdAt: now() };
      ledger.made({ account, id: jobId, urn, ...what });
      return jobId;
    },
    async failures(id, most) {
      const failed = (await read(id))?.executions.filter(({ status }) => status === "FAILED") ?? [];
      return failed.slice(0, most).map(({ device }) => ({ deviceId: device, reason: "it failed" }));
    },
    async hurry(id) {
      await ask(hurryJob, id);
    },
    async remove(id) {
      if ((await read(id))?.phase === "unfinished") await ask(cancelJob, id);
      await ask(deleteJob, id);
      ledger.deleted(account, id);
    },
  };
}
