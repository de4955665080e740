import { describe, expect, it } from "vitest";
import { type Blast, partsOf, workloadOf } from "../../src/model/blast.ts";

const QUIET: Blast = {
  horizon_ms: 400_000,
  is_complete: true,
  pods_on: 0,
  unready: 0,
  restarted: 0,
  workloads: [],
  orphans: [],
  services: [],
  rescheduled: [],
  rescheduled_total: 0,
  pending: [],
  pending_total: 0,
  course: [],
};
const service = (least: number, dead: number) => ({
  service: "shop/web",
  before: 3,
  dead,
  least,
  least_ms: 40_000,
  after: 3,
});

describe("a sentence about a blast", () => {
  it("says nothing of what does not happen", () => {
    expect(partsOf(QUIET)).toEqual([]);
  });

  it("says what happens in the order in which it matters", () => {
    const blast = {
      ...QUIET,
      unready: 7,
      restarted: 1,
      services: [service(0, 2), service(2, 1)],
      rescheduled_total: 4,
      pending_total: 2,
      orphans: ["shop/alone"],
    };
    const told = partsOf(blast).map(({ part, n }) => `${part} ${String(n)}`);
    expect(told).toEqual(["unready 7", "restarted 1", "empty 1", "moved 4", "pending 2", "orphans 1"]);
  });

  it("tells of Services that send to the dead unless some are worse off", () => {
    expect(partsOf({ ...QUIET, services: [service(3, 1), service(3, 2)] })).toEqual([{ part: "dead", n: 2 }]);
    expect(partsOf({ ...QUIET, services: [service(1, 0)] })).toEqual([]);
  });
});

it("a workload is named by its namespace, kind and name", () => {
  expect(workloadOf("shop/Deployment/web")).toEqual({ namespace: "shop", kind: "Deployment", name: "web" });
});
