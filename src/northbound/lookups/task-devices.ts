import type { UpgradeTaskDevice } from "../../wing/fleet-results";
import { plain } from "../../wing/lookup-arguments";
import { devicesOfTask } from "../../wing/task-devices";
import type { Application } from "../api/platform";

/** The devices of a task; `undefined` where the platform has no record of it. */
export function devicesOf(
  application: Pick<Application, "tasks">,
  task: string,
): Promise<UpgradeTaskDevice[] | undefined> {
  return devicesOfTask(
    application.tasks({}),
    task,
    ({ deviceId, status, detail, startTime, stopTime }) =>
      plain({ deviceId, status, reason: detail, startTime, stopTime }),
  );
}
