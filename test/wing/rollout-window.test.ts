import { openFrom } from "../../src/wing/rollout-window";

const NIGHT = { from: "01:00", to: "04:00", timeZone: "UTC" };
const at = (time: string): number => Date.parse(`2026-05-01T${time}Z`);

describe("A push", () => {
  it("may be POSTed at once where there is no window, and where one is open for ten minutes more", () => {
    expect(openFrom({}, at("12:00:00"))).toBe(at("12:00:00"));
    expect(openFrom({ window: NIGHT }, at("01:30:00"))).toBe(at("01:30:00"));
    expect(openFrom({ window: NIGHT }, at("03:48:00"))).toBe(at("03:48:00"));
  });

  it("waits for the next night where less is left, or none is open", () => {
    expect(openFrom({ window: NIGHT }, at("03:51:00"))).toBe(Date.parse("2026-05-02T01:00:00Z"));
    expect(openFrom({ window: NIGHT }, at("12:00:00"))).toBe(Date.parse("2026-05-02T01:00:00Z"));
  });

  it("is refused where the only window is over", () => {
    const endTime = "2026-05-01T12:00:00Z";
    expect(openFrom({ endTime }, at("11:49:00"))).toBe(at("11:49:00"));
    expect(() => openFrom({ endTime }, at("11:51:00"))).toThrow(
      "policy.endTime is 2026-05-01T12:00:00Z, of which less than ten minutes are left",
    );
    expect(openFrom({ endTime: "PT2H" }, at("11:51:00"))).toBe(at("11:51:00"));
  });
});
