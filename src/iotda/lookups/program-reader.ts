import { configOf, warn } from "../../wing/lookup";
import { createProjects, openProject, type Projects } from "../api/platform";
import { type IotdaSettings, RULES } from "../settings";
import { readerOf } from "./reader";

let projects: Projects | undefined;

/** The reader of one project, in the program's process. */
export function openReader(
  settings: IotdaSettings | undefined,
  stackConfig: string | undefined,
  environment: NodeJS.ProcessEnv,
) {
  projects ??= createProjects(environment, (account) => openProject(account, { warn }));
  return readerOf(projects.of(configOf("iotda", RULES, settings, stackConfig)));
}
