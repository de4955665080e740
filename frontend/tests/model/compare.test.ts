import { describe, expect, it } from "vitest";
import {
  type Comparison,
  fieldsInOrder,
  orderedKinds,
  rowsOf,
  selectionOf,
  signed,
  tallyOf,
} from "../../src/model/compare.ts";
import { node, pod } from "./rows.ts";

const TOLD: Comparison = {
  rev: 10,
  with_rev: 20,
  added: ["pods/shop/web-2", "events/shop/web.1"],
  removed: ["nodes/_/node-3"],
  changed: [{ key: "deployments.apps/shop/web", fields: [{ path: "spec.replicas", old: 1, new: 2 }] }],
  kinds: [
    { kind: "Event", resource: "events", added: 1, removed: 0, changed: 0 },
    { kind: "Role", resource: "roles.rbac.authorization.k8s.io", added: 0, removed: 0, changed: 1 },
    { kind: "Pod", resource: "pods", added: 1, removed: 0, changed: 0 },
    { kind: "ConfigMap", resource: "configmaps", added: 1, removed: 0, changed: 0 },
    { kind: "Deployment", resource: "deployments.apps", added: 0, removed: 0, changed: 1 },
  ],
  truncated: false,
  parts_at: 11,
};

describe("what differs", () => {
  it("is listed with workloads first and Events last", () => {
    const rows = rowsOf(TOLD, "", "").map((row) => `${row.side} ${row.key}`);
    expect(rows).toEqual([
      "changed deployments.apps/shop/web",
      "added pods/shop/web-2",
      "removed nodes/_/node-3",
      "added events/shop/web.1",
    ]);
    expect(orderedKinds(TOLD.kinds).map((each) => each.kind)).toEqual([
      "Deployment",
      "Pod",
      "ConfigMap",
      "Role",
      "Event",
    ]);
  });

  it("can be narrowed to a kind and to words of the name", () => {
    expect(rowsOf(TOLD, "pods", "").map((row) => row.name)).toEqual(["web-2"]);
    expect(rowsOf(TOLD, "", "WEB pods").map((row) => row.name)).toEqual(["web-2"]);
    expect(rowsOf(TOLD, "pods", "nothing")).toEqual([]);
  });

  it("leads to the object, with or without a namespace", () => {
    const [deployment, , lost] = rowsOf(TOLD, "", "").map(selectionOf);
    expect(deployment).toEqual({ kind: "deployment", namespace: "shop", name: "web" });
    expect(lost).toEqual({ kind: "node", namespace: "", name: "node-3" });
  });

  it("keeps the fields of what changed", () => {
    expect(rowsOf(TOLD, "deployments.apps", "")[0]?.fields).toEqual([
      { path: "spec.replicas", old: 1, new: 2 },
    ]);
  });
});

it("fields that always differ stand last, the specification first", () => {
  const paths = ["status.conditions[0].lastTransitionTime", "status.phase", "metadata.uid", "spec.replicas"];
  const ordered = fieldsInOrder(paths.map((path) => ({ path })));
  expect(ordered.map(({ path }) => path)).toEqual([
    "spec.replicas",
    "status.phase",
    "status.conditions[0].lastTransitionTime",
    "metadata.uid",
  ]);
});

it("a tally counts pods by status and nodes that are ready", () => {
  const pods = [pod("a"), pod("b", { s: 1 }), pod("c", { s: 1 }), pod("d", { s: 99 })];
  const tally = tallyOf({ rev: 1, at: 0, epoch: 0, pods, nodes: [node("n1"), node("n2", { r: 2 })] });
  expect(tally).toMatchObject({ pods: 4, nodes: 2, ready: 1 });
  expect(tally.byStatus).toMatchObject({ running: 1, pending: 2, unknown: 1, failed: 0 });
});

it("a change of a number has its sign", () => {
  expect([signed(3), signed(0), signed(-2)]).toEqual(["+3", "", "−2"]);
});
