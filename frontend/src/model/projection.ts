/** The part of a live object that a manifest speaks of: defaults and statuses that it leaves open stay out. */

/** Lists of objects are matched by their names, as Kubernetes merges most of them; others by their places. */
export function project(live: unknown, manifest: unknown): unknown {
  if (Array.isArray(live) && Array.isArray(manifest)) return projectList(live, manifest);
  if (!isRecord(live) || !isRecord(manifest)) return live;
  const found: Record<string, unknown> = {};
  for (const [name, wanted] of Object.entries(manifest)) {
    if (Object.hasOwn(live, name)) found[name] = project(live[name], wanted);
  }
  return found;
}

function projectList(live: readonly unknown[], manifest: readonly unknown[]): unknown[] {
  if (![...live, ...manifest].every((each) => isRecord(each) && typeof each["name"] === "string")) {
    return live.map((each, index) => (index < manifest.length ? project(each, manifest[index]) : each));
  }
  const byName = (list: readonly unknown[], name: unknown): unknown =>
    list.find((each) => isRecord(each) && each["name"] === name);
  return live.map((each) => {
    const wanted = byName(manifest, isRecord(each) ? each["name"] : undefined);
    return wanted === undefined ? each : project(each, wanted);
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
