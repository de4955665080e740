/** What one page knows through its live connection: the cluster's state, and who else is there. */

import { applyFrame, applySnapshot, type ClusterState, continues, emptyCluster } from "./cluster.ts";
import type { Marker } from "./timeline.ts";
import type { ByeReason, Clock, Goal, Person, Role, ServerMessage } from "./wire.ts";

export interface Session {
  readonly cluster: ClusterState;
  /** null until the server has said who we are. */
  readonly role: Role | null;
  readonly viewers: number;
  readonly clock: Clock;
  /** Simulated milliseconds as last heard, and the wall clock (ms) at that moment. */
  readonly heard: { readonly sim: number; readonly wall: number };
  /** Changes that the server left out because this page was too slow, since the page was opened. */
  readonly skipped: number;
  readonly bye: ByeReason | null;
  /** What the clock runs, or last ran, until. */
  readonly goal: Goal | null;
  readonly people: readonly Person[];
  /** Timeline markers heard since the page was opened, the newest ones. */
  readonly markers: readonly Marker[];
}

/** As many markers as a timeline shows. */
const MOST_MARKERS = 200;

export function newSession(): Session {
  return {
    cluster: emptyCluster(),
    role: null,
    viewers: 0,
    clock: { speed: 1, paused: false, state: "running" },
    heard: { sim: 0, wall: 0 },
    skipped: 0,
    bye: null,
    goal: null,
    people: [],
    markers: [],
  };
}

/** The session after `message`, or "gap" when a frame does not continue our revision: then only a reconnect helps. */
export function receive(session: Session, message: ServerMessage, wall: number): Session | "gap" {
  switch (message.t) {
    case "welcome": {
      const { sim_ms, ...clock } = message.cluster.clock;
      return {
        ...session,
        role: message.role,
        viewers: message.viewers,
        clock,
        heard: { sim: sim_ms, wall },
        bye: null,
      };
    }
    case "snapshot":
      return {
        ...session,
        cluster: applySnapshot(session.cluster, message),
        heard: { sim: message.at, wall },
      };
    case "frame":
      if (!continues(session.cluster, message)) return "gap";
      return { ...session, cluster: applyFrame(session.cluster, message), heard: { sim: message.at, wall } };
    case "clock": {
      const { speed, paused, state, goal = session.goal } = message;
      return { ...session, clock: { speed, paused, state }, goal, heard: { sim: message.at, wall } };
    }
    case "beat":
      return { ...session, heard: { sim: message.at, wall } };
    case "marker": {
      const { t: _, ...marker } = message;
      return { ...session, markers: [...session.markers, marker].slice(-MOST_MARKERS) };
    }
    case "presence":
      return { ...session, people: message.people };
    case "viewers":
      return { ...session, viewers: message.n };
    case "skipped":
      return { ...session, skipped: session.skipped + message.changes };
    case "bye":
      return { ...session, bye: message.reason };
  }
}

/** Simulated milliseconds at wall time `wall`: the last heard time, if any, carried on at the clock's speed while it runs. */
export function simulatedNow(session: Session, wall: number): number {
  const { clock, heard } = session;
  const runs = heard.wall > 0 && clock.state === "running" && !clock.paused;
  return runs ? heard.sim + Math.max(0, wall - heard.wall) * clock.speed : heard.sim;
}
