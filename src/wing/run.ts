import { engineAddress } from "../pulumi/engine-link";
import { createReport } from "../pulumi/report";
import { createLedger, type Ledger } from "./ledger";

let ledger: Ledger | undefined;

/** The one ledger that all wings of this provider process write in. */
export function ledgerOfRun(): Ledger {
  ledger ??= createLedger({ address: engineAddress(), warn: createReport(undefined).warn });
  return ledger;
}
