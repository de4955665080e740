import { describe, expect, it } from "vitest";
import { findKind } from "../../src/model/kinds.ts";
import {
  type Branch,
  type Owner,
  ownersOf,
  OWNING_KINDS,
  parentRow,
  rowsOf,
  type Tree,
  treeOf,
} from "../../src/model/ownertree.ts";
import type { KindInfo } from "../../src/model/kinds.ts";
import { cluster, pod } from "./rows.ts";

function owner(kind: string, name: string, change: Partial<Owner> = {}): Owner {
  return { kind, namespace: "shop", name, owner: "", ready: 1, wanted: 1, created: 0, ...change };
}

const OWNERS = [
  owner("Deployment", "web", { ready: 2, wanted: 2 }),
  owner("ReplicaSet", "web-new", { owner: "Deployment/web", ready: 2, wanted: 2 }),
  owner("ReplicaSet", "web-old", { owner: "Deployment/web", ready: 0, wanted: 0 }),
  owner("StatefulSet", "db", { ready: 0, wanted: 1 }),
  owner("CronJob", "tick", { wanted: null }),
  owner("Job", "tick-1", { owner: "CronJob/tick" }),
];
const STATE = cluster([
  pod("web-new-1", { w: "ReplicaSet/web-new" }),
  pod("web-new-2", { w: "ReplicaSet/web-new" }),
  pod("db-0", { w: "StatefulSet/db", s: 4 }),
  pod("tick-1-a", { w: "Job/tick-1", s: 3 }),
  pod("tick-1-b", { w: "Job/tick-1", s: 6 }),
  pod("static", { w: "Node/node-1", ns: "kube-system" }),
  pod("alone"),
]);

/** "name/health" and what is below, pods by name. */
function picture(tree: Tree, state = STATE): unknown[] {
  const names = (slots: readonly number[]): string[] => slots.map((slot) => state.pods.name[slot] ?? "");
  const of = (branch: Branch): unknown => [
    `${branch.kind}/${branch.name} ${branch.health}`,
    ...branch.branches.map(of),
    ...names(branch.slots),
  ];
  return [...tree.branches.map(of), ...names(tree.slots)];
}

const all = (query = "", namespace = ""): Tree => treeOf(STATE, OWNERS, query, namespace);

describe("the tree of owners", () => {
  it("hangs pods below their owners, the unhealthy first, and owners of no table below their pods' word", () => {
    expect(picture(all())).toEqual([
      ["StatefulSet/db bad", "db-0"],
      ["Node/node-1 ok", "static"],
      ["CronJob/tick ok", ["Job/tick-1 ok", "tick-1-a", "tick-1-b"]],
      ["Deployment/web ok", ["ReplicaSet/web-new ok", "web-new-1", "web-new-2"], ["ReplicaSet/web-old ok"]],
      "alone",
    ]);
  });

  it("counts the pods of everything below", () => {
    const [db, , tick, web] = all().branches;
    expect([db?.pods, tick?.pods, web?.pods]).toEqual([1, 2, 2]);
    expect([...(tick?.counts ?? [])]).toEqual([0, 0, 0, 1, 0, 0, 1, 0]);
  });

  it.each([
    ["status:crashloop", "", [["StatefulSet/db bad", "db-0"]]],
    ["web-old", "", [["Deployment/web ok", ["ReplicaSet/web-old ok"]]]],
    ["alone", "", ["alone"]],
    ["", "kube-system", [["Node/node-1 ok", "static"]]],
    ["owner:=Job/tick-1 status:failed", "", [["CronJob/tick ok", ["Job/tick-1 ok", "tick-1-a"]]]],
    ["node:nowhere", "", []],
  ])("filtered by %j in %j keeps what matches and all above it", (query, namespace, expected) => {
    expect(picture(all(query, namespace))).toEqual(expected);
  });

  it.each([
    ["a pod that crashes", [owner("ReplicaSet", "r")], { s: 4 }, "bad"],
    ["a pod that waits for a node", [owner("ReplicaSet", "r")], { s: 1 }, "wait"],
    ["a pod of a lost node", [owner("ReplicaSet", "r")], { s: 7 }, "wait"],
    ["too few pods", [owner("ReplicaSet", "r", { ready: 1, wanted: 2 })], {}, "wait"],
    ["all it wants", [owner("ReplicaSet", "r")], {}, "ok"],
    ["a failed try of a finished Job", [owner("Job", "r")], { s: 3, w: "Job/r" }, "ok"],
    ["a failed try of an unfinished Job", [owner("Job", "r", { ready: 0 })], { s: 3, w: "Job/r" }, "bad"],
  ] as const)("with %s is %s", (_name, owners, change, health) => {
    const state = cluster([pod("p", { w: "ReplicaSet/r", ...change })]);
    expect(treeOf(state, owners, "", "").branches[0]?.health).toBe(health);
  });

  it("gives its health to those above", () => {
    const owners = [owner("Deployment", "d"), owner("ReplicaSet", "r", { owner: "Deployment/d", ready: 0 })];
    expect(treeOf(cluster([]), owners, "", "").branches[0]?.health).toBe("wait");
  });

  it("leaves out owners that own each other in a circle, and ends", () => {
    const circle = [owner("Job", "a", { owner: "Job/b" }), owner("Job", "b", { owner: "Job/a" })];
    const self = owner("Job", "c", { owner: "Job/c" });
    expect(picture(treeOf(cluster([]), [...circle, self], "", ""))).toEqual([["Job/c ok"]]);
  });
});

