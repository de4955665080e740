/** A request's way through the network, hop by hop. */

export const HOP_KINDS = [
  "dns",
  "chain",
  "dnat",
  "masquerade",
  "policy",
  "route",
  "server",
  "verdict",
] as const;
export type HopKind = (typeof HOP_KINDS)[number];

export interface Hop {
  readonly kind: HopKind;
  readonly where: string;
  /** A rule as iptables-save writes it, a query with its answer, what a server says. */
  readonly text: string;
}

export interface Walk {
  /** The address that was asked for. */
  readonly asked: string;
  readonly hops: readonly Hop[];
  readonly destination: string;
  readonly answered: boolean;
  /** HTTP's; null without an answer. */
  readonly code: number | null;
  readonly lines: readonly string[];
  /** Who answered. */
  readonly by: string;
}

export interface Leg {
  readonly kind: HopKind;
  readonly hops: readonly Hop[];
}

/** Hops of one kind that follow each other belong to one leg of the way. */
export function legsOf({ hops }: Walk): Leg[] {
  const legs: { kind: HopKind; hops: Hop[] }[] = [];
  for (const hop of hops) {
    const last = legs.at(-1);
    if (last?.kind === hop.kind) last.hops.push(hop);
    else legs.push({ kind: hop.kind, hops: [hop] });
  }
  return legs;
}

/** "pod/shop/web-1" for the pods that can ask; "svc/shop/web:80" for each port of a Service. */
export function podAddress(namespace: string, name: string): string {
  return `pod/${namespace}/${name}`;
}

export function serviceAddress(key: string, port: number): string {
  return `svc/${key}:${String(port)}`;
}

/** An answer is good when somebody gave it and did not complain. */
export function isGood({ answered, code }: Walk): boolean {
  return answered && (code === null || code < 400);
}
