import { describe, expect, it } from "vitest";
import {
  countPhases,
  type DrainPreview,
  drainRows,
  type DrainRow,
  isDrained,
  podKey,
  toEvict,
} from "../../src/model/drain.ts";
import { renewalsOf, usageOf } from "../../src/model/nodeload.ts";
import { cluster, node, pod } from "./rows.ts";

const leaving = (name: string, change: object = {}): DrainPreview["leaving"][number] => ({
  pod: `shop/${name}`,
  controller: "ReplicaSet/web",
  held_by: "",
  goes_to: "node-2",
  message: "",
  ...change,
});
const PREVIEW: DrainPreview = {
  smooth: false,
  leaving: [leaving("a"), leaving("b"), leaving("c"), leaving("d", { controller: "" }), leaving("e")],
  staying: ["kube-system/proxy"],
};
const STATE = cluster(
  [pod("a"), pod("b"), pod("c", { s: 5 }), pod("d"), pod("e", { o: "node-2" })],
  [node("node-1"), node("node-2")],
);
const REFUSED = { status: 429, message: "Cannot evict pod as it would violate the pod's disruption budget." };

function phases(answers: Record<string, { status: number; message: string }> = {}): DrainRow[] {
  return drainRows(PREVIEW, new Map(Object.entries(answers)), STATE, "node-1");
}

describe("a drain", () => {
  it("begins with everybody waiting but those who are going or gone already", () => {
    expect(phases().map((row) => row.phase)).toEqual(["waiting", "waiting", "leaving", "waiting", "gone"]);
    expect(countPhases(phases())).toEqual({ refused: 0, waiting: 3, leaving: 1, gone: 1 });
  });

  it("goes on with what the server answers for each", () => {
    const rows = phases({ "shop/a": REFUSED, "shop/b": { status: 201, message: "" } });
    expect(rows.map((row) => row.phase)).toEqual(["refused", "leaving", "leaving", "waiting", "gone"]);
    expect(rows[0]?.answer).toContain("disruption budget");
    expect(rows[1]?.answer).toBe("");
  });

  it.each([
    [201, "leaving"],
    [404, "leaving"],
    [403, "refused"],
    [429, "refused"],
    [500, "refused"],
  ])("%d means %s while the pod is there", (status, phase) => {
    expect(phases({ "shop/a": { status, message: "m" } })[0]?.phase).toBe(phase);
  });

  it("asks those again that were refused, and never those who are on their way", () => {
    const rows = phases({ "shop/a": REFUSED, "shop/b": { status: 201, message: "" } });
    expect(toEvict(rows)).toEqual([
      { kind: "pod", namespace: "shop", name: "a", isControlled: true },
      { kind: "pod", namespace: "shop", name: "d", isControlled: false },
    ]);
    expect(toEvict(rows).map(podKey)).toEqual(["shop/a", "shop/d"]);
  });

  it("is over when nobody is left, also when a pod has come back by its name elsewhere", () => {
    expect(isDrained(phases())).toBe(false);
    expect(isDrained(drainRows(PREVIEW, new Map(), cluster([pod("a", { o: "node-2" })]), "node-1"))).toBe(
      true,
    );
    expect(isDrained([])).toBe(true);
  });
});

describe("nodes", () => {
  it("use what the metrics say, where they say it", () => {
    const named = (name: string): { name: string } => ({ name });
    const items = [
      { metadata: named("node-1"), usage: { cpu: "250m", memory: "512Mi" } },
      { metadata: named("node-2"), usage: { cpu: "12345678n", memory: "1Ki" } },
      { metadata: named("node-3") },
      { metadata: named("node-4"), usage: { cpu: "many", memory: "1Ki" } },
    ];
    expect([...usageOf(items)]).toEqual([
      ["node-1", { cpu: 250, memory: 512 * 2 ** 20 }],
      ["node-2", { cpu: 13, memory: 1024 }],
    ]);
  });

  it("have the age of their lease, if they have one", () => {
    const items = [
      { metadata: { name: "node-1" }, spec: { renewTime: "1970-01-01T00:00:10.000000Z" } },
      { metadata: { name: "node-2" }, spec: { renewTime: null } },
      { metadata: { name: "node-3" } },
    ];
    expect([...renewalsOf(items)]).toEqual([["node-1", 10_000]]);
  });
});
