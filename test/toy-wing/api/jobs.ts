import { OtaError } from "../../../src/errors";
import { supersededBy } from "../../../src/upgrade/same-task";
import type { Ledger } from "../../../src/wing/ledger";
import { digest } from "../../../src/wing/task-changes";
import { type MaybeNew, untilFound } from "../../../src/wing/until-found";
import { type Declared, differences, keyOf } from "../upgrade-task/same";
import { type Ask, cancelJob, deleteJob, getJob, listJobs, putJob } from "./calls";

/** The jobs of a fleet; the ledger knows them by `account`. */
export function jobsOf(
  ask: Ask,
  ledger: Ledger,
  account: string,
  urn: string | undefined,
  times: Omit<MaybeNew, "madeAt">,
) {
  const list = async () => (await ask(listJobs)) ?? [];
  const madeAt = (id: string) => ledger.madeHere(account).find((job) => job.id === id)?.createdAt;
  const read = (id: string, at = madeAt(id)) =>
    untilFound(() => ask(getJob, id), { ...times, madeAt: () => Promise.resolve(at) });
  const isOf = (wanted: Declared, id: string) => id.startsWith(`${keyOf(wanted, urn)}-`);

  return {
    ...{ list, read, look: read, poll: (id: string) => read(id) },
    keyOf: (wanted: Declared) => keyOf(wanted, urn),
    async justStarted(id: string) {
      const job = await read(id);
      if (job === undefined) throw new OtaError(`Job ${id} is gone a moment after it was made.`);
      return job;
    },
    async findSame(wanted: Declared) {
      const all = await list();
      const tasks = all.filter(({ id }) => isOf(wanted, id));
      const others = all.filter((job) => differences(job, wanted).join() === "imageId");
      return { tasks, superseding: supersededBy(tasks, () => others) };
    },
    async create(wanted: Declared) {
      // The next number that no job has or had: who sends the same again makes the same again.
      const known = [...(await list()), ...ledger.predecessors(account)].map(({ id }) => id);
      const numbers = [...known, ...ledger.deletedHere(account)]
        .filter((id) => isOf(wanted, id))
        .map((id) => Number(id.split("-").at(-1)));
      const id = `${keyOf(wanted, urn)}-${Math.max(0, ...numbers) + 1}`;
      const made = await ask(putJob, id, { ...wanted, jobId: id });
      const what = { packageId: wanted.imageId, createdAt: made?.createdAt };
      ledger.made({ account, id, urn, key: digest(keyOf(wanted, urn)), ...what });
      return id;
    },
    async failures(id: string, most: number) {
      const failed = (await read(id))?.executions.filter(({ status }) => status === "FAILED") ?? [];
      return failed.slice(0, most).map(({ device }) => ({ deviceId: device, reason: "it failed" }));
    },
    async remove(id: string, at?: number) {
      if ((await read(id, at))?.phase === "unfinished") await ask(cancelJob, id);
      await ask(deleteJob, id);
      ledger.deleted(account, id);
    },
  };
}
