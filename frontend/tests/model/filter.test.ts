import { describe, expect, it } from "vitest";
import {
  countsIn,
  dependsOnTime,
  formatFilter,
  namespacesOf,
  parseFilter,
  podMatcher,
  toggle,
  without,
} from "../../src/model/filter.ts";
import { listPods } from "../../src/model/podlist.ts";
import { cluster, pod } from "./rows.ts";

const STATE = cluster([
  pod("web-1", { w: "ReplicaSet/web", k: 2 }),
  pod("web-2", { s: 4, w: "ReplicaSet/web", o: "node-2" }),
  pod("db-0", { s: 1, o: "", ns: "data", t: 50_000, i: "postgres:16", c: 1500 }),
]);

function names(query: string, namespace = ""): string[] {
  const matches = podMatcher(STATE, query, namespace, 61_000);
  return [...STATE.pods.slots.values()].filter(matches).map((slot) => STATE.pods.name[slot] ?? "");
}

describe("a filter", () => {
  it("reads what it writes", () => {
    const text = "status:failed,unknown owner:web image:=nginx:1.27 age:1m,1h cpu:none node:node-1 x y";
    expect(formatFilter(parseFilter(text))).toBe(text);
  });

  it.each([
    ["", ["web-1", "web-2", "db-0"]],
    ["status:crashloop,pending", ["web-2", "db-0"]],
    ["node:node-2", ["web-2"]],
    ["node:nowhere", []],
    ["owner:ReplicaSet/web", ["web-1", "web-2"]],
    ["WEB 1", ["web-1"]],
    ["status:nonsense", ["web-1", "web-2", "db-0"]],
    ["owner:Set/w", ["web-1", "web-2"]],
    ["owner:=ReplicaSet/we", []],
    ["owner:=", ["db-0"]],
    ["image:postgres", ["db-0"]],
    ["image:=nginx", []],
    ["image:=nginx:1.27,=postgres:16", ["web-1", "web-2", "db-0"]],
    ["cpu:more", ["db-0"]],
    ["cpu:none,100m", ["web-1", "web-2"]],
    ["age:1m", ["db-0"]],
    ["age:10m cpu:100m", ["web-1", "web-2"]],
    ["age:nonsense cpu:", ["web-1", "web-2", "db-0"]],
  ])("%j matches %j", (query, expected) => {
    expect(names(query)).toEqual(expected);
  });

  it("keeps to one namespace when asked to", () => {
    expect(names("", "data")).toEqual(["db-0"]);
    expect(names("", "unheard-of")).toEqual([]);
  });

  it("is switched by the legend without losing its other parts", () => {
    const on = toggle("web", "status", "failed");
    expect(on).toBe("status:failed web");
    expect(toggle(on, "status", "running")).toBe("status:running,failed web");
    expect(toggle(on, "status", "failed")).toBe("web");
  });

  it("takes names in the order of their choice, and steps in that of their scale", () => {
    expect(toggle(toggle("", "owner", "=Job/b"), "owner", "=Job/a")).toBe("owner:=Job/b,=Job/a");
    expect(toggle(toggle("", "age", "1h"), "age", "1m")).toBe("age:1m,1h");
    expect(toggle("image:=a image:=b", "image", "=a")).toBe("image:=b");
  });

  it("can be had without one of its parts, and tells whether time alone changes it", () => {
    expect(without("status:failed age:1m web", "age")).toBe("status:failed web");
    expect(dependsOnTime("age:1m")).toBe(true);
    expect(dependsOnTime("age: cpu:1 age")).toBe(false);
  });
});

it("the legend counts what the rest of the filter leaves", () => {
  expect([...countsIn(STATE, "", "data")]).toEqual([0, 1, 0, 0, 0, 0, 0, 0]);
  expect([...countsIn(STATE, "status:running image:nginx", "")]).toEqual([1, 0, 0, 0, 1, 0, 0, 0]);
  expect(countsIn(STATE, "status:failed", "")).toBe(STATE.pods.counts);
});

it("namespaces are those that have pods, in order", () => {
  expect(namespacesOf(STATE)).toEqual(["data", "shop"]);
});

describe("the pod list", () => {
  const ordered = (column: Parameters<typeof listPods>[3]["column"], descending = false): string[] =>
    listPods(STATE, "", "", { column, descending }).map((slot) => STATE.pods.name[slot] ?? "");

  it("puts first what needs a look", () => {
    expect(ordered("status")).toEqual(["web-2", "db-0", "web-1"]);
  });

  it.each([
    ["name", ["db-0", "web-1", "web-2"]],
    ["namespace", ["db-0", "web-1", "web-2"]],
    ["restarts", ["db-0", "web-2", "web-1"]],
    ["node", ["db-0", "web-1", "web-2"]],
    ["age", ["db-0", "web-1", "web-2"]],
  ] as const)("sorts by %s, equal rows by namespace and name", (column, expected) => {
    expect(ordered(column)).toEqual(expected);
  });

  it("turns the order around", () => {
    expect(ordered("name", true)).toEqual(["web-2", "web-1", "db-0"]);
  });
});
