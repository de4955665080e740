/** Rules over several objects, or several parts of one: what each schema alone can't see. */

import {
  keySpanOf,
  type Manifest,
  type ManifestDocument,
  type Path,
  recordAt,
  type Span,
  spanOf,
  valueAt,
} from "./manifest.ts";
import type { Fix, MessageValues, Problem, ProblemCode } from "./problem.ts";

const OWNERS = new Set(["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"]);

/** `namespace` is where an object goes that names none; `others` are the documents of other files. */
export function crossProblems(
  manifest: Manifest,
  namespace: string,
  others: readonly ManifestDocument[] = [],
): Problem[] {
  const documents = manifest.documents.filter((each) => each.isWhole);
  const all = [...documents, ...others];
  const found: Problem[] = [];
  const report = (
    severity: Problem["severity"],
    code: ProblemCode,
    span: Span,
    values: MessageValues,
    fixes: readonly Fix[] = [],
  ): void => {
    found.push({ severity, code, values, fixes, ...span, ...manifest.lineAt(span.from) });
  };
  for (const each of documents) {
    if (OWNERS.has(each.kind)) checkSelector(each, report);
    if (each.kind === "Service") checkService(each, all, namespace, report);
  }
  checkDuplicates(documents, namespace, report);
  return found;
}

type Report = (
  severity: Problem["severity"],
  code: ProblemCode,
  span: Span,
  values: MessageValues,
  fixes?: readonly Fix[],
) => void;

const LABELS: Path = ["spec", "template", "metadata", "labels"];

/** The template's pods must carry what the selector looks for. */
function checkSelector(owner: ManifestDocument, report: Report): void {
  const selector = recordAt(owner.value, ["spec", "selector", "matchLabels"]);
  const labels = recordAt(owner.value, LABELS);
  if (selector === null) return;
  for (const [key, wanted] of Object.entries(selector)) {
    const actual = labels?.[key];
    if (actual === wanted || typeof wanted !== "string") continue;
    if (actual === undefined) {
      report("error", "selectorMissing", keySpanOf(owner, ["spec", "selector", "matchLabels", key]), {
        label: `${key}=${wanted}`,
      });
      continue;
    }
    const span = spanOf(owner, [...LABELS, key]);
    const values = { label: `${key}=${String(actual)}`, wanted: `${key}=${wanted}` };
    report("error", "selectorMismatch", span, values, [
      { label: wanted, edit: { ...span, insert: scalar(wanted) } },
    ]);
  }
}

/** A service should find pods: those of a template, or a pod, in its own namespace. */
function checkService(
  service: ManifestDocument,
  all: readonly ManifestDocument[],
  namespace: string,
  report: Report,
): void {
  const selector = recordAt(service.value, ["spec", "selector"]);
  if (selector === null || Object.keys(selector).length === 0) return;
  const selected = all.filter((each) => matches(podLabels(each), selector));
  const place = service.namespace || namespace;
  const here = selected.filter((each) => (each.namespace || namespace) === place);
  const span = keySpanOf(service, ["spec", "selector"]);
  if (here.length > 0) {
    checkPorts(service, here, report);
    return;
  }
  const [elsewhere] = selected;
  if (elsewhere !== undefined) {
    const other = elsewhere.namespace || namespace;
    const values = { namespace: place, object: `${elsewhere.kind} ${elsewhere.name}`, other };
    report("warning", "serviceElsewhere", span, values, namespaceFix(service, other));
  } else if (all.some((each) => podLabels(each) !== null)) {
    const text = Object.entries(selector).map(([key, value]) => `${key}=${String(value)}`);
    report("warning", "serviceNothing", span, { selector: text.join(",") });
  }
}

function namespaceFix(service: ManifestDocument, namespace: string): Fix[] {
  const path = ["metadata", "namespace"];
  if (service.namespace !== "") {
    return [{ label: namespace, edit: { ...spanOf(service, path), insert: scalar(namespace) } }];
  }
  if (service.name === "") return [];
  const { to } = spanOf(service, ["metadata", "name"]);
  const insert = `\n  namespace: ${scalar(namespace)}`;
  return [{ label: `namespace: ${namespace}`, edit: { from: to, to, insert } }];
}

function checkPorts(service: ManifestDocument, backends: readonly ManifestDocument[], report: Report): void {
  const ports = valueAt(service.value, ["spec", "ports"]);
  const offered = backends.flatMap(containerPorts);
  if (!Array.isArray(ports) || offered.length === 0) return;
  ports.forEach((each: unknown, index) => {
    const target = valueAt(each, ["targetPort"]) ?? valueAt(each, ["port"]);
    if (target === undefined || offered.some((port) => port.number === target || port.name === target))
      return;
    const hasTarget = valueAt(each, ["targetPort"]) !== undefined;
    const path: Path = ["spec", "ports", index, hasTarget ? "targetPort" : "port"];
    const span = spanOf(service, path);
    const fixes = hasTarget
      ? offered
          .slice(0, 1)
          .map(({ number }) => ({ label: String(number), edit: { ...span, insert: String(number) } }))
      : [];
    const known = offered.map(({ number }) => number).join(", ");
    report("warning", "portUnknown", span, { port: String(target), known }, fixes);
  });
}

interface ContainerPort {
  readonly number: number;
  readonly name: string;
}

function containerPorts(owner: ManifestDocument): ContainerPort[] {
  const containers = valueAt(owner.value, [...podPath(owner), "spec", "containers"]);
  if (!Array.isArray(containers)) return [];
  return containers.flatMap((container: unknown) => {
    const ports = valueAt(container, ["ports"]);
    if (!Array.isArray(ports)) return [];
    return ports.flatMap((port: unknown) => {
      const number = valueAt(port, ["containerPort"]);
      const name = valueAt(port, ["name"]);
      return typeof number === "number" ? [{ number, name: typeof name === "string" ? name : "" }] : [];
    });
  });
}

function podPath(owner: ManifestDocument): Path {
  return owner.kind === "Pod" ? [] : ["spec", "template"];
}

function podLabels(owner: ManifestDocument): Readonly<Record<string, unknown>> | null {
  if (owner.kind !== "Pod" && !OWNERS.has(owner.kind)) return null;
  return recordAt(owner.value, [...podPath(owner), "metadata", "labels"]);
}

function matches(
  labels: Readonly<Record<string, unknown>> | null,
  selector: Readonly<Record<string, unknown>>,
): boolean {
  return labels !== null && Object.entries(selector).every(([key, value]) => labels[key] === value);
}

function checkDuplicates(all: readonly ManifestDocument[], namespace: string, report: Report): void {
  const seen = new Map<string, ManifestDocument>();
  for (const each of all) {
    if (each.kind === "" || each.name === "") continue;
    const key = `${each.apiVersion} ${each.kind} ${each.namespace || namespace}/${each.name}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, each);
    else
      report("warning", "duplicate", spanOf(each, ["metadata", "name"]), {
        object: `${each.kind} ${each.name}`,
        line: first.line,
      });
  }
}

/** A string as YAML writes it: plain where that stays a string. */
export function scalar(text: string): string {
  return /^[A-Za-z][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
