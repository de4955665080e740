/** Rules that follow from the schema: unknown fields, wrong types, what is required. */

import { scalar } from "./cross-rules.ts";
import {
  formatPath,
  keySpanOf,
  type Manifest,
  type ManifestDocument,
  type Path,
  type Span,
  spanOf,
} from "./manifest.ts";
import type { Fix, MessageValues, Problem, ProblemCode } from "./problem.ts";
import {
  fieldSchema,
  isOpen,
  kindSchema,
  nearest,
  type OpenApi,
  resolve,
  type Schema,
  typeName,
  typesOf,
} from "./schema.ts";

/** One document's problems; `openApi` is that of its group and version, null when the server has none. */
export function schemaProblems(
  manifest: Manifest,
  owner: ManifestDocument,
  openApi: OpenApi | null,
): Problem[] {
  const { apiVersion, kind } = owner;
  const found: Problem[] = [];
  const check: Check = {
    openApi: openApi ?? {},
    owner,
    report: (code, span, values, fixes = []) => {
      found.push({ severity: "error", code, values, fixes, ...span, ...manifest.lineAt(span.from) });
    },
  };
  const schema = openApi && kindSchema(openApi, apiVersion, kind);
  if (schema === null) return found;
  checkValue(check, resolve(check.openApi, schema), owner.value, []);
  return found;
}

interface Check {
  readonly openApi: OpenApi;
  readonly owner: ManifestDocument;
  readonly report: (code: ProblemCode, span: Span, values: MessageValues, fixes?: readonly Fix[]) => void;
}

function checkValue(check: Check, schema: Schema, value: unknown, path: Path): void {
  if (value === null || value === undefined) return;
  const types = typesOf(schema);
  const actual = typeName(value);
  if (
    types.length > 0 &&
    !types.some((type) => type === actual || (type === "number" && actual === "integer"))
  ) {
    const span = spanOf(check.owner, path);
    const values = { field: formatPath(path), wanted: types.join(" | "), actual };
    check.report("wrongType", span, values, typeFixes(types, value, span));
    return;
  }
  if (schema.format === "quantity" && typeof value === "string") checkQuantity(check, value, path);
  if (schema.enum && !schema.enum.includes(value)) {
    const span = spanOf(check.owner, path);
    const near = nearest(String(value), schema.enum.map(String));
    const values = {
      field: formatPath(path),
      value: String(value),
      allowed: schema.enum.map(String).join(", "),
    };
    check.report(
      "notAllowed",
      span,
      values,
      near === null ? [] : [{ label: near, edit: { ...span, insert: scalar(near) } }],
    );
  }
  if (Array.isArray(value)) checkItems(check, schema, value, path);
  else if (typeof value === "object") checkFields(check, schema, value as Record<string, unknown>, path);
}

function checkItems(check: Check, schema: Schema, value: readonly unknown[], path: Path): void {
  if (schema.items === undefined) return;
  const items = resolve(check.openApi, schema.items);
  value.forEach((each, index) => {
    checkValue(check, items, each, [...path, index]);
  });
}

function checkFields(
  check: Check,
  schema: Schema,
  value: Readonly<Record<string, unknown>>,
  path: Path,
): void {
  for (const name of schema.required ?? []) {
    if (Object.hasOwn(value, name)) continue;
    const span = path.length === 0 ? spanOf(check.owner, ["kind"]) : keySpanOf(check.owner, path);
    check.report("missingField", span, { field: formatPath([...path, name]) });
  }
  for (const [name, each] of Object.entries(value)) {
    const field = fieldSchema(schema, name);
    if (field !== null) {
      checkValue(check, resolve(check.openApi, field), each, [...path, name]);
    } else if (!isOpen(schema)) {
      unknownField(check, schema, name, path);
    }
  }
}

function unknownField(check: Check, schema: Schema, name: string, path: Path): void {
  const span = keySpanOf(check.owner, [...path, name]);
  const known = Object.keys(schema.properties ?? {});
  const near = nearest(name, known);
  const field = formatPath([...path, name]);
  const deeper = known.find((each) => hasField(check.openApi, schema.properties?.[each], name));
  if (near !== null) {
    const fix = { label: near, edit: { ...span, insert: near } };
    check.report("unknownFieldNear", span, { field, name, near }, [fix]);
  } else if (deeper !== undefined) {
    check.report("unknownFieldDeeper", span, { field, name, place: formatPath([...path, deeper]) });
  } else if (known.length > 0 && known.length <= FEW) {
    check.report("unknownFieldAmong", span, { field, name, known: known.join(", ") });
  } else {
    check.report("unknownField", span, { field, name });
  }
}

/** As many names as a sentence can list. */
const FEW = 8;

function hasField(openApi: OpenApi, schema: Schema | undefined, name: string): boolean {
  return schema !== undefined && Object.hasOwn(resolve(openApi, schema).properties ?? {}, name);
}

const QUANTITY = /^[+-]?(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;

function checkQuantity(check: Check, value: string, path: Path): void {
  if (QUANTITY.test(value)) return;
  const span = spanOf(check.owner, path);
  const better = value
    .replaceAll(" ", "")
    .replace(/([KMGTPE]i?)B$/i, "$1")
    .replace(/K$/, "k");
  const fixes = QUANTITY.test(better) ? [{ label: better, edit: { ...span, insert: better } }] : [];
  check.report("quantity", span, { field: formatPath(path), value }, fixes);
}

/** "8" where a number is wanted, 8 where text is: the value is right, its writing is not. */
function typeFixes(types: readonly string[], value: unknown, span: Span): Fix[] {
  if (typeof value === "string" && types.includes("integer") && /^-?\d+$/.test(value)) {
    return [{ label: value, edit: { ...span, insert: value } }];
  }
  if (typeof value === "string" && types.includes("boolean") && /^(true|false)$/.test(value)) {
    return [{ label: value, edit: { ...span, insert: value } }];
  }
  if (types.includes("string") && (typeof value === "number" || typeof value === "boolean")) {
    const text = JSON.stringify(String(value));
    return [{ label: text, edit: { ...span, insert: text } }];
  }
  return [];
}
