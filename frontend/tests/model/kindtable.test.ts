import { describe, expect, it } from "vitest";
import {
  type KindRow,
  narrowed,
  needsLook,
  ratioOf,
  tableOf,
  urgentFirst,
} from "../../src/model/kindtable.ts";

const DEPLOYMENTS = {
  columnDefinitions: [
    { name: "Name", priority: 0 },
    { name: "Ready", priority: 0 },
    { name: "Up-to-date", priority: 0 },
    { name: "Images", priority: 1 },
  ],
  rows: [
    { cells: ["web", "4/4", 4, "nginx:1.27"], object: { metadata: { name: "web", namespace: "shop" } } },
    { cells: ["cart", "1/3", 3, "redis:7"], object: { metadata: { name: "cart", namespace: "shop" } } },
  ],
};

const row = (name: string, ...cells: string[]): KindRow => ({
  name,
  namespace: "shop",
  cells,
  isControlled: false,
});

describe("a kind's table", () => {
  it("has the columns that kubectl always shows, and the name apart", () => {
    expect(tableOf(DEPLOYMENTS).columns).toEqual(["Ready", "Up-to-date"]);
    expect(tableOf(DEPLOYMENTS).rows[0]).toMatchObject({
      name: "web",
      namespace: "shop",
      cells: ["4/4", "4"],
    });
  });

  it.each([
    ["nothing", null, ""],
    ["a number", 0, "0"],
    ["a truth", true, "true"],
    ["an object", { a: 1 }, '{"a":1}'],
  ])("shows %s as text", (_name, cell, text) => {
    const columnDefinitions = [{ name: "X", priority: 0 }];
    const rows = [{ cells: [cell], object: { metadata: { name: "n" } } }];
    expect(tableOf({ columnDefinitions, rows }).rows).toMatchObject([
      { name: "n", namespace: "", cells: [text] },
    ]);
  });

  it("knows what is made anew when it is gone", () => {
    const owned = (controller: boolean): { name: string; ownerReferences: object[] } => ({
      name: "n",
      ownerReferences: [{ kind: "ReplicaSet", name: "web", controller }],
    });
    const rows = [true, false].map((controller) => ({ cells: [], object: { metadata: owned(controller) } }));
    const answer = { columnDefinitions: [], rows } as unknown as Parameters<typeof tableOf>[0];
    expect(tableOf(answer).rows.map((each) => each.isControlled)).toEqual([true, false]);
  });

  it("survives rows with too few cells", () => {
    const rows = [{ cells: ["web"], object: { metadata: { name: "web" } } }];
    expect(tableOf({ ...DEPLOYMENTS, rows }).rows[0]?.cells).toEqual(["", ""]);
  });
});

it("a row's ratio is the first that it has", () => {
  expect(ratioOf(row("web", "x", "2/3", "9/9"))).toEqual({ ready: 2, wanted: 3 });
  expect(ratioOf(row("web", "x", "10.0.0.0/8 x"))).toBeNull();
});

describe("rows", () => {
  const ROWS = [
    row("web", "4/4"),
    { ...row("dns", "2/2"), namespace: "kube-system" },
    { ...row("n", "x"), namespace: "" },
  ];

  it.each([
    ["all", "", "", ["web", "dns", "n"]],
    ["a word of the name", "WEB", "", ["web"]],
    ["words anywhere", "kube 2/2", "", ["dns"]],
    ["a namespace, and what has none", "", "shop", ["web", "n"]],
    ["none", "nothing", "", []],
  ])("are narrowed to %s", (_name, words, namespace, names) => {
    expect(narrowed(ROWS, words, namespace).map((each) => each.name)).toEqual(names);
  });

  it.each([
    ["0/3", true],
    ["2/3", true],
    ["3/3", false],
    ["0/0", false],
    ["10/9", false],
    ["yes", false],
    ["1/3 (2m)", false],
  ])("that say %s need a look: %s", (cell, urgent) => {
    expect(needsLook(row("a", "x", cell))).toBe(urgent);
  });

  it("that need a look come first, the others in their order", () => {
    const rows = [row("a", "1/1"), row("b", "0/1"), row("c", "1/1"), row("d", "0/2")];
    expect(urgentFirst(rows).map((each) => each.name)).toEqual(["b", "d", "a", "c"]);
  });
});
