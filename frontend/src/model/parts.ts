/** Large messages come in parts: their rows belong together, and none counts before the last part is there. */

import type { Frame, ServerMessage, Snapshot } from "./wire.ts";

/** For one socket: what it held goes with it. */
export class Parts {
  #held: (Snapshot | Frame)[] = [];

  /** The whole message, as soon as all of it has come; null before. */
  join(message: ServerMessage): ServerMessage | null {
    if (message.t !== "snapshot" && message.t !== "frame") return message;
    this.#held.push(message);
    if (message.more === 1) return null;
    const parts = this.#held;
    this.#held = [];
    if (parts.length === 1) return message;
    const rows = { nodes: parts.flatMap((part) => part.nodes), pods: parts.flatMap((part) => part.pods) };
    return { ...message, ...rows } as Snapshot | Frame;
  }
}
