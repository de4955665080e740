import { describe, expect, it } from "vitest";
import { ghosts, pastState, vanished } from "../../src/model/past.ts";
import { cellsOf, cluster, node, pod } from "./rows.ts";

const NOW = cluster([pod("a"), pod("b"), pod("c")], [node("node-1"), node("node-2")]);

function then(pods: ReturnType<typeof pod>[]) {
  return pastState(NOW, { rev: 5, at: 500, epoch: 0, nodes: [node("node-1"), node("node-2")], pods });
}

describe("a past picture", () => {
  it("leaves in place what has not moved since", () => {
    const state = then([pod("c"), pod("b", { s: 2 })]);
    expect(state.rev).toBe(5);
    expect(cellsOf(state, "node-1")).toEqual(["", "b", "c"]);
    expect(cellsOf(NOW, "node-1")).toEqual(["a", "b", "c"]);
  });

  it("shows a ghost where a pod stands now and none stood then", () => {
    const state = then([pod("b"), pod("c", { o: "node-2" })]);
    const home = state.strings.id("node-1");
    expect(ghosts(state, NOW)).toEqual([
      { home, cell: 0 },
      { home, cell: 2 },
    ]);
  });

  it("shows no ghost where another pod stood", () => {
    const state = then([pod("old"), pod("b"), pod("c")]);
    expect(cellsOf(state, "node-1")).toEqual(["old", "b", "c"]);
    expect(ghosts(state, NOW)).toEqual([]);
    expect(vanished(state, NOW).map((slot) => state.pods.name[slot])).toEqual(["old"]);
  });

  it("has no ghosts when nothing differs", () => {
    const state = then([pod("a"), pod("b"), pod("c")]);
    expect(ghosts(state, NOW)).toEqual([]);
    expect(vanished(state, NOW)).toEqual([]);
  });
});
