import { afterEach, beforeEach, expect, it, vi } from "vitest";
import {
  addFiles,
  applyWhenOpened,
  type Draft,
  newFile,
  openFile,
  removeFile,
  saveWhenLeft,
  setText,
  takeApplyAtOnce,
  useDrafts,
} from "../../src/views/apply/drafts.ts";

const kept = new Map<string, string>();
let isFull = false;
let cluster = 0;
let id = "";

beforeEach(() => {
  vi.useFakeTimers();
  kept.clear();
  isFull = false;
  cluster += 1;
  id = `c${String(cluster)}`;
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (isFull) throw new DOMException("full", "QuotaExceededError");
      kept.set(key, value);
    },
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function draft(): Draft {
  const found = useDrafts.getState().byCluster[id];
  if (found === undefined) throw new Error("no draft");
  return found;
}

it("typing is kept by the browser a moment later", () => {
  setText(id, "manifest.yaml", "kind: Pod");
  expect(kept.size).toBe(0);
  vi.runAllTimers();
  expect(kept.get(`clusterlab.draft.${id}`)).toContain("kind: Pod");
  expect(draft().isKept).toBe(true);
});

it("a browser without room is said so, and the text stays on the page", () => {
  isFull = true;
  setText(id, "manifest.yaml", "kind: Pod");
  vi.runAllTimers();
  expect(draft()).toMatchObject({ isKept: false, files: [{ text: "kind: Pod" }] });
});

it("a draft of an earlier visit is there again", () => {
  kept.set(
    `clusterlab.draft.${id}`,
    JSON.stringify({ files: [{ name: "a.yaml", text: "1" }], open: "a.yaml" }),
  );
  newFile(id);
  expect(draft().files.map((file) => file.name)).toEqual(["a.yaml", "manifest.yaml"]);
});

it("a draft that can't be read counts as none", () => {
  kept.set(`clusterlab.draft.${id}`, "{");
  newFile(id);
  expect(draft().files.map((file) => file.name)).toEqual(["manifest.yaml", "manifest-2.yaml"]);
});

it("added files open, and a removed one makes room for another", () => {
  addFiles(id, [
    { name: "a.yaml", text: "1" },
    { name: "b.yaml", text: "2" },
  ]);
  expect(draft().open).toBe("a.yaml");
  openFile(id, "b.yaml");
  removeFile(id, "b.yaml");
  expect(draft()).toMatchObject({ open: "a.yaml", files: [{ name: "a.yaml" }] });
  removeFile(id, "a.yaml");
  expect(draft()).toMatchObject({ open: "manifest.yaml", files: [{ text: "" }] });
});

it("files from the start page are applied once, in their own cluster", () => {
  applyWhenOpened(id, [{ name: "a.yaml", text: "1" }]);
  expect(takeApplyAtOnce("another")).toBe(false);
  expect(takeApplyAtOnce(id)).toBe(true);
  expect(takeApplyAtOnce(id)).toBe(false);
});

it("is saved at once when the page goes away", () => {
  const page = new EventTarget();
  saveWhenLeft(page);
  addFiles(id, [{ name: "app.yaml", text: "kind: Pod" }]);
  page.dispatchEvent(new Event("pagehide"));
  expect([...kept.values()].join()).toContain("kind: Pod");
});
