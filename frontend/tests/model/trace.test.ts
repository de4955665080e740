import { describe, expect, it } from "vitest";
import { formatGap, layOut, type Step, type Trace, walk } from "../../src/model/trace.ts";

function step(rev: number, cause: number | null, at: number, lane: string, revs: number[] = [rev]): Step {
  const object = { key: "Pod/shop/web", kind: "Pod", namespace: "shop", name: "web" };
  return {
    rev,
    cause,
    at,
    lane,
    actor: lane,
    verb: "changed",
    summary: lane,
    count: revs.length,
    revs,
    ...object,
  };
}

/** apply -> deployment -> three pods (folded), of which one pull takes long; a side branch to a node. */
const TRACE: Trace = {
  root: 10,
  truncated: false,
  critical: [10, 11, 13, 15],
  steps: [
    step(15, 13, 2040, "kubelet"),
    step(10, null, 0, "kubectl"),
    step(11, 10, 10, "deployment-controller"),
    step(12, 11, 20, "replicaset-controller", [12, 13, 14]),
    step(16, 14, 2050, "kube-proxy"),
    step(17, 11, 2060, "apiserver"),
  ],
};

const LANES = layOut(TRACE);

describe("swimlanes", () => {
  it("have the lanes in the order of the control plane, controllers between", () => {
    expect(LANES.lanes).toEqual([
      "kubectl",
      "apiserver",
      "deployment-controller",
      "replicaset-controller",
      "kubelet",
      "kube-proxy",
    ]);
  });

  it("follow time, and their arrows only recorded causes", () => {
    expect(LANES.columns.map((column) => column.step.rev)).toEqual([10, 11, 12, 15, 16, 17]);
    expect(LANES.columns.map((column) => column.cause)).toEqual([null, 0, 1, 2, 2, 1]);
  });

  it("say how long everything took, where the time went, and mark long gaps", () => {
    expect(LANES.elapsed).toBe(2060);
    expect(LANES.columns.map((column) => column.isLong)).toEqual([false, false, false, true, false, false]);
    expect(LANES.longest).toEqual({ column: 3, gap: 2020, share: 2020 / 2060 });
  });

  it("know the critical path, through folded steps too", () => {
    expect(LANES.columns.map((column) => column.isCritical)).toEqual([true, true, true, true, false, false]);
  });

  it("take a cause outside the trace for a beginning", () => {
    expect(layOut({ ...TRACE, steps: [step(20, 3, 0, "kubelet")] }).columns[0]?.cause).toBeNull();
  });

  it("of nothing are empty", () => {
    expect(layOut({ ...TRACE, steps: [] })).toEqual({ lanes: [], columns: [], elapsed: 0, longest: null });
  });
});

describe("walking", () => {
  it("goes to the cause and to the effect that decided", () => {
    expect(walk(LANES, 3, "cause")).toBe(2);
    expect(walk(LANES, 1, "effect")).toBe(2);
    expect(walk(LANES, 2, "effect")).toBe(3);
  });

  it("stays where there is nothing more", () => {
    expect(walk(LANES, 0, "cause")).toBe(0);
    expect(walk(LANES, 5, "effect")).toBe(5);
    expect(walk(LANES, 5, "after")).toBe(5);
    expect(walk(LANES, 0, "before")).toBe(0);
  });
});

it.each([
  [0, "+0 ms"],
  [999, "+999 ms"],
  [1400, "+1.4 s"],
  [12_340, "+12.3 s"],
  [125_000, "+2m05s"],
])("a gap of %i ms reads %s", (gap, text) => {
  expect(formatGap(gap)).toBe(text);
});
