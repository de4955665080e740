import { describe, expect, it } from "vitest";
import { type Command, parseJump, rankCommands } from "../../src/model/commands.ts";

function command(title: string): Command {
  return { id: title, title, hint: "", group: "go" };
}

const COMMANDS = ["Map", "Metrics", "Make a fork", "pod shop/web-7c9d-x2kqp", "pod shop/cart-1"].map(command);

describe("the palette", () => {
  it.each([
    ["", ["Map", "Metrics", "Make a fork"]],
    ["map", ["Map"]],
    ["web", ["pod shop/web-7c9d-x2kqp"]],
    ["fork", ["Make a fork"]],
    ["pwx2", ["pod shop/web-7c9d-x2kqp"]],
    ["zzz", []],
  ])("finds for %j %j", (typed, titles) => {
    expect(rankCommands(COMMANDS, typed, 3).map((each) => each.title)).toEqual(titles);
  });

  it("puts what begins with the letters before what only has them", () => {
    expect(rankCommands(["amber", "berlin"].map(command), "ber", 5).map((each) => each.title)).toEqual([
      "berlin",
      "amber",
    ]);
  });
});

it.each([
  [":pods", { kind: "pods", namespace: "", name: "" }],
  [": deploy shop/web", { kind: "deploy", namespace: "shop", name: "web" }],
  [":no node-1", { kind: "no", namespace: "", name: "node-1" }],
  ["pods", null],
  [":", null],
])("%j is the jump %j", (typed, jump) => {
  expect(parseJump(typed)).toEqual(jump);
});
