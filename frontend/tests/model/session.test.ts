import { expect, it } from "vitest";
import { newSession, receive, type Session, simulatedNow } from "../../src/model/session.ts";
import type { ServerMessage } from "../../src/model/wire.ts";
import { frame, pod, snapshot } from "./rows.ts";

function after(...messages: ServerMessage[]): Session {
  return messages.reduce<Session>((session, message) => {
    const next = receive(session, message, 5000);
    if (next === "gap") throw new Error("gap");
    return next;
  }, newSession());
}

it("a frame that does not continue our revision is a gap", () => {
  expect(receive(after(snapshot([])), frame(11, 12), 0)).toBe("gap");
  expect(receive(newSession(), frame(0, 1), 0)).toBe("gap");
});

it("simulated time runs on at the clock's speed between messages", () => {
  const session = after(snapshot([pod("a")]), {
    t: "clock",
    at: 60_000,
    speed: 10,
    paused: false,
    state: "running",
  });
  expect(simulatedNow(session, 5000)).toBe(60_000);
  expect(simulatedNow(session, 5300)).toBe(63_000);
});

it.each(["paused", "sleeping"] as const)("simulated time stands still while the clock is %s", (state) => {
  const session = after({ t: "clock", at: 60_000, speed: 1, paused: state === "paused", state });
  expect(simulatedNow(session, 99_000)).toBe(60_000);
});

it("skipped changes add up", () => {
  expect(after({ t: "skipped", changes: 400 }, { t: "skipped", changes: 12_000 }).skipped).toBe(12_400);
});

it("viewers and farewell are remembered", () => {
  expect(after({ t: "viewers", n: 3 }).viewers).toBe(3);
  expect(after({ t: "bye", reason: "revoked" }).bye).toBe("revoked");
});
