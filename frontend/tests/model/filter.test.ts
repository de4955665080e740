import { describe, expect, it } from "vitest";
import {
  countsIn,
  formatFilter,
  namespacesOf,
  parseFilter,
  podMatcher,
  toggleStatus,
} from "../../src/model/filter.ts";
import { listPods } from "../../src/model/podlist.ts";
import { cluster, pod } from "./rows.ts";

const STATE = cluster([
  pod("web-1", { w: "ReplicaSet/web", k: 2 }),
  pod("web-2", { s: 4, w: "ReplicaSet/web", o: "node-2" }),
  pod("db-0", { s: 1, o: "", ns: "data", t: 50 }),
]);

function names(query: string, namespace = ""): string[] {
  const matches = podMatcher(STATE, query, namespace);
  return [...STATE.pods.slots.values()].filter(matches).map((slot) => STATE.pods.name[slot] ?? "");
}

describe("a filter", () => {
  it("reads what it writes", () => {
    const text = "status:failed,unknown node:node-1 owner:web x y";
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
  ])("%j matches %j", (query, expected) => {
    expect(names(query)).toEqual(expected);
  });

  it("keeps to one namespace when asked to", () => {
    expect(names("", "data")).toEqual(["db-0"]);
    expect(names("", "unheard-of")).toEqual([]);
  });

  it("is switched by the legend without losing its other parts", () => {
    const on = toggleStatus("web", "failed");
    expect(on).toBe("status:failed web");
    expect(toggleStatus(on, "running")).toBe("status:running,failed web");
    expect(toggleStatus(on, "failed")).toBe("web");
  });
});

it("the legend counts the chosen namespace only", () => {
  expect([...countsIn(STATE, "data")]).toEqual([0, 1, 0, 0, 0, 0, 0, 0]);
  expect(countsIn(STATE, "")).toBe(STATE.pods.counts);
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