describe("the rows of the tree", () => {
  const show = (isOpen: (branch: Branch) => boolean): string[] =>
    rowsOf(STATE, all("", "shop"), isOpen).map((row) => {
      const name = "slot" in row ? STATE.pods.name[row.slot] : row.branch.name;
      return `${"  ".repeat(row.depth)}${name ?? ""}`;
    });

  it("are all of it when all is open, and the top when nothing is", () => {
    expect(show(() => true)).toEqual([
      "db",
      "  db-0",
      "tick",
      "  tick-1",
      "    tick-1-a",
      "    tick-1-b",
      "web",
      "  web-new",
      "    web-new-1",
      "    web-new-2",
      "  web-old",
      "alone",
    ]);
    expect(show(() => false)).toEqual(["db", "tick", "web", "alone"]);
    expect(show((branch) => branch.name === "web")).toEqual([
      "db",
      "tick",
      "web",
      "  web-new",
      "  web-old",
      "alone",
    ]);
  });

  it("put pods that nobody owns where their health belongs", () => {
    const state = cluster([
      pod("well"),
      pod("ended", { s: 6 }),
      pod("waits", { s: 1, o: "" }),
      pod("lost", { s: 7 }),
      pod("crashes", { s: 4 }),
      pod("web-1", { w: "ReplicaSet/web" }),
      pod("db-1", { w: "ReplicaSet/db", s: 2 }),
    ]);
    const rows = rowsOf(state, treeOf(state, [], "", ""), () => false);
    const words = rows.map((row) => ("slot" in row ? state.pods.name[row.slot] : row.branch.name));
    expect(words).toEqual(["crashes", "db", "lost", "waits", "web", "well", "ended"]);
  });

  it("know the row that they hang below", () => {
    const rows = rowsOf(STATE, all("", "shop"), () => true);
    expect([0, 1, 4, 5, 7, 9, 10, 11].map((row) => parentRow(rows, row))).toEqual([-1, 0, 3, 3, 6, 7, 6, -1]);
    expect(parentRow(rows, 99)).toBe(-1);
  });
});

describe("owners in kubectl's tables", () => {
  const kind = (word: string): KindInfo => findKind(word) ?? OWNING_KINDS[0]!;
  const table = (
    columns: string[],
    cells: unknown[],
    ownerReferences: object[] = [],
  ): Parameters<typeof ownersOf>[1] =>
    ({
      columnDefinitions: columns.map((name) => ({ name, priority: 0 })),
      rows: [
        {
          cells,
          object: {
            metadata: {
              name: "x",
              namespace: "shop",
              ownerReferences,
              creationTimestamp: "1970-01-01T00:00:09Z",
            },
          },
        },
      ],
    }) as unknown as Parameters<typeof ownersOf>[1];

  it.each([
    ["deploy", ["Name", "Ready"], ["x", "2/3"], 2, 3],
    ["rs", ["Name", "Desired", "Current", "Ready"], ["x", 4, 4, 1], 1, 4],
    ["job", ["Name", "Status", "Completions"], ["x", "Running", "0/5"], 0, 5],
    ["cj", ["Name", "Schedule"], ["x", "* * * * *"], 0, null],
  ] as const)("%s says how much is ready", (word, columns, cells, ready, wanted) => {
    const [found] = ownersOf(kind(word), table([...columns], [...cells]));
    expect(found).toMatchObject({ name: "x", namespace: "shop", owner: "", ready, wanted, created: 9000 });
  });

  it("name their controller, not their other owners", () => {
    const references = [
      { kind: "Thing", name: "t" },
      { kind: "Deployment", name: "web", controller: true },
    ];
    expect(ownersOf(kind("rs"), table([], [], references))[0]?.owner).toBe("Deployment/web");
  });

  it("are of seven kinds", () => {
    expect(OWNING_KINDS).toHaveLength(7);
  });
});
