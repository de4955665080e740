/** The live protocol's messages, exactly as they travel: short keys, one JSON text per message. */

import type { Marker } from "./timeline.ts";

export interface NodeRow {
  readonly u: string;
  readonly n: string;
  readonly z: string;
  /** 1 ready, 0 not ready, 2 unknown. */
  readonly r: 0 | 1 | 2;
  /** 1 when cordoned. */
  readonly s: 0 | 1;
  readonly ta: readonly string[];
  /** CPU in thousandths of a core: allocatable, requested. */
  readonly c: readonly [number, number];
  /** Memory in bytes: allocatable, requested. */
  readonly m: readonly [number, number];
  /** How many pods the node takes. */
  readonly p: number;
}

export interface PodRow {
  readonly u: string;
  readonly n: string;
  readonly ns: string;
  /** Node name, "" while not scheduled. */
  readonly o: string;
  /** Index into STATUSES. */
  readonly s: number;
  /** What kubectl prints in its STATUS column. */
  readonly d: string;
  readonly y: string;
  readonly k: number;
  readonly ip: string;
  /** Creation in simulated milliseconds. */
  readonly t: number;
  /** "Kind/name" of the controller, "" when there is none. */
  readonly w: string;
  /** The first container's image. */
  readonly i: string;
  /** CPU that it asks for, in thousandths of a core. */
  readonly c: number;
}

export interface Gone {
  readonly u: string;
  readonly x: 1;
}

/** Somebody who looks at the cluster: what they have on screen, not their screen. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly view: string;
  /** "pod/shop/web-1", or null. */
  readonly sel: string | null;
  readonly rev: number | null;
  /** Asks the others to come along. */
  readonly lead: boolean;
  readonly me: boolean;
}

export type GoalState = "running" | "reached" | "gave up";

/** What the clock runs until. */
export interface Goal {
  readonly text: string;
  readonly state: GoalState;
  readonly rev: number | null;
}

export type Role = "owner" | "operate" | "view";
export type ClockState = "running" | "paused" | "sleeping";

export interface Clock {
  readonly speed: number;
  readonly paused: boolean;
  readonly state: ClockState;
}

export interface WelcomeMessage {
  readonly t: "welcome";
  readonly proto: number;
  readonly role: Role;
  readonly cluster: { readonly name: string; readonly clock: Clock & { readonly sim_ms: number } };
  readonly viewers: number;
}

export interface Snapshot {
  readonly t: "snapshot";
  readonly rev: number;
  /** Simulated milliseconds. */
  readonly at: number;
  /** Unix milliseconds of simulated time 0. */
  readonly epoch: number;
  readonly nodes: readonly NodeRow[];
  readonly pods: readonly PodRow[];
  /** The rows go on in the next message. */
  readonly more?: 1;
}

/** Changes that lead from revision `from` to revision `to`; they apply to `from` and to nothing else. */
export interface Frame {
  readonly t: "frame";
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly nodes: readonly (NodeRow | Gone)[];
  readonly pods: readonly (PodRow | Gone)[];
  /** The rows go on in the next message. */
  readonly more?: 1;
}

export type ClockMessage = Clock & { readonly t: "clock"; readonly at: number; readonly goal?: Goal | null };
export type MarkerMessage = Marker & { readonly t: "marker" };
export type ByeReason = "revoked" | "expired" | "deleted" | "compacted";

export type ServerMessage =
  | WelcomeMessage
  | Snapshot
  | Frame
  | ClockMessage
  | MarkerMessage
  | { readonly t: "viewers"; readonly n: number }
  | { readonly t: "presence"; readonly people: readonly Person[] }
  | { readonly t: "beat"; readonly at: number }
  | { readonly t: "skipped"; readonly changes: number }
  | { readonly t: "bye"; readonly reason: ByeReason };

export type ClientMessage =
  | { readonly t: "hello"; readonly proto: 1; readonly since: number | null }
  | { readonly t: "ack"; readonly rev: number }
  | { readonly t: "hidden"; readonly hidden: boolean }
  | ({ readonly t: "look" } & Look);

/** What we have on screen, for the others. */
export interface Look {
  readonly view: string;
  readonly sel: string | null;
  readonly rev: number | null;
  readonly lead: boolean;
}

const KNOWN = new Set([
  "welcome",
  "snapshot",
  "frame",
  "clock",
  "marker",
  "viewers",
  "presence",
  "beat",
  "skipped",
  "bye",
]);

/** Reads one message; null for what is no message of this protocol, so that a newer server may say more. */
export function parseMessage(text: string): ServerMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || !("t" in value)) return null;
  return typeof value.t === "string" && KNOWN.has(value.t) ? (value as ServerMessage) : null;
}

export function isGone(row: NodeRow | PodRow | Gone): row is Gone {
  return "x" in row;
}
