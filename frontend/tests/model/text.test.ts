import { describe, expect, it } from "vitest";
import {
  formatPlace,
  parsePlace,
  parseSelection,
  readAddress,
  writeAddress,
} from "../../src/model/address.ts";
import { formatAge, formatClock } from "../../src/model/age.ts";
import { addTexts, freshName, outline, UNTITLED } from "../../src/model/documents.ts";
import {
  eventsPath,
  findKind,
  historyPath,
  isKnownKind,
  objectPath,
  objectRoute,
  parseObjectRoute,
} from "../../src/model/kinds.ts";
import { formatCpu, formatMemory } from "../../src/model/quantity.ts";
import { statusOf, STATUSES } from "../../src/model/status.ts";
import { highlightLine } from "../../src/model/yaml-colours.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

it.each([
  [-5, "0s"],
  [119 * SECOND, "119s"],
  [2 * MINUTE, "2m"],
  [3 * MINUTE + 20 * SECOND, "3m20s"],
  [10 * MINUTE + 59 * SECOND, "10m"],
  [2 * HOUR + 59 * MINUTE, "179m"],
  [5 * HOUR + 10 * MINUTE, "5h10m"],
  [47 * HOUR, "47h"],
  [3 * DAY + 2 * HOUR, "3d2h"],
  [9 * DAY, "9d"],
  [3 * 365 * DAY + 4 * DAY, "3y4d"],
])("an age of %i ms reads %s, as kubectl has it", (span, text) => {
  expect(formatAge(span)).toBe(text);
});

it.each([
  [252_000, "04:12"],
  [3_723_000, "1:02:03"],
  [2 * DAY + HOUR, "2d 1:00:00"],
])("a clock at %i ms reads %s", (at, text) => {
  expect(formatClock(at)).toBe(text);
});

describe("an address", () => {
  it("reads what it writes, and stays readable", () => {
    const address = {
      namespace: "shop",
      query: "status:failed,unknown a&b",
      selection: { kind: "pod", namespace: "shop", name: "web-1" },
      rev: 47_921,
      compare: 47_000,
      tab: "diff",
      from: "pod/shop/web-1",
      to: "svc/shop/api:80",
      colour: "image" as const,
    };
    const text = writeAddress(address);
    expect(text).toBe(
      "?rev=47921&ns=shop&q=status:failed,unknown%20a%26b&sel=pod/shop/web-1&tab=diff&from=pod/shop/web-1&to=svc/shop/api:80&colour=image&cmp=47000",
    );
    expect(readAddress(new URLSearchParams(text))).toEqual(address);
  });

  it("is empty when nothing is chosen", () => {
    expect(writeAddress(readAddress(new URLSearchParams()))).toBe("");
  });

  it.each(["", "pod", "pod/shop", "pod//x", "a/b/c/d"])("takes %j for no selection", (text) => {
    expect(parseSelection(text)).toBeNull();
  });
});

it.each(["0", "-1", "1.5", "abc", "9".repeat(16), ""])("takes %j for no revision", (text) => {
  expect(readAddress(new URLSearchParams({ rev: text })).rev).toBeNull();
});

describe("a place", () => {
  it("reads what it writes, hostile names too", () => {
    const place = { view: "work", rest: ["shop", "a/b%"] } as const;
    expect(formatPlace(place)).toBe("work/shop/a%2Fb%25");
    expect(parsePlace(formatPlace(place))).toEqual(place);
  });

  it.each(["", "nowhere", "x/map"])("%j is no view", (path) => {
    expect(parsePlace(path)).toBeNull();
  });

  it("keeps a segment that is badly encoded as it is", () => {
    expect(parsePlace("map/%E0%A4%A")).toEqual({ view: "map", rest: ["%E0%A4%A"] });
  });
});

