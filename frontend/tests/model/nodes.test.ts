import { expect, it } from "vitest";
import { changeNodes, emptyNodes } from "../../src/model/nodes.ts";
import { node } from "./rows.ts";

const NONE = new Set<string>();

it("nodes stand in natural order of their names, zones in alphabetical order", () => {
  const rows = [node("node-10"), node("node-2"), node("b", { z: "zone-b" }), node("x", { z: "" })];
  const table = changeNodes(emptyNodes(), rows, NONE);
  expect([...table.zones]).toEqual([
    ["", ["x"]],
    ["zone-a", ["node-2", "node-10"]],
    ["zone-b", ["b"]],
  ]);
});

it("a node that leaves is a hole, which the next node of its zone takes", () => {
  const three = changeNodes(emptyNodes(), [node("a"), node("b"), node("c")], NONE);
  const two = changeNodes(three, [], new Set(["uid-b"]));
  expect(two.zones.get("zone-a")).toEqual(["a", "", "c"]);
  expect(changeNodes(two, [node("d")], NONE).zones.get("zone-a")).toEqual(["a", "d", "c"]);
});

it("the last node takes its zone with it", () => {
  const table = changeNodes(changeNodes(emptyNodes(), [node("a")], NONE), [], new Set(["uid-a"]));
  expect(table.zones.size).toBe(0);
});

it("a node that was replaced under its name keeps its spot", () => {
  const before = changeNodes(emptyNodes(), [node("a"), node("b")], NONE);
  const after = changeNodes(before, [node("a", { u: "new" })], new Set(["uid-a"]));
  expect(after.zones.get("zone-a")).toEqual(["a", "b"]);
  expect(after.byName.get("a")?.u).toBe("new");
});

it("a node that changes its zone moves there", () => {
  const before = changeNodes(emptyNodes(), [node("a"), node("b")], NONE);
  const after = changeNodes(before, [node("a", { z: "zone-b" })], NONE);
  expect([...after.zones]).toEqual([
    ["zone-a", ["", "b"]],
    ["zone-b", ["a"]],
  ]);
});

it("a change that moves nobody leaves the layout's stamp alone", () => {
  const before = changeNodes(emptyNodes(), [node("a")], NONE);
  const after = changeNodes(before, [node("a", { r: 0 })], NONE);
  expect(after.layoutStamp).toBe(before.layoutStamp);
  expect(changeNodes(after, [], NONE)).toBe(after);
});
