/**
 * Keeps a session alive over a socket that may drop at any time.
 *
 * Messages queue up and are applied together, once per flush; the page draws what a flush leaves behind. After a
 * loss it comes back with the revision it has, so that the server sends only what is missing.
 */

import { Parts } from "./parts.ts";
import { newSession, receive, type Session } from "./session.ts";
import { type ByeReason, type ClientMessage, type Look, parseMessage, type ServerMessage } from "./wire.ts";

export interface Socket {
  send(text: string): void;
  close(): void;
}

export interface SocketEvents {
  onOpen(): void;
  onText(text: string): void;
  onClose(code: number): void;
}

/** Everything that a connection needs from its surroundings. */
export interface Surroundings {
  openSocket(events: SocketEvents): Socket;
  /** Runs `flush` at the next good moment, once; in a page that is the next animation frame. */
  scheduleFlush(flush: () => void): void;
  /** Returns the function that cancels. */
  setTimer(milliseconds: number, fire: () => void): () => void;
  /** Wall clock in milliseconds. */
  now(): number;
  /** In [0, 1). */
  random(): number;
}

export type EndReason = ByeReason | "forbidden";

export type Link =
  | { readonly phase: "connecting"; readonly lostAt: number | null }
  | { readonly phase: "live" }
  | { readonly phase: "waiting"; readonly lostAt: number; readonly retryAt: number }
  | { readonly phase: "ended"; readonly lostAt: number; readonly reason: EndReason };

const END_BY_CODE = new Map<number, EndReason>([
  [4403, "forbidden"],
  [4404, "deleted"],
  [4410, "expired"],
]);

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;
/** The server gives a sign of life every 5 s: whoever hears nothing for so long talks to nobody, whatever the socket says. */
const LONGEST_SILENCE_MS = 15_000;
/** A page that isn't drawn must not pile up frames: this many are applied at once, whoever watches. */
const QUEUE_LIMIT = 64;

/** Full jitter over an exponential ceiling, but never below half of the first step: many pages come back apart. */
export function retryDelay(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
  return Math.max(FIRST_RETRY_MS / 2, Math.round(ceiling * random));
}

export class Connection {
  session: Session = newSession();
  link: Link = { phase: "connecting", lostAt: null };

  readonly #world: Surroundings;
  readonly #listeners = new Set<() => void>();
  #socket: Socket | null = null;
  /** Tells the events of the present socket from those of its predecessors. */
  #generation = 0;
  #queue: ServerMessage[] = [];
  #parts = new Parts();
  #flushScheduled = false;
  #attempt = 0;
  /** While connected it waits for silence, in between for the next try. */
  #cancelTimer: (() => void) | null = null;
  #heardAt = 0;
  #hidden = false;
  #look: Look | null = null;
  /** Set when the server has told us that our revision is gone: the next hello asks for a snapshot. */
  #forgetRevision = false;

  constructor(world: Surroundings) {
    this.#world = world;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  open(): void {
    this.#connect();
  }

  close(): void {
    this.#dropSocket();
  }

  /** Tries at once instead of at the end of the wait. Does nothing while connected or after the end. */
  retryNow(): void {
    if (this.link.phase !== "waiting") return;
    this.#cancelTimer?.();
    this.#connect();
  }

  /** Gives the socket up without waiting for the system to notice, for instance when the device went offline. */
  lose(): void {
    if (this.link.phase === "live" || this.link.phase === "connecting") this.#lost();
  }

  setHidden(hidden: boolean): void {
    this.#hidden = hidden;
    if (this.link.phase === "live") this.#send({ t: "hidden", hidden });
  }

  /** Tells the others what this page has on screen; said again after every reconnect. */
  look(look: Look): void {
    this.#look = look;
    if (this.link.phase === "live") this.#send({ t: "look", ...look });
  }

  /** Applies everything that has arrived. */
  flush = (): void => {
    this.#flushScheduled = false;
    const queue = this.#queue;
    this.#queue = [];
    const before = this.session.cluster.rev;
    for (const message of queue) {
      const next = receive(this.session, message, this.#world.now());
      if (next === "gap") {
        this.#lost();
        return;
      }
      this.session = next;
      if (message.t === "snapshot") this.#forgetRevision = false;
    }
    const { rev } = this.session.cluster;
    if (rev !== null && rev !== before && this.link.phase === "live") this.#send({ t: "ack", rev });
    this.#notify();
  };

  #connect(): void {
    const generation = ++this.#generation;
    const lostAt = this.link.phase === "waiting" ? this.link.lostAt : null;
    this.#setLink({ phase: "connecting", lostAt });
    this.#heardAt = this.#world.now();
    this.#listen(LONGEST_SILENCE_MS);
    const current = (act: () => void): void => {
      if (generation === this.#generation) act();
    };
    this.#socket = this.#world.openSocket({
      onOpen: () => {
        current(() => {
          this.#send({ t: "hello", proto: 1, since: this.#forgetRevision ? null : this.session.cluster.rev });
          if (this.#hidden) this.#send({ t: "hidden", hidden: true });
        });
      },
      onText: (text) => {
        current(() => {
          this.#take(text);
        });
      },
      onClose: (code) => {
        current(() => {
          this.#closed(code);
        });
      },
    });
  }

  #listen(milliseconds: number): void {
    this.#cancelTimer = this.#world.setTimer(milliseconds, () => {
      const left = this.#heardAt + LONGEST_SILENCE_MS - this.#world.now();
      if (left > 0) this.#listen(left);
      else this.#lost();
    });
  }

  #take(text: string): void {
    this.#heardAt = this.#world.now();
    const part = parseMessage(text);
    const message = part && this.#parts.join(part);
    if (message === null) return;
    if (message.t === "welcome") {
      this.#attempt = 0;
      this.#setLink({ phase: "live" });
      if (this.#look) this.#send({ t: "look", ...this.#look });
    }
    this.#queue.push(message);
    if (this.#queue.length >= QUEUE_LIMIT) this.flush();
    else this.#scheduleFlush();
  }

  #closed(code: number): void {
    const generation = this.#generation;
    this.flush();
    // A gap in the last frames has already sent us into a retry.
    if (generation !== this.#generation) return;
    const { bye } = this.session;
    const reason = bye === "compacted" ? undefined : (bye ?? END_BY_CODE.get(code));
    if (bye === "compacted") this.#forgetRevision = true;
    if (reason === undefined) {
      this.#lost();
    } else {
      this.#dropSocket();
      this.#setLink({ phase: "ended", lostAt: this.#world.now(), reason });
    }
  }

  #lost(): void {
    this.#dropSocket();
    const now = this.#world.now();
    const delay = retryDelay(this.#attempt, this.#world.random());
    this.#attempt += 1;
    const lostAt = this.link.phase === "connecting" ? (this.link.lostAt ?? now) : now;
    this.#setLink({ phase: "waiting", lostAt, retryAt: now + delay });
    this.#cancelTimer = this.#world.setTimer(delay, () => {
      this.#connect();
    });
  }

  #dropSocket(): void {
    this.#generation += 1;
    this.#cancelTimer?.();
    this.#socket?.close();
    this.#socket = null;
    this.#queue = [];
    this.#parts = new Parts();
  }

  #send(message: ClientMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    this.#world.scheduleFlush(this.flush);
  }

  #setLink(link: Link): void {
    this.link = link;
    this.#notify();
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
