import { describe, expect, it } from "vitest";
import { Parts } from "../../src/model/parts.ts";
import type { ServerMessage } from "../../src/model/wire.ts";
import { frame, pod, snapshot } from "./rows.ts";

const BEAT: ServerMessage = { t: "beat", at: 700 };

describe("messages in parts", () => {
  it("lets whole messages pass", () => {
    const parts = new Parts();
    const whole = snapshot([pod("a")]);
    expect(parts.join(whole)).toBe(whole);
    expect(parts.join(BEAT)).toBe(BEAT);
  });

  it("joins the rows of all parts, in their order", () => {
    const parts = new Parts();
    expect(parts.join({ ...snapshot([pod("a"), pod("b")]), more: 1 })).toBeNull();
    expect(parts.join({ ...snapshot([pod("c")]), more: 1 })).toBeNull();
    const whole = parts.join(snapshot([pod("d")]));
    expect(whole).toMatchObject({ t: "snapshot", rev: snapshot([]).rev });
    expect(whole?.t === "snapshot" && whole.pods.map((row) => row.n)).toEqual(["a", "b", "c", "d"]);
    expect(whole).not.toHaveProperty("more");
  });

  it("begins anew after the last part", () => {
    const parts = new Parts();
    parts.join({ ...frame(10, 12, { pods: [pod("a")] }), more: 1 });
    parts.join(frame(10, 12, { pods: [pod("b")] }));
    const next = frame(12, 13, { pods: [pod("c")] });
    expect(parts.join(next)).toBe(next);
  });
});
