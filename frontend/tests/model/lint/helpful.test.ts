/** What people bring along that is no manifest yet, and what the page says to it: the place, and what to do. */

import { describe, expect, it } from "vitest";
import { readManifest } from "../../../src/model/lint/manifest.ts";
import { applyEdit, type Problem } from "../../../src/model/lint/problem.ts";
import type { OpenApi } from "../../../src/model/lint/schema.ts";
import { schemaProblems } from "../../../src/model/lint/schema-rules.ts";
import { definedApi, identityProblems, type Surroundings } from "../../../src/model/lint/served.ts";

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
`;
const CLUSTER: Surroundings = {
  kinds: [
    { apiVersion: "v1", kind: "Pod", resource: "pods", namespaced: true },
    { apiVersion: "v1", kind: "Namespace", resource: "namespaces", namespaced: false },
    { apiVersion: "apps/v1", kind: "Deployment", resource: "deployments", namespaced: true },
    { apiVersion: "apps/v1beta9", kind: "Deployment", resource: "deployments", namespaced: true },
  ],
  namespaces: ["default"],
};

const brief = (problems: readonly Problem[]) =>
  problems.map(({ code, line, column }) => [code, line, column]);

function identities(text: string, around = CLUSTER): Problem[] {
  const manifest = readManifest(text);
  return manifest.documents.flatMap((each) => identityProblems(manifest, each, manifest.documents, around));
}

/** The text after all fixes, the first of each problem. */
function mended(text: string, problems: readonly Problem[]): string {
  return problems
    .flatMap((each) => each.fixes.slice(0, 1))
    .toSorted((a, b) => b.edit.from - a.edit.from)
    .reduce((now, fix) => applyEdit(now, fix.edit), text);
}

describe("broken syntax is told once, at its place", () => {
  it.each([
    ["a tab", WEB.replace("  replicas", "\treplicas"), [["tabIndent", 6, 1]]],
    ["an odd indentation", WEB.replace("  name: web", "   name: web\n  labels: {}"), [["badIndent", 5, 1]]],
    ["a dash too far left", "a:\n  - b: 1\n    c:\n   d: 2\n", [["badIndent", 4, 1]]],
    ["an open quote", WEB.replace("web", '"web'), [["openQuote", 4, 9]]],
    ["a colon in a text", "note: see: this\n", [["colonInText", 1, 7]]],
    ["a key set twice", `${WEB}  replicas: 3\n`, [["duplicateKey", 7, 3]]],
    ["a template's value", 'name: {{ include "x" . }}\n', [["template", 1, 7]]],
    ["a template's line", "a:\n  {{- if .Values.on }}\n  b: 1\n  {{- end }}\n", [["template", 2, 3]]],
    ["anything else", "a: [1, 2\nb: }\n", [["syntax", 2, 1]]],
  ])("%s", (_name, text, expected) => {
    expect(brief(readManifest(text).problems)).toEqual(expected);
  });

  it("leaves a template alone that somebody keeps as data", () => {
    const data = "kind: ConfigMap\ndata:\n  page: |\n    {{ define }}\n    name: {{ .Name }}\n";
    expect(readManifest(data).problems).toEqual([]);
  });

  it("mends tabs, and texts that need quotes", () => {
    const tabs = WEB.replaceAll("  ", "\t");
    expect(mended(tabs, readManifest(tabs).problems)).toBe(WEB);
    const colon = "note: see: this\n";
    expect(mended(colon, readManifest(colon).problems)).toBe('note: "see: this"\n');
  });

  it("says in which line a key was set before", () => {
    const [problem] = readManifest(`${WEB}  replicas: 3\n`).problems;
    expect(problem?.values).toEqual({ key: "replicas", line: 6 });
  });

  it("takes Windows' ends of lines and a byte order mark as they come", () => {
    const text = `\uFEFF${WEB.replaceAll("\n", "\r\n")}`;
    expect(readManifest(text).problems).toEqual([]);
    expect(identities(text)).toEqual([]);
  });
});

describe("what a document says that it is", () => {
  it.each([
    ["what this cluster serves", WEB, []],
    ["a version of the past", WEB.replace("apps/v1", "extensions/v1beta1"), [["servedElsewhere", 1, 13]]],
    ["another kind's version", WEB.replace("apps/v1", "v1"), [["servedElsewhere", 1, 13]]],
    ["a kind in small letters", WEB.replace("Deployment", "deployment"), [["unknownKindNear", 2, 7]]],
    ["a kind nobody serves", WEB.replace("Deployment", "Oven"), [["unknownKind", 2, 7]]],
    ["no version", WEB.replace("apiVersion: apps/v1\n", ""), [["noKind", 1, 1]]],
    ["no kind", WEB.replace("kind: Deployment\n", ""), [["noKind", 1, 1]]],
    ["a chart's values", "image: {tag: x}\n", [["noManifest", 1, 1]]],
    ["a sentence", "hello there\n", [["noManifest", 1, 1]]],
    [
      "kustomize's file",
      "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
      [["kustomization", 1, 1]],
    ],
    ["a list", "apiVersion: v1\nkind: List\nitems: []\n", []],
    ["nothing", "---\n# only a remark\n---\n", []],
  ])("%s", (_name, text, expected) => {
    expect(brief(identities(text))).toEqual(expected);
  });

  it("is mended to what the cluster serves, stable versions first", () => {
    for (const wrong of [
      WEB.replace("apps/v1", "extensions/v1beta1"),
      WEB.replace("Deployment", "deployment"),
      WEB.replace("apiVersion: apps/v1\n", ""),
    ]) {
      expect(mended(wrong, identities(wrong))).toBe(WEB);
    }
  });

  it("is believed when the cluster can't be asked", () => {
    const text = WEB.replace("Deployment", "Oven").replace("name: web", "name: web\n  namespace: nowhere");
    expect(identities(text, { kinds: [], namespaces: [] })).toEqual([]);
  });

  it("may be in a namespace of the same text, and gets one by a press", () => {
    const text = WEB.replace("name: web", "name: web\n  namespace: shop");
    const problems = identities(text);
    expect(brief(problems)).toEqual([["noNamespace", 5, 14]]);
    expect(identities(mended(text, problems))).toEqual([]);
  });
});

const OVENS = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ovens.bakery.example.org}
spec:
  group: bakery.example.org
  scope: Namespaced
  names: {plural: ovens, kind: Oven}
  versions:
  - name: v1
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {heat: {type: integer}}}}}}
---
apiVersion: bakery.example.org/v1
kind: Oven
metadata: {name: big}
spec: {heat: high}
`;

