import { describe, expect, it } from "vitest";
import { crossProblems, scalar } from "../../../src/model/lint/cross-rules.ts";
import { cursorPlace } from "../../../src/model/lint/cursor.ts";
import { readManifest } from "../../../src/model/lint/manifest.ts";
import { applyEdit, type Problem } from "../../../src/model/lint/problem.ts";
import { schemaProblems } from "../../../src/model/lint/schema-rules.ts";
import { nearest, type OpenApi, schemaAt } from "../../../src/model/lint/schema.ts";

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: "8"
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: wbe}
    spec:
      containers:
      - name: web
        image: nginx:1.27
        resorces:
          requests: {cpu: 1500m}
        ports:
        - containerPort: 8080
`;

const SERVICE = `---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports:
  - port: 80
    targetPort: 8081
`;

const OPEN_API: OpenApi = {
  components: {
    schemas: {
      Deployment: {
        type: "object",
        required: ["spec"],
        properties: {
          apiVersion: { type: "string" },
          kind: { type: "string" },
          metadata: { type: "object" },
          spec: { allOf: [{ $ref: "#/components/schemas/Spec" }], description: "What is wanted" },
        },
        "x-kubernetes-group-version-kind": [{ group: "apps", version: "v1", kind: "Deployment" }],
      },
      Spec: {
        type: "object",
        properties: {
          replicas: { type: "integer" },
          paused: { type: "boolean" },
          selector: { type: "object" },
          strategy: { type: "string", enum: ["Recreate", "RollingUpdate"] },
          template: {
            type: "object",
            properties: { metadata: {}, spec: { $ref: "#/components/schemas/PodSpec" } },
          },
        },
      },
      PodSpec: {
        type: "object",
        properties: { containers: { type: "array", items: { $ref: "#/components/schemas/Container" } } },
      },
      Container: {
        type: "object",
        required: ["name"],
        properties: {
          name: { type: "string" },
          image: { type: "string" },
          ports: { type: "array" },
          resources: { type: "object" },
        },
      },
    },
  },
};

function schemaCheck(text: string): Problem[] {
  const manifest = readManifest(text);
  return manifest.documents.flatMap((each) => schemaProblems(manifest, each, OPEN_API));
}

const brief = (problems: readonly Problem[]) =>
  problems.map(({ code, line, column }) => [code, line, column]);

describe("reading a manifest", () => {
  it("finds every object and where it begins", () => {
    const { documents } = readManifest(WEB + SERVICE);
    expect(documents.map(({ kind, namespace, name, line }) => [kind, namespace, name, line])).toEqual([
      ["Deployment", "shop", "web", 1],
      ["Service", "", "web", 22],
    ]);
  });

  it("says where the syntax breaks, and still reads the other documents", () => {
    const { documents, problems } = readManifest(`kind: [a\n---\nkind: Pod\nmetadata: {name: x}\n`);
    expect(problems[0]?.line).toBeGreaterThan(0);
    expect(documents.some((each) => each.kind === "Pod")).toBe(true);
  });

  it.each([
    ["nothing", ""],
    [
      "a bomb of aliases",
      `a: &a [x, x]\n${"bcdefghij"
        .split("")
        .map((key, index) => `${key}: &${key} [*${"abcdefghi"[index] ?? ""}, *${"abcdefghi"[index] ?? ""}]`)
        .join("\n")}`,
    ],
    ["text", "hello"],
    ["control characters", "a: \u0000\u0001"],
  ])("survives %s", (_name, text) => {
    expect(() => readManifest(text)).not.toThrow();
  });
});

describe("rules of the schema", () => {
  const problems = schemaCheck(WEB);

  it("find wrong types and misspelt fields, with line and column", () => {
    expect(brief(problems)).toEqual([
      ["wrongType", 7, 13],
      ["unknownFieldNear", 17, 9],
    ]);
    expect(problems[1]?.values).toMatchObject({ name: "resorces", near: "resources" });
  });

  it("offer what puts them right", () => {
    const fixed = problems
      .flatMap((each) => each.fixes)
      .toSorted((a, b) => b.edit.from - a.edit.from)
      .reduce((text, fix) => applyEdit(text, fix.edit), WEB);
    expect(fixed).toContain("replicas: 8\n");
    expect(fixed).toContain("        resources:\n");
    expect(schemaCheck(fixed)).toEqual([]);
  });

  it.each([
    ["apiVersion: apps/v1\nkind: Deployment\nmetadata: {}", [["missingField", 2, 7]]],
    ["apiVersion: apps/v1\nkind: Deployment\nspec: {strategy: Recrete}", [["notAllowed", 3, 18]]],
    ["apiVersion: apps/v1\nkind: Deployment\nspec: {paused: 'true'}", [["wrongType", 3, 16]]],
    [
      "apiVersion: apps/v1\nkind: Deployment\nspec: {template: {spec: {containers: [{image: 1}]}}}",
      [
        ["missingField", 3, 38],
        ["wrongType", 3, 46],
      ],
    ],
    ["apiVersion: apps/v1\nkind: Deployment\nmetadata: {anything: {goes: 1}}\nspec: {replicas: null}", []],
  ])("%j", (text, expected) => {
    expect(brief(schemaCheck(text)).map(([code, line]) => [code, line])).toEqual(
      expected.map(([code, line]) => [code, line]),
    );
  });

  it("are silent when the server has no schema", () => {
    const manifest = readManifest(WEB);
    const [first] = manifest.documents;
    expect(first && schemaProblems(manifest, first, null)).toEqual([]);
  });
});

describe("rules over several objects", () => {
  const check = (text: string) => crossProblems(readManifest(text), "default");

  it("a selector that its own template doesn't match, with the fix", () => {
    const [problem] = check(WEB);
    expect(problem).toMatchObject({ code: "selectorMismatch", line: 12, column: 21, severity: "error" });
    const fix = problem?.fixes[0];
    expect(fix && check(applyEdit(WEB, fix.edit))).toEqual([]);
    expect(brief(check(WEB.replace("labels: {app: wbe}", "labels: {}")))).toEqual([
      ["selectorMissing", 9, 19],
    ]);
  });

  it("a service whose pods are in another namespace, with the fix", () => {
    const text = WEB.replace("wbe", "web") + SERVICE;
    const [problem] = check(text);
    expect(problem).toMatchObject({ code: "serviceElsewhere", severity: "warning" });
    expect(problem?.values).toEqual({ namespace: "default", object: "Deployment web", other: "shop" });
    const fixed = applyEdit(text, problem?.fixes[0]?.edit ?? { from: 0, to: 0, insert: "" });
    expect(brief(check(fixed))).toEqual([["portUnknown", 31, 17]]);
    expect(readManifest(fixed).documents[1]?.namespace).toBe("shop");
  });

  it("a service that selects nothing of this text, when it has pods at all", () => {
    expect(brief(check(WEB + SERVICE)).map(([code]) => code)).toEqual(["selectorMismatch", "serviceNothing"]);
    expect(check(SERVICE)).toEqual([]);
  });

  it("an object that is there twice", () => {
    const text = WEB.replace("wbe", "web");
    expect(brief(check(`${text}---\n${text}`))).toEqual([["duplicate", 25, 9]]);
  });

  it("values stay strings", () => {
    expect(["web", "true", "8", "a b"].map(scalar)).toEqual(["web", '"true"', '"8"', '"a b"']);
  });
});

describe("the cursor's place", () => {
  const at = (text: string) => {
    const offset = text.indexOf("|");
    const { path, typed, valueOf, siblings, kind } = cursorPlace(text.replace("|", ""), offset);
    return { path, typed, valueOf, siblings, kind };
  };

  it.each([
    ["apiVersion: v1\nki|", [], "ki", null],
    ["kind: Deployment\nspec:\n  re|", ["spec"], "re", null],
    [
      "spec:\n  template:\n    spec:\n      containers:\n      - name: web\n        im|",
      ["spec", "template", "spec", "containers", 0],
      "im",
      null,
    ],
    ["spec:\n  containers:\n    - na|", ["spec", "containers", 0], "na", null],
    ["spec:\n  replicas: 3\n  strategy: Re|", ["spec"], "Re", "strategy"],
    ["a:\n  b: 1\n---\nkind: Pod\nspec:\n  |", ["spec"], "", null],
  ])("%j is %j", (text, path, typed, valueOf) => {
    expect(at(text)).toMatchObject({ path, typed, valueOf });
  });

  it("knows what is there already", () => {
    expect(at("spec:\n  replicas: 3\n  |\n  paused: true\nstatus: {}").siblings).toEqual([
      "replicas",
      "paused",
    ]);
  });
});

describe("the schema", () => {
  it("is found by path, through references and lists", () => {
    const root = OPEN_API.components?.schemas?.["Deployment"] ?? {};
    expect(schemaAt(OPEN_API, root, ["spec"])?.description).toBe("What is wanted");
    expect(schemaAt(OPEN_API, root, ["spec", "template", "spec", "containers", 0, "image"])?.type).toBe(
      "string",
    );
    expect(schemaAt(OPEN_API, root, ["spec", "nope"])).toBeNull();
  });

  it.each([
    ["resorces", "resources"],
    ["contianers", "containers"],
    ["xyz", null],
  ])("the name nearest to %s is %s", (name, near) => {
    expect(nearest(name, ["resources", "containers", "image"])).toBe(near);
  });
});
