/** How two versions of an object differ, field by field. */

export interface FieldChange {
  readonly path: string;
  /** undefined: the field was not there. */
  readonly old?: unknown;
  readonly new?: unknown;
}

/** As many differences as anybody reads. */
const MOST_FIELDS = 500;

/** Changed, added and removed fields in the order of the new version. A path is written as "spec.ports[0].port". */
export function changedFields(before: unknown, after: unknown): FieldChange[] {
  const found: FieldChange[] = [];
  compare(before ?? {}, after ?? {}, "", found);
  return found.slice(0, MOST_FIELDS);
}

function compare(before: unknown, after: unknown, path: string, found: FieldChange[]): void {
  if (Object.is(before, after) || found.length > MOST_FIELDS) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    const longest = Math.max(before.length, after.length);
    for (let index = 0; index < longest; index += 1) {
      compare(before[index], after[index], `${path}[${String(index)}]`, found);
    }
  } else if (isRecord(before) && isRecord(after)) {
    for (const name of new Set([...Object.keys(after), ...Object.keys(before)])) {
      compare(own(before, name), own(after, name), joined(path, name), found);
    }
  } else {
    found.push({ path, old: before, new: after });
  }
}

/** A name with dots or slashes, such as a label's, is put in brackets. */
function joined(path: string, name: string): string {
  if (/[./[\]]/.test(name)) return `${path}[${name}]`;
  return path === "" ? name : `${path}.${name}`;
}

function own(record: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const LONGEST_VALUE = 1200;

/** A value as YAML would lay it out, and never endless. */
export function formatFieldValue(value: unknown): string {
  const text = typeof value === "string" ? value : blockOf(value).join("\n");
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}

function blockOf(value: unknown): string[] {
  const isList = Array.isArray(value);
  const parts: [string, unknown][] = isList
    ? value.map((each) => ["-", each])
    : isRecord(value)
      ? Object.entries(value).map(([name, each]) => [`${name}:`, each])
      : [];
  if (parts.length === 0) return [typeof value === "string" ? value : JSON.stringify(value)];
  return parts.flatMap(([mark, each]) => {
    const [first = "", ...more] = blockOf(each);
    const isBlock = isRecord(each) && Object.keys(each).length > 0;
    if ((isBlock && !isList) || (Array.isArray(each) && each.length > 0)) {
      return [mark, first, ...more].map((line, index) => (index === 0 ? line : `  ${line}`));
    }
    return [`${mark} ${first}`, ...more.map((line) => `  ${line}`)];
  });
}
