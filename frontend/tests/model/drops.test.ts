/** A server that remembers little, a wire that breaks at any moment, and a page that must never be wrong. */

import { describe, expect, it } from "vitest";
import type { ClusterState } from "../../src/model/cluster.ts";
import { Connection, type SocketEvents } from "../../src/model/connection.ts";
import { inspectable } from "../../src/model/debug.ts";
import type { ClientMessage, Frame, PodRow, ServerMessage, Snapshot } from "../../src/model/wire.ts";
import { frame, pod, snapshot } from "./rows.ts";

const DROPS = 1000;
const SEEDS = [1, 2, 3, 4, 5];
/** Frames that the server can still send; who is further behind gets a snapshot. */
const KEPT = 8;
const PART_ROWS = 3;

type Random = (below: number) => number;

function randomOf(seed: number): Random {
  let last = seed * 7919 + 1;
  return (below) => (last = (last * 48271) % 2147483647) % below;
}

/** Keeps the truth: every revision's pods, and the last few frames. */
class Server {
  rev = 10;
  readonly pods = new Map<string, PodRow>();
  readonly history = new Map<number, string>();
  #frames: Frame[] = [];

  constructor(readonly random: Random) {
    this.#note();
  }

  write(): void {
    const name = `p${String(this.random(30))}`;
    const row = pod(name, { s: this.random(8), o: `node-${String(this.random(3))}`, k: this.random(5) });
    const removed = this.random(4) === 0;
    if (removed) this.pods.delete(row.u);
    else this.pods.set(row.u, row);
    this.#frames.push(frame(this.rev, this.rev + 1, { pods: [removed ? { u: row.u, x: 1 } : row] }));
    this.#frames.splice(0, this.#frames.length - KEPT);
    this.rev += 1;
    this.#note();
  }

  /** What follows a hello: frames from there when they are kept, else everything, in parts. */
  answer(since: number | null): ServerMessage[] {
    const found = this.#frames.filter((each) => since !== null && each.from >= since);
    const isKept = since === this.rev || found[0]?.from === since;
    return [WELCOME, ...(isKept ? found : this.#parts())];
  }

  newest(): Frame | undefined {
    return this.#frames.at(-1);
  }

  #parts(): Snapshot[] {
    const rows = [...this.pods.values()];
    const parts: Snapshot[] = [];
    do {
      const some = rows.splice(0, PART_ROWS);
      parts.push({ ...snapshot(some, [], this.rev), ...(rows.length > 0 ? { more: 1 as const } : {}) });
    } while (rows.length > 0);
    return parts;
  }

  #note(): void {
    this.history.set(this.rev, contents([...this.pods.values()]));
  }
}

const WELCOME: ServerMessage = {
  t: "welcome",
  proto: 1,
  role: "view",
  cluster: { name: "lab", clock: { speed: 1, paused: false, state: "running", sim_ms: 0 } },
  viewers: 1,
};

function contents(rows: readonly PodRow[]): string {
  return rows
    .map((row) => `${row.u} ${row.o} ${String(row.s)} ${String(row.k)}`)
    .sort()
    .join("\n");
}

function shown({ pods, strings }: ClusterState): string {
  return [...pods.slots]
    .map(([uid, slot]) => {
      const place = strings.at(pods.node[slot] ?? 0);
      return `${uid} ${place} ${String(pods.status[slot])} ${String(pods.restarts[slot])}`;
    })
    .sort()
    .join("\n");
}

/** A page and the wire to it. What is on the wire may be lost, never reordered. */
class Page {
  drops = 0;
  hellos: (number | null)[] = [];
  #wire: ServerMessage[] = [];
  #events: SocketEvents | null = null;
  #flush: (() => void) | null = null;
  #retry: (() => void) | null = null;

  constructor(readonly server: Server) {}

  readonly connection: Connection = new Connection({
    openSocket: (events) => {
      this.#events = events;
      this.#wire = [];
      return { send: (text) => this.#heard(JSON.parse(text) as ClientMessage), close: () => undefined };
    },
    scheduleFlush: (flush) => (this.#flush = flush),
    setTimer: (_milliseconds, fire) => {
      this.#retry = fire;
      return () => (this.#retry = null);
    },
    now: () => 0,
    random: () => 0.5,
  });

  open(): void {
    this.connection.open();
    this.#events?.onOpen();
  }

  /** The server's newest change goes out on the wire, when somebody listens. */
  tell(): void {
    const newest = this.server.newest();
    if (newest && this.connection.link.phase === "live") this.#wire.push(newest);
  }

  deliver(): void {
    const message = this.#wire.shift();
    if (message) this.#events?.onText(JSON.stringify(message));
  }

  flush(): void {
    const flush = this.#flush;
    this.#flush = null;
    flush?.();
  }

  drop(): void {
    this.drops += 1;
    this.#wire = [];
    this.#events?.onClose(1006);
  }

  comeBack(): void {
    const retry = this.#retry;
    this.#retry = null;
    retry?.();
    if (retry) this.#events?.onOpen();
  }

  settle(): void {
    for (let round = 0; round < 200; round += 1) {
      this.comeBack();
      this.deliver();
      this.flush();
    }
  }

  #heard(message: ClientMessage): void {
    if (message.t !== "hello") return;
    this.hellos.push(message.since);
    this.#wire.push(...this.server.answer(message.since));
  }
}

describe("a page whose connection breaks again and again", () => {
  it.each(SEEDS)("always equals the server at its revision (seed %d)", (seed) => {
    const random = randomOf(seed);
    const server = new Server(random);
    const page = new Page(server);
    page.open();
    let last = 0;
    while (page.drops < DROPS) {
      const dice = random(10);
      if (dice < 3) {
        server.write();
        page.tell();
      } else if (dice < 6) page.deliver();
      else if (dice < 8) page.flush();
      else if (dice < 9) page.comeBack();
      else page.drop();
      const { cluster } = page.connection.session;
      if (cluster.rev === null) continue;
      expect(cluster.rev, "no revision goes back").toBeGreaterThanOrEqual(last);
      last = cluster.rev;
      if (shown(cluster) !== server.history.get(cluster.rev)) {
        expect.fail(`seed ${String(seed)}: revision ${String(cluster.rev)} is not the server's`);
      }
    }
    page.settle();
    expect(page.connection.session.cluster.rev).toBe(server.rev);
    expect(shown(page.connection.session.cluster)).toBe(server.history.get(server.rev));
    // It asked for what it lacked, and not for everything each time.
    expect(page.hellos.filter((since) => since !== null).length).toBeGreaterThan(DROPS / 4);
  });

  it("is told to the console as it is on screen", () => {
    const page = new Page(new Server(randomOf(9)));
    for (let writes = 0; writes < 20; writes += 1) page.server.write();
    page.open();
    page.settle();
    const told = inspectable(page.connection);
    expect(told.rev()).toBe(page.server.rev);
    expect(told.link()).toBe("live");
    expect(told.pods()).toHaveLength(page.server.pods.size);
    expect(Object.values(told.counts()).reduce((sum, each) => sum + each, 0)).toBe(page.server.pods.size);
  });
});
