import { describe, expect, it } from "vitest";
import type { Target } from "../../src/model/actions.ts";
import { drop, NO_PICKS, pick, pickAll, type Picks, pickTo } from "../../src/model/picks.ts";

const ROWS = ["a", "b", "c", "d", "e"];

function row(name: string): Target {
  return { kind: "pod", namespace: "shop", name, isControlled: true };
}

const at = (index: number): Target | null => (ROWS[index] === undefined ? null : row(ROWS[index]));
const names = ({ targets }: Picks): string[] => [...targets.values()].map((each) => each.name).sort();

describe("picks", () => {
  it("are switched one by one", () => {
    const two = pick(pick(NO_PICKS, row("a")), row("c"));
    expect(names(two)).toEqual(["a", "c"]);
    expect(names(pick(two, row("a")))).toEqual(["c"]);
    expect(names(NO_PICKS)).toEqual([]);
  });

  it.each([
    ["downwards", "b", 3, ["b", "c", "d"]],
    ["upwards", "d", 1, ["b", "c", "d"]],
    ["to itself", "c", 2, ["c"]],
  ])("reach %s from the last one", (_name, from, to, expected) => {
    expect(names(pickTo(pick(NO_PICKS, row(from)), to, ROWS.length, at))).toEqual(expected);
  });

  it("reach from nowhere when there is no last one, or when it is gone", () => {
    expect(names(pickTo(NO_PICKS, 2, ROWS.length, at))).toEqual(["c"]);
    expect(names(pickTo(pick(NO_PICKS, row("gone")), 2, ROWS.length, at))).toEqual(["c", "gone"]);
    expect(pickTo(NO_PICKS, 9, ROWS.length, at)).toBe(NO_PICKS);
  });

  it("take all rows, then none", () => {
    const all = pickAll(pick(NO_PICKS, row("b")), ROWS.length, at);
    expect(names(all)).toEqual(ROWS);
    expect(names(pickAll(all, ROWS.length, at))).toEqual([]);
  });

  it("lose those that something was done to", () => {
    const all = pickAll(NO_PICKS, ROWS.length, at);
    expect(names(drop(all, [row("a"), row("e"), row("never picked")]))).toEqual(["b", "c", "d"]);
  });
});
