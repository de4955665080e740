/** Runs beside the page: parses manifests and knows the schemas, so that typing never waits for either. */

import { listKubeObjects } from "../../api/clusters.ts";
import { listServedKinds } from "../../api/discovery.ts";
import { crossProblems } from "../../model/lint/cross-rules.ts";
import { type CursorPlace, cursorPlace } from "../../model/lint/cursor.ts";
import { type ManifestDocument, readManifest } from "../../model/lint/manifest.ts";
import {
  kindSchema,
  type OpenApi,
  resolve,
  type Schema,
  schemaAt,
  typesOf,
} from "../../model/lint/schema.ts";
import { definedApi, identityProblems, type ServedKind, type Surroundings } from "../../model/lint/served.ts";
import { schemaProblems } from "../../model/lint/schema-rules.ts";
import type { Answers, Completions, FieldHelp, FileProblem, Job, Option } from "./lint-jobs.ts";

/** By cluster and group-version. Kept for the worker's life: a server's own schemas don't change under it. */
const schemas = new Map<string, Promise<OpenApi | null>>();

self.onmessage = ({ data: { id, job } }: MessageEvent<{ id: number; job: Job }>) => {
  void run(job).then((answer) => {
    self.postMessage({ id, answer });
  });
};

async function run(job: Job): Promise<Answers[Job["do"]]> {
  switch (job.do) {
    case "lint":
      return lint(job);
    case "complete":
      return complete(job.clusterId, job.text, job.offset);
    case "help":
      return help(job.clusterId, job.text, job.offset);
  }
}

async function lint({ clusterId, namespace, files }: Extract<Job, { do: "lint" }>): Promise<FileProblem[]> {
  const read = files.map(({ name, text }) => ({ file: name, manifest: readManifest(text) }));
  const all = read.flatMap(({ manifest }) => manifest.documents);
  const around = await surroundings(clusterId);
  const found: FileProblem[] = [];
  for (const { file, manifest } of read) {
    const others = all.filter((each) => !manifest.documents.includes(each));
    const problems = [...manifest.problems, ...crossProblems(manifest, namespace, others)];
    for (const document of manifest.documents.filter((each) => each.isWhole)) {
      problems.push(...identityProblems(manifest, document, all, around));
      problems.push(...schemaProblems(manifest, document, await schemasFor(clusterId, document, all)));
    }
    problems.sort((a, b) => a.from - b.from);
    found.push(...problems.map((problem) => ({ ...problem, file })));
  }
  return found;
}

async function schemasFor(
  clusterId: string,
  { apiVersion, kind }: ManifestDocument,
  all: readonly ManifestDocument[],
): Promise<OpenApi | null> {
  if (apiVersion === "") return null;
  return definedApi(all, apiVersion, kind) ?? (await openApiOf(clusterId, apiVersion));
}

/** What was asked is believed for this long: definitions and namespaces come and go. */
const BELIEVED_MS = 5000;
const asked = new Map<string, { readonly at: number; readonly answer: Promise<Surroundings> }>();

function surroundings(clusterId: string): Promise<Surroundings> {
  const known = asked.get(clusterId);
  if (known !== undefined && Date.now() - known.at < BELIEVED_MS) return known.answer;
  const answer = Promise.all([
    listServedKinds(clusterId).catch(() => []),
    listKubeObjects(clusterId, "api/v1/namespaces").catch(() => []),
  ]).then(([kinds, namespaces]) => ({ kinds, namespaces: namespaces.map(({ metadata }) => metadata.name) }));
  asked.set(clusterId, { at: Date.now(), answer });
  return answer;
}

function openApiOf(clusterId: string, apiVersion: string): Promise<OpenApi | null> {
  const place = `${apiVersion.includes("/") ? "apis" : "api"}/${apiVersion}`;
  const url = `/k8s/clusters/${encodeURIComponent(clusterId)}/openapi/v3/${place}`;
  const known = schemas.get(url);
  if (known !== undefined) return known;
  const fetched = fetchOpenApi(url);
  schemas.set(url, fetched);
  return fetched;
}

