import { describe, expect, it } from "vitest";
import { Connection, retryDelay, type SocketEvents } from "../../src/model/connection.ts";
import type { ServerMessage } from "../../src/model/wire.ts";
import { frame, pod, snapshot } from "./rows.ts";

const WELCOME: ServerMessage = {
  t: "welcome",
  proto: 1,
  role: "owner",
  cluster: { name: "lab", clock: { speed: 1, paused: false, state: "running", sim_ms: 500 } },
  viewers: 1,
};

/** A world under the test's control: it flushes, fires timers and lets the clock stand where the test puts it. */
class World {
  now = 1000;
  sent: unknown[] = [];
  opened = 0;
  events: SocketEvents | null = null;
  #flush: (() => void) | null = null;
  #timer: { at: number; fire: () => void } | null = null;

  readonly connection = new Connection({
    openSocket: (events) => {
      this.opened += 1;
      this.events = events;
      return { send: (text) => this.sent.push(JSON.parse(text)), close: () => undefined };
    },
    scheduleFlush: (flush) => (this.#flush = flush),
    setTimer: (milliseconds, fire) => {
      this.#timer = { at: this.now + milliseconds, fire };
      return () => (this.#timer = null);
    },
    now: () => this.now,
    random: () => 0.999,
  });

  receive(...messages: ServerMessage[]): void {
    for (const message of messages) this.events?.onText(JSON.stringify(message));
  }

  flush(): void {
    const flush = this.#flush;
    this.#flush = null;
    flush?.();
  }

  advance(milliseconds: number): void {
    this.now += milliseconds;
    const timer = this.#timer;
    if (timer === null || timer.at > this.now) return;
    this.#timer = null;
    timer.fire();
  }

  /** Connected, with two pods, at revision 10. */
  static live(): World {
    const world = new World();
    world.connection.open();
    world.events?.onOpen();
    world.receive(WELCOME, snapshot([pod("a"), pod("b")]));
    world.flush();
    world.sent = [];
    return world;
  }
}

describe("a connection", () => {
  it("forgets the parts of a message that a lost connection has cut", () => {
    const world = World.live();
    world.receive({ ...frame(10, 11, { pods: [pod("half")] }), more: 1 });
    world.events?.onClose(1006);
    world.advance(60_000);
    world.events?.onOpen();
    expect(world.sent).toContainEqual({ t: "hello", proto: 1, since: 10 });
    world.receive(WELCOME, frame(10, 11, { pods: [pod("whole")] }));
    world.flush();
    const { rev, pods } = world.connection.session.cluster;
    expect([rev, pods.name.includes("half"), pods.name.includes("whole")]).toEqual([11, false, true]);
  });

  it("says hello without a revision at first, and is live once it is welcome", () => {
    const world = new World();
    world.connection.open();
    expect(world.connection.link.phase).toBe("connecting");
    world.events?.onOpen();
    expect(world.sent).toEqual([{ t: "hello", proto: 1, since: null }]);
    world.receive(WELCOME);
    expect(world.connection.link.phase).toBe("live");
  });

  it("applies what has arrived once per flush, tells listeners once, and acknowledges the last revision", () => {
    const world = World.live();
    let told = 0;
    world.connection.subscribe(() => (told += 1));
    world.receive(frame(10, 11), frame(11, 14, { pods: [pod("c")] }));
    expect(world.connection.session.cluster.rev).toBe(10);
    world.flush();
    expect(world.connection.session.cluster.rev).toBe(14);
    expect(told).toBe(1);
    expect(world.sent).toEqual([{ t: "ack", rev: 14 }]);
  });

  it("does not let frames pile up when nothing is drawn", () => {
    const world = World.live();
    for (let rev = 10; rev < 74; rev += 1) world.receive(frame(rev, rev + 1));
    expect(world.connection.session.cluster.rev).toBe(74);
  });

  it.each(["live", "connecting"])("that is %s does not believe in a socket that stays silent", (phase) => {
    const world = World.live();
    if (phase === "connecting") {
      world.events?.onClose(1006);
      world.advance(500);
    }
    expect([world.connection.link.phase, world.opened]).toEqual([phase, phase === "live" ? 1 : 2]);
    world.advance(14_000);
    if (phase === "live") {
      world.receive({ t: "beat", at: 600 });
      world.advance(14_000);
    }
    expect(world.connection.link.phase).toBe(phase);
    world.advance(1_000);
    expect(world.connection.link.phase).toBe("waiting");
    world.advance(15_000);
    world.events?.onOpen();
    expect(world.sent).toContainEqual({ t: "hello", proto: 1, since: 10 });
  });

  it("comes back with its revision after a gap", () => {
    const world = World.live();
    world.receive(frame(12, 13));
    world.flush();
    expect(world.connection.link.phase).toBe("waiting");
    world.advance(1000);
    world.events?.onOpen();
    expect(world.sent).toEqual([{ t: "hello", proto: 1, since: 10 }]);
  });

  it("waits longer after each failure, and is quick again after a success", () => {
    const world = World.live();
    world.events?.onClose(1006);
    expect(world.connection.link).toEqual({ phase: "waiting", lostAt: 1000, retryAt: 1500 });
    world.advance(500);
    world.events?.onClose(1006);
    expect(world.connection.link).toEqual({ phase: "waiting", lostAt: 1000, retryAt: 1500 + 999 });
    world.advance(1000);
    world.receive(WELCOME);
    world.events?.onClose(1006);
    expect(world.connection.link).toMatchObject({ phase: "waiting", retryAt: world.now + 500 });
  });

  it("tries at once when asked to", () => {
    const world = World.live();
    world.events?.onClose(1006);
    world.connection.retryNow();
    expect(world.opened).toBe(2);
    expect(world.connection.link).toEqual({ phase: "connecting", lostAt: 1000 });
  });

  it("ignores what a socket says after its successor was opened", () => {
    const world = World.live();
    const old = world.events;
    world.connection.lose();
    world.advance(1000);
    old?.onText(JSON.stringify(frame(10, 11)));
    old?.onClose(1006);
    world.flush();
    expect(world.connection.session.cluster.rev).toBe(10);
    expect(world.connection.link.phase).toBe("connecting");
  });

  it.each([
    ["revoked", 4403],
    ["expired", 4410],
    ["deleted", 4404],
  ] as const)("ends for good when the server says %s", (reason, code) => {
    const world = World.live();
    world.receive({ t: "bye", reason });
    world.events?.onClose(code);
    expect(world.connection.link).toEqual({ phase: "ended", lostAt: 1000, reason });
    world.advance(60_000);
    expect(world.opened).toBe(1);
  });

  it("ends by the close code when no bye came", () => {
    const world = World.live();
    world.events?.onClose(4403);
    expect(world.connection.link).toEqual({ phase: "ended", lostAt: 1000, reason: "forbidden" });
  });

  it("asks for a snapshot when its revision was compacted", () => {
    const world = World.live();
    world.receive({ t: "bye", reason: "compacted" });
    world.events?.onClose(4410);
    world.advance(1000);
    world.events?.onOpen();
    expect(world.sent).toEqual([{ t: "hello", proto: 1, since: null }]);
  });

  it("tells the server when the page is hidden, also after a reconnect", () => {
    const world = World.live();
    world.connection.setHidden(true);
    world.events?.onClose(1006);
    world.advance(1000);
    world.events?.onOpen();
    expect(world.sent).toEqual([
      { t: "hidden", hidden: true },
      { t: "hello", proto: 1, since: 10 },
      { t: "hidden", hidden: true },
    ]);
  });

  it("lets pass what it does not know", () => {
    const world = World.live();
    world.events?.onText("no json");
    world.events?.onText('{"t":"future"}');
    world.events?.onText("null");
    world.flush();
    expect(world.connection.link.phase).toBe("live");
  });
});

it("the delay before a retry grows to a ceiling and is never nothing", () => {
  expect([0, 1, 4, 10].map((attempt) => retryDelay(attempt, 1))).toEqual([500, 1000, 8000, 15_000]);
  expect(retryDelay(10, 0)).toBe(250);
});
