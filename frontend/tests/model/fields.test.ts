import { expect, it } from "vitest";
import { changedFields, formatFieldValue } from "../../src/model/fields.ts";

it("differences are named by their path", () => {
  const before = {
    spec: { replicas: 3, ports: [{ port: 80 }] },
    metadata: { labels: { "a.b/c": "x" } },
    gone: 1,
  };
  const after = {
    spec: { replicas: 8, ports: [{ port: 80 }, { port: 81 }] },
    metadata: { labels: { "a.b/c": "y" } },
  };
  expect(changedFields(before, after)).toEqual([
    { path: "spec.replicas", old: 3, new: 8 },
    { path: "spec.ports[1]", old: undefined, new: { port: 81 } },
    { path: "metadata.labels[a.b/c]", old: "x", new: "y" },
    { path: "gone", old: 1, new: undefined },
  ]);
});

it("the same is no difference, whatever JavaScript knows of a name", () => {
  expect(changedFields({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toEqual([]);
  expect(
    changedFields({}, JSON.parse('{"__proto__": 1, "constructor": 2}')).map((each) => each.path),
  ).toEqual(["__proto__", "constructor"]);
});

it("what was not there at all is added field by field", () => {
  expect(changedFields(null, { kind: "Pod" })).toEqual([{ path: "kind", old: undefined, new: "Pod" }]);
});

it("thousands of differences end somewhere", () => {
  const many = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`k${String(index)}`, index]));
  expect(changedFields({}, many)).toHaveLength(500);
});

it.each([
  ["a word", "Pending", "Pending"],
  ["a number", 3, "3"],
  ["an empty list", [], "[]"],
  ["an empty object", {}, "{}"],
  ["fields", { a: 1, b: "two" }, "a: 1\nb: two"],
  ["fields in fields", { a: { b: null } }, "a:\n  b: null"],
  ["a list", ["x", 2], "- x\n- 2"],
  ["a list of objects", [{ type: "Ready", status: "True" }], "- type: Ready\n  status: True"],
  ["a list in an object", { ports: [{ port: 80 }] }, "ports:\n  - port: 80"],
  ["a list in a list", [[1, 2]], "-\n  - 1\n  - 2"],
])("a value is laid out as in YAML: %s", (_name, value, text) => {
  expect(formatFieldValue(value)).toBe(text);
});

it("a value is never endless", () => {
  expect(formatFieldValue("x".repeat(5000))).toHaveLength(1200);
});
