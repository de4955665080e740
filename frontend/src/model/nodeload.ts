/** What the API tells of nodes besides their rows: what their pods really use, and when they last gave a sign of life. */

import { parseBytes, parseMilli } from "./quantity.ts";

export interface Usage {
  readonly cpu: number;
  readonly memory: number;
}

interface MetricsItem {
  readonly metadata: { readonly name: string };
  readonly usage?: { readonly cpu?: string; readonly memory?: string };
}

interface LeaseItem {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly renewTime?: string | null };
}

/** By node: thousandths of a core and bytes. */
export function usageOf(items: readonly MetricsItem[]): Map<string, Usage> {
  const found = new Map<string, Usage>();
  for (const { metadata, usage } of items) {
    const cpu = parseMilli(usage?.cpu);
    const memory = parseBytes(usage?.memory);
    if (cpu !== null && memory !== null) found.set(metadata.name, { cpu, memory });
  }
  return found;
}

/** By node: when its lease was renewed, in Unix milliseconds. */
export function renewalsOf(items: readonly LeaseItem[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const { metadata, spec } of items) {
    const at = Date.parse(spec?.renewTime ?? "");
    if (!Number.isNaN(at)) found.set(metadata.name, at);
  }
  return found;
}
