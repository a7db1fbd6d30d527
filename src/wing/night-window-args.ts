import type * as pulumi from "@pulumi/pulumi";

/**
 * The next night, or other part of a day, by the clocks of a zone. It is resolved when the task is
 * made, to the window that is open if enough of it is left and else to the next one; the task keeps the
 * instants, and no later `up` sees a change. It runs over midnight where `to` is not later than
 * `from`. Where daylight saving skips `from` it begins at the first instant after, and of an hour that
 * is repeated the first one counts.
 */
export interface NightWindow {
  /** Begin, as the clocks in `timeZone` show it: `"01:00"`. */
  readonly from: pulumi.Input<string>;
  /** End, as the clocks in `timeZone` show it: `"04:00"`; another time than `from`. */
  readonly to: pulumi.Input<string>;
  /** Full name of the zone in the IANA database, such as `"Asia/Shanghai"`, or `"UTC"`. */
  readonly timeZone: pulumi.Input<string>;
}