describe("a kind", () => {
  it.each(["deploy", "Deployment", "deployments", "deployments.apps"])("%s is found", (word) => {
    expect(findKind(word)?.resource).toBe("deployments");
  });

  it("has a page of its own and a place in the history", () => {
    const selection = { kind: "deployment", namespace: "shop", name: "web" };
    expect(objectRoute(selection)).toEqual(["apps", "v1", "deployment", "shop", "web"]);
    expect(parseObjectRoute(objectRoute(selection))).toEqual(selection);
    expect(historyPath(selection)).toBe("deployments.apps/shop/web");
    const node = { kind: "node", namespace: "", name: "node-1" };
    expect(parseObjectRoute(objectRoute(node))).toEqual(node);
    expect(historyPath(node)).toBe("nodes/_/node-1");
    expect(parseObjectRoute(["core", "v1", "pod", "shop"])).toBeNull();
  });

  it.each([
    [{ kind: "pod", namespace: "shop", name: "web" }, "api/v1/namespaces/shop/pods/web"],
    [{ kind: "Node", namespace: "", name: "node-1" }, "api/v1/nodes/node-1"],
    [
      { kind: "deployment", namespace: "a/b", name: "../x" },
      "apis/apps/v1/namespaces/a%2Fb/deployments/..%2Fx",
    ],
  ])("%j is kept at %s", (selection, path) => {
    expect(objectPath(selection)).toBe(path);
  });

  it("that is unknown has no path, whatever JavaScript knows of its name", () => {
    expect(objectPath({ kind: "constructor", namespace: "", name: "x" })).toBeNull();
    expect(isKnownKind("widget")).toBe(false);
  });

  it("without a namespace has its events in default", () => {
    expect(eventsPath("", "u1")).toBe(
      "api/v1/namespaces/default/events?fieldSelector=involvedObject.uid%3Du1",
    );
  });
});

it.each([
  [0, "0"],
  [250, "250m"],
  [1500, "1.5"],
  [4000, "4"],
])("%i thousandths of a core read %s", (milli, text) => {
  expect(formatCpu(milli)).toBe(text);
});

it("memory reads in Mi below one Gi, in Gi above", () => {
  expect(formatMemory(512 * 1024 ** 2)).toBe("512Mi");
  expect(formatMemory(7.75 * 1024 ** 3)).toBe("7.8Gi");
});

it("every code has a status, and codes of the future are unknown", () => {
  expect(STATUSES.map((each) => each.code)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(new Set(STATUSES.map((each) => each.urgency)).size).toBe(8);
  expect(statusOf(42).slug).toBe("unknown");
});

describe("a draft", () => {
  it("lets an empty untitled text give way to files, and replaces a file of the same name", () => {
    const draft = addTexts([{ name: UNTITLED, text: " " }], [{ name: "a.yaml", text: "1" }]);
    expect(addTexts(draft, [{ name: "a.yaml", text: "2" }])).toEqual([{ name: "a.yaml", text: "2" }]);
  });

  it("keeps an untitled text that someone wrote", () => {
    const mine = { name: UNTITLED, text: "kind: Pod" };
    expect(addTexts([mine], [{ name: "a.yaml", text: "" }])[0]).toEqual(mine);
  });

  it("names new texts by the first free number", () => {
    expect(freshName([])).toBe("manifest.yaml");
    const names = ["manifest.yaml", "manifest-2.yaml"].map((name) => ({ name, text: "" }));
    expect(freshName(names)).toBe("manifest-3.yaml");
  });
});

describe("an outline", () => {
  it("names each object of a text with its line", () => {
    const text =
      "# shop\nkind: Namespace\nmetadata:\n  name: shop\n---\n\nkind: 'Pod'\nmetadata:\n  labels:\n    name: no\n  name: web\n  namespace: shop\n---\n";
    expect(outline(text)).toEqual([
      { line: 2, kind: "Namespace", namespace: "", name: "shop" },
      { line: 7, kind: "Pod", namespace: "shop", name: "web" },
    ]);
  });

  it("of an unfinished text is unfinished, not wrong", () => {
    expect(outline("")).toEqual([]);
    expect(outline("kind:")).toEqual([{ line: 1, kind: "", namespace: "", name: "" }]);
  });
});

describe("colours of YAML", () => {
  const colours = (line: string) => highlightLine(line).map(({ text, colour }) => [text.trim(), colour]);

  it.each([
    [
      "  replicas: 3",
      [
        ["", "plain"],
        ["replicas", "key"],
        [":", "plain"],
        ["3", "number"],
      ],
    ],
    [
      "- image: nginx:1.27 # ok",
      [
        ["-", "plain"],
        ["image", "key"],
        [":", "plain"],
        ["nginx:1.27", "string"],
        ["# ok", "comment"],
      ],
    ],
    ["---", [["---", "mark"]]],
    ["just text", [["just text", "string"]]],
  ])("of %j", (line, expected) => {
    expect(colours(line)).toEqual(expected);
  });

  it.each(["", "  ", 'a: "x: y"', "a:b", "{a: 1}", "? odd", "#", "key with spaces: |", "<script>: 1"])(
    "never change the text %j",
    (line) => {
      expect(
        highlightLine(line)
          .map((part) => part.text)
          .join(""),
      ).toBe(line);
    },
  );
});
