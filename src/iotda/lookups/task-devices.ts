import type { UpgradeTaskDevice } from "../../wing/fleet-results";
import { plain } from "../../wing/lookup-arguments";
import { devicesOfTask } from "../../wing/task-devices";
import type { Project } from "../api/platform";

/** The devices of a task; `undefined` where the platform has no record of it. */
export function devicesOf(
  project: Pick<Project, "tasks">,
  task: string,
): Promise<UpgradeTaskDevice[] | undefined> {
  return devicesOfTask(project.tasks({}), task, ({ deviceId, status, said }) =>
    plain({ deviceId, status, reason: said }),
  );
}
