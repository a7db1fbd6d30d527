/*
 * What the platform says of a device that had not begun when its part of a task ended. Two codes are
 * known (014016: not online, 014112: not subscribed); the vendor's manual lists the other reasons in
 * words alone. A text that is none of them is of a device that had begun.
 */
const CODES = ["IOTDA.014016", "IOTDA.014112"];
const NOT_BEGUN = [
  /\bnot online\b/i,
  /\bwaiting for the device (to come |to get )?online\b/i,
  /\bwaiting for (the device to report its version|(the )?version report)/i,
  /\bconflict/i,
];

export function isUnreached(reason: string | undefined): boolean {
  if (reason === undefined) return false;
  return (
    CODES.some((code) => reason.includes(code)) || NOT_BEGUN.some((pattern) => pattern.test(reason))
  );
}
