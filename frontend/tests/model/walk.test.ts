import { describe, expect, it } from "vitest";
import {
  HOP_KINDS,
  type HopKind,
  isGood,
  legsOf,
  podAddress,
  serviceAddress,
  type Walk,
} from "../../src/model/walk.ts";

function walk(kinds: readonly HopKind[], change: Partial<Walk> = {}): Walk {
  const hops = kinds.map((kind, index) => ({ kind, where: `w${String(index)}`, text: "-j ACCEPT" }));
  return {
    asked: "http://web/",
    hops,
    destination: "",
    answered: true,
    code: 200,
    lines: [],
    by: "w",
    ...change,
  };
}

describe("a packet's way", () => {
  it.each<[string, HopKind[], string[]]>([
    [
      "goes from leg to leg",
      ["dns", "chain", "dnat", "route", "server"],
      ["dns 1", "chain 1", "dnat 1", "route 1", "server 1"],
    ],
    ["gathers hops of a kind", ["chain", "chain", "dnat"], ["chain 2", "dnat 1"]],
    ["keeps the order when a kind comes again", ["chain", "dnat", "chain"], ["chain 1", "dnat 1", "chain 1"]],
    ["may be none", [], []],
  ])("%s", (_name, kinds, legs) => {
    expect(legsOf(walk(kinds)).map(({ kind, hops }) => `${kind} ${String(hops.length)}`)).toEqual(legs);
  });

  it("loses no hop", () => {
    const kinds = HOP_KINDS.flatMap((kind) => [kind, kind]);
    expect(legsOf(walk(kinds)).flatMap((leg) => leg.hops)).toEqual(walk(kinds).hops);
  });

  it.each([
    ["an answer", { code: 200 }, true],
    ["a redirection", { code: 302 }, true],
    ["an answer without a code", { code: null }, true],
    ["a complaint", { code: 403 }, false],
    ["a broken server", { code: 503 }, false],
    ["silence", { answered: false, code: null }, false],
  ])("ends well, or not, with %s", (_name, change, good) => {
    expect(isGood(walk(["server"], change))).toBe(good);
  });

  it("begins and ends at addresses as the server reads them", () => {
    expect(podAddress("shop", "web-1")).toBe("pod/shop/web-1");
    expect(serviceAddress("shop/web", 80)).toBe("svc/shop/web:80");
  });
});
