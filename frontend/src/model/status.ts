/** The eight states of a pod on screen. A code of the live protocol is an index into STATUSES. */

export type Tone = "ok" | "wait" | "progress" | "bad" | "neutral";

export const STATUS_SLUGS = [
  "running",
  "pending",
  "starting",
  "failed",
  "crashloop",
  "terminating",
  "succeeded",
  "unknown",
] as const;

export type StatusSlug = (typeof STATUS_SLUGS)[number];

export interface Status {
  readonly code: number;
  readonly slug: StatusSlug;
  readonly tone: Tone;
  /** Order of attention: 0 needs a look first. */
  readonly urgency: number;
}

const TONES: Record<StatusSlug, Tone> = {
  running: "ok",
  pending: "wait",
  starting: "progress",
  failed: "bad",
  crashloop: "bad",
  terminating: "progress",
  succeeded: "neutral",
  unknown: "neutral",
};

const BY_URGENCY: readonly StatusSlug[] = [
  "crashloop",
  "failed",
  "unknown",
  "pending",
  "starting",
  "terminating",
  "running",
  "succeeded",
];

export const STATUSES: readonly Status[] = STATUS_SLUGS.map((slug, code) => ({
  code,
  slug,
  tone: TONES[slug],
  urgency: BY_URGENCY.indexOf(slug),
}));

const UNKNOWN: Status = { code: 7, slug: "unknown", tone: "neutral", urgency: 2 };

/** The status of a code; a code from a newer server counts as unknown. */
export function statusOf(code: number): Status {
  return STATUSES[code] ?? UNKNOWN;
}