/** null when the server has none, or can't be reached: then only the other rules speak. */
async function fetchOpenApi(url: string): Promise<OpenApi | null> {
  try {
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    if (!response.ok) {
      schemas.delete(url);
      return null;
    }
    return (await response.json()) as OpenApi;
  } catch {
    schemas.delete(url);
    return null;
  }
}

const TOP_FIELDS = ["apiVersion", "kind", "metadata", "spec"];

async function complete(clusterId: string, text: string, offset: number): Promise<Completions | null> {
  const place = cursorPlace(text, offset);
  if (place.path.length === 0 && (place.valueOf === "kind" || place.valueOf === "apiVersion")) {
    const { kinds } = await surroundings(clusterId);
    return { from: place.from, options: identityOptions(kinds, place.valueOf, place) };
  }
  const openApi = place.apiVersion === "" ? null : await openApiOf(clusterId, place.apiVersion);
  const root = openApi && kindSchema(openApi, place.apiVersion, place.kind);
  if (openApi === null || root === null) {
    if (place.path.length > 0 || place.valueOf !== null) return null;
    const missing = TOP_FIELDS.filter((each) => !place.siblings.includes(each));
    return {
      from: place.from,
      options: missing.map((label) => ({ label, detail: "", info: "", suffix: ": " })),
    };
  }
  if (place.valueOf !== null) {
    const schema = schemaAt(openApi, root, [...place.path, place.valueOf]);
    return schema && { from: place.from, options: valuesOf(schema) };
  }
  const schema = schemaAt(openApi, root, place.path);
  const fields = Object.entries(schema?.properties ?? {}).filter(([name]) => !place.siblings.includes(name));
  const required = new Set(schema?.required);
  const options = fields.map(([name, field]) => option(openApi, name, field, required.has(name)));
  return { from: place.from, options };
}

/** Kinds of the version that is written, versions that have the kind that is written; all before either is. */
function identityOptions(
  kinds: readonly ServedKind[],
  field: "kind" | "apiVersion",
  { apiVersion, kind }: CursorPlace,
): Option[] {
  const isVersion = field === "apiVersion";
  const fitting = kinds.filter((each) => (isVersion ? each.kind === kind : each.apiVersion === apiVersion));
  const labels = new Set((fitting.length > 0 ? fitting : kinds).map((each) => each[field]));
  return [...labels].map((label) => ({ label, detail: "", info: "", suffix: "" }));
}

function option(openApi: OpenApi, label: string, field: Schema, isRequired: boolean): Option {
  const schema = resolve(openApi, field);
  const types = typesOf(schema);
  const holdsMore = types.includes("object") || types.includes("array");
  return {
    label,
    detail: `${types.join(" | ")}${isRequired ? " *" : ""}`,
    info: schema.description ?? "",
    suffix: holdsMore ? ":" : ": ",
  };
}

function valuesOf(schema: Schema): Option[] {
  const values = schema.enum ?? (schema.type === "boolean" ? [true, false] : []);
  return values.map((value) => ({ label: String(value), detail: "", info: "", suffix: "" }));
}

async function help(clusterId: string, text: string, offset: number): Promise<FieldHelp | null> {
  const end = offset + (/^[\w./$-]*/.exec(text.slice(offset))?.[0].length ?? 0);
  const place = cursorPlace(text, end);
  if (place.valueOf !== null || place.typed === "" || place.apiVersion === "") return null;
  const openApi = await openApiOf(clusterId, place.apiVersion);
  const root = openApi && kindSchema(openApi, place.apiVersion, place.kind);
  const schema = openApi && root && schemaAt(openApi, root, [...place.path, place.typed]);
  if (!schema?.description) return null;
  return { field: place.typed, type: typesOf(schema).join(" | "), text: schema.description };
}
