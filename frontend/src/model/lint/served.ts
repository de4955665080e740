/** Which kinds a server serves, and what a document's own apiVersion and kind are worth there. */

import {
  type Manifest,
  type ManifestDocument,
  type Path,
  recordAt,
  type Span,
  spanOf,
  valueAt,
} from "./manifest.ts";
import type { Fix, MessageValues, Problem, ProblemCode } from "./problem.ts";
import { nearest, type OpenApi, type Schema } from "./schema.ts";

export interface ServedKind {
  /** As manifests write it: "apps/v1", "v1". */
  readonly apiVersion: string;
  readonly kind: string;
  readonly resource: string;
  readonly namespaced: boolean;
}

/** Where the API keeps an object of this kind, relative to its root. */
export function servedPath({ apiVersion, resource }: ServedKind, namespace: string, name: string): string {
  const root = apiVersion.includes("/") ? "apis" : "api";
  const place = namespace === "" ? "" : `namespaces/${encodeURIComponent(namespace)}/`;
  return `${root}/${apiVersion}/${place}${resource}/${encodeURIComponent(name)}`;
}

/** What the rules know of the cluster; empty lists when it can't be asked. */
export interface Surroundings {
  readonly kinds: readonly ServedKind[];
  readonly namespaces: readonly string[];
}

type Report = (code: ProblemCode, span: Span, values: MessageValues, fixes?: readonly Fix[]) => void;

/** What keeps the server from knowing what this document is, or where it belongs; `all` are the draft's documents. */
export function identityProblems(
  manifest: Manifest,
  owner: ManifestDocument,
  all: readonly ManifestDocument[],
  around: Surroundings,
): Problem[] {
  const found: Problem[] = [];
  const report: Report = (code, span, values, fixes = []) => {
    found.push({ severity: "error", code, values, fixes, ...span, ...manifest.lineAt(span.from) });
  };
  const { apiVersion, kind, start } = owner;
  const top = { from: start, to: start + 1 };
  if (apiVersion.startsWith("kustomize.config.k8s.io/")) report("kustomization", top, {});
  else if (apiVersion === "" && kind === "") report("noManifest", top, {});
  else if (apiVersion === "") report("noKind", top, { field: "apiVersion" }, versionFixes(owner, around));
  else if (kind === "") report("noKind", top, { field: "kind" });
  else if (!isList(owner)) {
    checkKind(owner, [...around.kinds, ...all.flatMap(definedKinds)], report);
    checkNamespace(owner, all, around, report);
  }
  return found;
}

/** A List is taken apart by the server; its items are not looked at here. */
export function isList({ kind, value }: ManifestDocument): boolean {
  return kind.endsWith("List") && Array.isArray(valueAt(value, ["items"]));
}

function checkKind(owner: ManifestDocument, served: readonly ServedKind[], report: Report): void {
  const { apiVersion, kind } = owner;
  if (served.length === 0 || served.some((each) => each.apiVersion === apiVersion && each.kind === kind))
    return;
  const versions = versionsOf(kind, served);
  if (versions.length > 0) {
    const span = spanOf(owner, ["apiVersion"]);
    const fixes = versions.map((label) => ({ label, edit: { ...span, insert: label } }));
    report("servedElsewhere", span, { kind, apiVersion, served: versions.join(", ") }, fixes);
    return;
  }
  const span = spanOf(owner, ["kind"]);
  const near = nearest(
    kind,
    served.filter((each) => each.apiVersion === apiVersion).map((each) => each.kind),
  );
  if (near === null) report("unknownKind", span, { kind, apiVersion });
  else {
    const fix = { label: near, edit: { ...span, insert: near } };
    report("unknownKindNear", span, { kind, apiVersion, near }, [fix]);
  }
}

/** The built-in ones first, and of each group those without alpha or beta. */
function versionsOf(kind: string, served: readonly ServedKind[]): readonly string[] {
  const found = served.filter((each) => each.kind === kind).map((each) => each.apiVersion);
  const stable = found.filter((each) => /(^|\/)v\d+$/.test(each));
  return [...new Set(stable.length > 0 ? stable : found)];
}

function versionFixes({ kind, start }: ManifestDocument, { kinds }: Surroundings): Fix[] {
  return versionsOf(kind, kinds).map((version) => {
    const label = `apiVersion: ${version}`;
    return { label, edit: { from: start, to: start, insert: `${label}\n` } };
  });
}

function checkNamespace(
  owner: ManifestDocument,
  all: readonly ManifestDocument[],
  { namespaces }: Surroundings,
  report: Report,
): void {
  const { namespace, parsed } = owner;
  if (namespace === "" || namespaces.length === 0 || namespaces.includes(namespace)) return;
  if (all.some((each) => each.kind === "Namespace" && each.name === namespace)) return;
  const [at] = parsed.range;
  const insert = `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${namespace}\n---\n`;
  report("noNamespace", spanOf(owner, ["metadata", "namespace"]), { namespace }, [
    { label: `kind: Namespace, name: ${namespace}`, edit: { from: at, to: at, insert } },
  ]);
}

/** The kinds that a CustomResourceDefinition of the draft brings along. */
export function definedKinds(definition: ManifestDocument): ServedKind[] {
  const spec = definitionOf(definition);
  const names = recordAt(spec, ["names"]);
  return versionsIn(spec).map(({ name }) => ({
    apiVersion: `${String(spec?.["group"])}/${String(name)}`,
    kind: String(names?.["kind"]),
    resource: String(names?.["plural"]),
    namespaced: spec?.["scope"] !== "Cluster",
  }));
}

/** The schema that a definition of the draft gives `apiVersion` and `kind`, as the server will once it is applied. */
export function definedApi(
  all: readonly ManifestDocument[],
  apiVersion: string,
  kind: string,
): OpenApi | null {
  const [group = "", version = ""] = apiVersion.split("/");
  for (const each of all) {
    const spec = definitionOf(each);
    if (spec?.["group"] !== group || valueAt(spec, ["names", "kind"]) !== kind) continue;
    const schema = recordAt(
      versionsIn(spec).find(({ name }) => name === version),
      ["schema", "openAPIV3Schema"],
    ) as Schema | null;
    if (schema === null) continue;
    const properties = { ...schema.properties, apiVersion: {}, kind: {}, metadata: {} };
    const marked = { ...schema, properties, "x-kubernetes-group-version-kind": [{ group, version, kind }] };
    return { components: { schemas: { [kind]: marked } } };
  }
  return null;
}

const SPEC: Path = ["spec"];

function definitionOf({ kind, value }: ManifestDocument): Readonly<Record<string, unknown>> | null {
  return kind === "CustomResourceDefinition" ? recordAt(value, SPEC) : null;
}

function versionsIn(spec: unknown): Readonly<Record<string, unknown>>[] {
  const versions = valueAt(spec, ["versions"]);
  if (!Array.isArray(versions)) return [];
  return versions.map((each: unknown) => recordAt(each, [])).filter((each) => each !== null);
}