describe("a definition in the same text", () => {
  const manifest = readManifest(OVENS);
  const { documents } = manifest;
  const oven = documents[1]!;

  it("makes its kind known", () => {
    const served = [
      ...CLUSTER.kinds,
      { ...CLUSTER.kinds[0]!, apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" },
    ];
    expect(identities(OVENS, { ...CLUSTER, kinds: served })).toEqual([]);
  });

  it("says which fields its objects have", () => {
    const api = definedApi(documents, oven.apiVersion, oven.kind);
    expect(brief(schemaProblems(manifest, oven, api))).toEqual([["wrongType", 15, 14]]);
    expect(definedApi(documents, "bakery.example.org/v2", "Oven")).toBe(null);
    expect(definedApi(documents, oven.apiVersion, "Stove")).toBe(null);
  });
});

describe("fields in the wrong place and odd amounts", () => {
  const spec = { $ref: "#/components/schemas/Spec" };
  const api: OpenApi = {
    components: {
      schemas: {
        Pod: {
          type: "object",
          properties: { apiVersion: {}, kind: {}, metadata: {}, spec },
          "x-kubernetes-group-version-kind": [{ group: "", version: "v1", kind: "Pod" }],
        },
        Spec: {
          type: "object",
          properties: {
            nested: { type: "object", properties: { containers: { type: "array" } } },
            limits: { additionalProperties: { $ref: "#/components/schemas/api.resource.Quantity" } },
          },
        },
        "api.resource.Quantity": { oneOf: [{ type: "string" }, { type: "number" }] },
      },
    },
  };
  const check = (spec: string): Problem[] => {
    const manifest = readManifest(`apiVersion: v1\nkind: Pod\nspec: ${spec}\n`);
    return manifest.documents.flatMap((each) => schemaProblems(manifest, each, api));
  };

  it("are told where they belong, or what could stand there", () => {
    const [deeper, among] = check("{containers: [], volumes: []}");
    expect([deeper?.code, deeper?.values["place"]]).toEqual(["unknownFieldDeeper", "spec.nested"]);
    expect([among?.code, among?.values["known"]]).toEqual(["unknownFieldAmong", "nested, limits"]);
  });

  it.each([
    ["500m", []],
    ["1.5", []],
    ["64Mi", []],
    ["1e3", []],
    ["100 m", ["100m"]],
    ["64MB", ["64M"]],
    ["64MiB", ["64Mi"]],
    ["2K", ["2k"]],
    ["much", [undefined]],
  ])("an amount of %s", (amount, fixes) => {
    expect(check(`{limits: {cpu: "${amount}"}}`).map((each) => each.fixes[0]?.label)).toEqual(fixes);
  });
});
