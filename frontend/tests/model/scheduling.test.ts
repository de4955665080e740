import { describe, expect, it } from "vitest";
import {
  because,
  groupReasons,
  inOrderOfPromise,
  type Matrix,
  type NodeVerdicts,
  scoreScale,
  tellingPlugins,
  verdictOf,
} from "../../src/model/scheduling.ts";

const PLUGINS = ["NodeUnschedulable", "TaintToleration", "NodeResourcesFit"];

function row(node: string, failing: number, reason = "", total: number | null = null): NodeVerdicts {
  const verdicts = PLUGINS.slice(0, failing + 1).map((plugin, index) => ({
    plugin,
    status: index === failing ? ("fail" as const) : ("pass" as const),
    reason: index === failing ? reason : "",
  }));
  const scores =
    total === null ? [] : [{ plugin: "ImageLocality", raw: total, weight: 2, weighted: 2 * total }];
  return { node, verdicts, scores, total: total === null ? null : 2 * total };
}

const MATRIX: Matrix = {
  plugins: PLUGINS,
  truncated: false,
  rows: [
    row("node-1", 0, "node(s) were unschedulable"),
    row("node-2", 2, "Insufficient cpu"),
    row("node-3", 9, "", 30),
    row("node-4", 2, "Insufficient cpu"),
    row("node-5", 9, "", 50),
  ],
};

describe("a matrix", () => {
  it("has the nodes that fit on top, then those that came furthest", () => {
    expect(inOrderOfPromise(MATRIX).map((each) => each.node)).toEqual([
      "node-5",
      "node-3",
      "node-2",
      "node-4",
      "node-1",
    ]);
  });

  it("tells by the plugins that turned a node down", () => {
    expect(tellingPlugins(MATRIX)).toEqual(["NodeUnschedulable", "NodeResourcesFit"]);
    expect(tellingPlugins({ ...MATRIX, rows: [] })).toEqual(PLUGINS);
  });

  it("says for each node what passed, what failed and what was not reached", () => {
    const [first] = MATRIX.rows;
    expect(first && PLUGINS.map((plugin) => verdictOf(first, plugin))).toEqual(["fail", "skip", "skip"]);
    expect(first && because(first)).toBe("node(s) were unschedulable");
  });

  it("groups its reasons, the most frequent first", () => {
    expect(groupReasons(MATRIX)).toEqual([
      { reason: "Insufficient cpu", nodes: 2 },
      { reason: "node(s) were unschedulable", nodes: 1 },
    ]);
  });
});

it("scores are measured by the highest", () => {
  expect(scoreScale(MATRIX.rows)).toEqual({
    plugins: [{ plugin: "ImageLocality", weight: 2 }],
    most: 100,
    total: 100,
  });
});
