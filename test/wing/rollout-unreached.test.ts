import { isUnreached as onIotda } from "../../src/iotda/rollout/unreached";
import { isUnreached as onNorthbound } from "../../src/northbound/rollout/unreached";

describe("A device that had not begun when its part of a task ended", () => {
  it.each([
    "The device is not online. (IOTDA.014016)",
    "no text (IOTDA.014016)",
    "The device has not subscribed to the topic. (IOTDA.014112)",
    "The task conflicts with another upgrade that is running on the device.",
    "Task conflict",
    "Timed out while waiting for the device to come online.",
    "Timed out while waiting for the device to report its version.",
    "Waiting for version report timed out.",
  ])("is told on IoTDA by: %s", (text) => {
    expect(onIotda(text)).toBe(true);
  });

  it.each([
    "Timed out while waiting for the device to report the upgrade result.",
    "Timed out while waiting for the device to finish the download.",
    "Timed out while updating and then checking the version.",
    "The integrity check of the package failed.",
    "The device has not enough storage.",
    "The connection was lost during the download.",
    "The update of the device failed.",
    "something new",
    "",
  ])("is not told on IoTDA by: %s", (text) => {
    expect(onIotda(text)).toBe(false);
  });

  it.each([
    "The device is not online.",
    "The device is offline.",
    "The device did not come online in time: it has not come online.",
    "Timed out while waiting for the device to come online.",
    "The device has not reported its version.",
    "Timed out while waiting for the device to report its firmware version.",
    "It conflicts with another task.",
    "The device has another upgrade task.",
    "The cell is not reported.",
  ])("is told on northbound by: %s", (text) => {
    expect(onNorthbound(text)).toBe(true);
  });

  it.each([
    "The download broke off at block 118.",
    "The device does not answer.",
    "The version is the same.",
    "The battery is low.",
    "something new",
    undefined,
  ])("is not told on northbound by: %s", (text) => {
    expect(onNorthbound(text)).toBe(false);
  });
});
