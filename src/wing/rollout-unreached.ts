/**
 * What the platform says of a device that had not begun when its part of a task ended, in the words of
 * the manual's table "Failure causes reported by the platform", the same for both generations. A text
 * that is none of these is of a device that had begun.
 *
 * @see https://support.huaweicloud.com/usermanual-iothub/iot_01_0027.html
 */
const UNREACHED = [
  // Never online.
  "device abnormal is not online",
  "waiting for the device online timeout",
  "iotda.014016",
  // No report of its version.
  "waiting for report device firmware version timeout",
  "waiting for report device software version timeout",
  // Another task holds it.
  "task conflict",
  // Its cell is not known.
  "waiting for report cellid timeout",
];

export function isUnreached(reason: string | undefined): boolean {
  const said = reason?.toLowerCase().replaceAll(/\s+/g, " ");
  return said !== undefined && UNREACHED.some((text) => said.includes(text));
}
