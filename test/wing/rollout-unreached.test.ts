import { isUnreached } from "../../src/wing/rollout-unreached";

describe("A device that had not begun when its part of a task ended", () => {
  it.each([
    "Device Abnormal is not online",
    "Device Abnormal is not online (IOTDA.014016)",
    "no text (IOTDA.014016)",
    "Task Conflict",
    "Waiting for the device online timeout",
    "Waiting for report device firmware version timeout",
    "Waiting for report device software version timeout",
    "Waiting for report cellId timeout",
    "waiting for the  device online timeout.",
  ])("is told by: %s", (text) => {
    expect(isUnreached(text)).toBe(true);
  });

  it.each([
    "Wait for the device to report upgrade result timeout",
    "Updating timeout and query device version for check timeout",
    "Waiting for device downloaded package timeout",
    "Waiting for device start to update timeout",
    "Waiting for device start download package timeout",
    "Not enough storage for the new firmware package",
    "Out of memory during downloading process",
    "Connection lost during downloading process",
    "Integrity check failure for new downloaded package",
    "Unsupported package type",
    "Invalid URI",
    "Firmware update failed",
    "The battery is low.",
    "",
    undefined,
  ])("is not told by: %s", (text) => {
    expect(isUnreached(text)).toBe(false);
  });
});
