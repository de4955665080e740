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

it("people, goals and markers are remembered; the newest markers win", () => {
  const me = {
    id: "1",
    name: "Otter",
    role: "owner",
    view: "map",
    sel: null,
    rev: null,
    lead: false,
    me: true,
  } as const;
  const goal = { text: "deployment/web available", state: "running", rev: null } as const;
  const clock = { t: "clock", at: 1, speed: 1, paused: false, state: "running" } as const;
  const session = after({ t: "presence", people: [me] }, { ...clock, goal }, clock);
  expect(session.people).toEqual([me]);
  expect(session.goal).toEqual(goal);
  const markers = Array.from({ length: 205 }, (_, index) => ({
    t: "marker" as const,
    rev: index,
    at: index,
    kind: "apply" as const,
    text: "apply",
    author: null,
  }));
  expect(after(...markers).markers.map((each) => each.rev)).toEqual(markers.slice(5).map((each) => each.rev));
});

it("a beat tells the time and nothing else", () => {
  const session = after(snapshot([pod("a")]), { t: "beat", at: 77_000 });
  expect(session.heard).toEqual({ sim: 77_000, wall: 5000 });
  expect(session.cluster.rev).toBe(10);
});
