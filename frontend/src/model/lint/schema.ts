/** The API server's own OpenAPI v3 schemas: which fields there are, what they take, what they mean. */

export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly default?: unknown;
  readonly "x-kubernetes-group-version-kind"?: readonly {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }[];
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-int-or-string"?: boolean;
}

export interface OpenApi {
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** A kind's schema in the document of its group and version. */
export function kindSchema({ components }: OpenApi, apiVersion: string, kind: string): Schema | null {
  const [group = "", version = ""] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  const found = Object.values(components?.schemas ?? {}).find((schema) =>
    schema["x-kubernetes-group-version-kind"]?.some(
      (each) => each.group === group && each.version === version && each.kind === kind,
    ),
  );
  return found ?? null;
}

const MOST_STEPS = 20;

/** The schema itself behind references; its own description wins over the one it refers to. */
export function resolve(openApi: OpenApi, schema: Schema): Schema {
  let found = schema;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const reference = found.$ref ?? (found.allOf?.length === 1 ? found.allOf[0]?.$ref : undefined);
    if (reference === undefined) return found;
    const name = reference.slice(reference.lastIndexOf("/") + 1);
    const target = openApi.components?.schemas?.[name];
    if (target === undefined) return { description: found.description ?? "" };
    const { description = target.description } = found;
    found = description === undefined ? target : { ...target, description };
    if (name.endsWith(".resource.Quantity")) found = { ...found, format: "quantity" };
  }
  return {};
}

/** The schema of a field; null when there is no such field, {} when anything goes. */
export function schemaAt(openApi: OpenApi, root: Schema, path: readonly (string | number)[]): Schema | null {
  let found = resolve(openApi, root);
  for (const step of path) {
    const next = typeof step === "number" ? found.items : fieldSchema(found, step);
    if (next === null || next === undefined) return null;
    found = resolve(openApi, next);
  }
  return found;
}

/** null: no such field. */
export function fieldSchema(schema: Schema, name: string): Schema | null {
  const { properties, additionalProperties } = schema;
  if (properties && Object.hasOwn(properties, name)) return properties[name] ?? null;
  if (typeof additionalProperties === "object") return additionalProperties;
  return isOpen(schema) ? {} : null;
}

/** True when the schema doesn't say which fields there are. */
export function isOpen(schema: Schema): boolean {
  return (
    schema["x-kubernetes-preserve-unknown-fields"] === true ||
    schema.additionalProperties === true ||
    (schema.properties === undefined && schema.additionalProperties === undefined)
  );
}

/** The types that a value of the schema may have; empty when any. */
export function typesOf(schema: Schema): readonly string[] {
  if (schema["x-kubernetes-int-or-string"] === true || schema.format === "int-or-string")
    return ["integer", "string"];
  if (schema.oneOf) return schema.oneOf.flatMap((each) => (each.type === undefined ? [] : [each.type]));
  return schema.type === undefined ? [] : [schema.type];
}

export function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

/** The known name nearest to a mistyped one; null when none is near. */
export function nearest(name: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const each of known) {
    const distance = editDistance(name.toLowerCase(), each.toLowerCase(), least);
    if (distance < least) [best, least] = [each, distance];
  }
  return best;
}

/** Letters to insert, delete, replace or swap; `most` when there are at least so many. */
function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) >= most) return most;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const swap =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? most) + 1 : most;
      next.push(Math.min((row[j] ?? most) + 1, (next[j - 1] ?? most) + 1, (row[j - 1] ?? most) + cost, swap));
    }
    [before, row] = [row, next];
  }
  return Math.min(most, row[b.length] ?? most);
}
