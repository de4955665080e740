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
