/** Amounts of CPU and memory as people write them. */

/** Thousandths of a core: "250m", "4", "1.5". */
export function formatCpu(milli: number): string {
  return milli < 1000 && milli !== 0 ? `${String(milli)}m` : trimmed(milli / 1000);
}

/** Bytes: "512Mi", "7.8Gi". */
export function formatMemory(bytes: number): string {
  const mebi = bytes / 1024 ** 2;
  return mebi < 1024 ? `${trimmed(mebi)}Mi` : `${trimmed(mebi / 1024)}Gi`;
}

function trimmed(value: number): string {
  return String(Math.round(value * 10) / 10);
}

const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** A quantity as manifests write it, in its unit; null for what is none. */
function parseQuantity(text: string | number | undefined): number | null {
  const found = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([KMGTP]i|[numkMGTP]?)$/.exec(
    String(text ?? ""),
  );
  const scale = SUFFIXES[found?.[2] ?? ""];
  return found === null || scale === undefined ? null : Number(found[1]) * scale;
}

/** Thousandths, rounded up as the API does. */
export function parseMilli(text: string | number | undefined): number | null {
  const value = parseQuantity(text);
  return value === null ? null : Math.ceil(Math.round(value * 1e12) / 1e9);
}

export function parseBytes(text: string | number | undefined): number | null {
  const value = parseQuantity(text);
  return value === null ? null : Math.ceil(value);
}
