import { configOf, warn } from "../../wing/lookup";
import { createApplications, openApplication, type Applications } from "../api/platform";
import { type NorthboundSettings, RULES } from "../settings";
import { readerOf } from "./reader";

let applications: Applications | undefined;

/** The reader of one application, in the program's process. */
export function openReader(
  settings: NorthboundSettings | undefined,
  stackConfig: string | undefined,
  environment: NodeJS.ProcessEnv,
) {
  applications ??= createApplications(environment, (account) => openApplication(account, { warn }));
  return readerOf(applications.of(configOf("northbound", RULES, settings, stackConfig)));
}
