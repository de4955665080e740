/** Time spans as kubectl prints them. Models: kubernetes v1.36 apimachinery/pkg/util/duration (HumanDuration). */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** "45s", "3m20s", "12m", "5h10m", "4d". A span below zero counts as zero. */
export function formatAge(milliseconds: number): string {
  const span = Math.max(0, milliseconds);
  if (span < 2 * MINUTE) return whole(span, SECOND, "s");
  if (span < 10 * MINUTE) return pair(span, MINUTE, "m", SECOND, "s");
  if (span < 3 * HOUR) return whole(span, MINUTE, "m");
  if (span < 8 * HOUR) return pair(span, HOUR, "h", MINUTE, "m");
  if (span < 2 * DAY) return whole(span, HOUR, "h");
  if (span < 8 * DAY) return pair(span, DAY, "d", HOUR, "h");
  if (span < 2 * YEAR) return whole(span, DAY, "d");
  if (span < 8 * YEAR) return pair(span, YEAR, "y", DAY, "d");
  return whole(span, YEAR, "y");
}

/** Simulated time as the clock shows it: "04:12", "1:02:03", "2d 1:02:03". */
export function formatClock(milliseconds: number): string {
  const days = Math.floor(milliseconds / DAY);
  const hours = Math.floor((milliseconds % DAY) / HOUR);
  const minutes = two(Math.floor((milliseconds % HOUR) / MINUTE));
  const seconds = two(Math.floor((milliseconds % MINUTE) / SECOND));
  const short =
    days === 0 && hours === 0 ? `${minutes}:${seconds}` : `${String(hours)}:${minutes}:${seconds}`;
  return days === 0 ? short : `${String(days)}d ${short}`;
}

function whole(span: number, unit: number, sign: string): string {
  return `${String(Math.floor(span / unit))}${sign}`;
}

function pair(span: number, unit: number, sign: string, smaller: number, smallerSign: string): string {
  const rest = Math.floor((span % unit) / smaller);
  const first = whole(span, unit, sign);
  return rest === 0 ? first : `${first}${String(rest)}${smallerSign}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
