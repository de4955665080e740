import { renderToStaticMarkup } from "react-dom/server";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { UploadAnswer } from "../../src/api/types.ts";
import { STATUS_SLUGS } from "../../src/model/status.ts";

/** Components that need no live data, as the markup that they make. */
async function load() {
  const { Answer } = await import("../../src/views/apply/answer.tsx");
  const { Glyph } = await import("../../src/ui/glyph.tsx");
  const { Miniature } = await import("../../src/views/start/miniature.tsx");
  const { Router } = await import("wouter");
  return { Answer, Glyph, Miniature, Router };
}

let parts: Awaited<ReturnType<typeof load>>;

beforeAll(async () => {
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  vi.stubGlobal("navigator", { language: "en" });
  vi.stubGlobal("localStorage", { getItem: () => null });
  parts = await load();
});

function answerMarkup(answer: UploadAnswer, dryRun = false): string {
  const { Answer, Router } = parts;
  return renderToStaticMarkup(
    <Router ssrPath="/c/x/apply">
      <Answer clusterId="x" answer={answer} dryRun={dryRun} onGoTo={() => undefined} />
    </Router>,
  );
}

const WEB = {
  file: "a.yaml",
  index: 0,
  line: 1,
  kind: "Deployment",
  namespace: "shop",
  name: "web",
  message: "",
};

describe("the answer to an upload", () => {
  it("says how many objects were applied and leads to the map", () => {
    const markup = answerMarkup({ applied: true, results: [{ ...WEB, action: "created" }], errors: [] });
    expect(markup).toContain("1 object applied.");
    expect(markup).toContain('href="/c/x/map"');
    expect(markup).toContain('data-applied="true"');
  });

  it("of a dry run claims no change", () => {
    const markup = answerMarkup({ applied: false, results: [{ ...WEB, action: "valid" }], errors: [] }, true);
    expect(markup).toContain("Nothing was changed.");
    expect(markup).not.toContain("/c/x/map");
  });

  it("shows each fault once, with its line and column", () => {
    const fault = {
      file: "a.yaml",
      index: 0,
      line: 7,
      column: 13,
      field: "spec.replicas",
      message: "wrong <b>type</b>",
    };
    const results = [{ ...WEB, action: "failed" as const, message: fault.message }];
    const markup = answerMarkup({ applied: false, results, errors: [fault] });
    expect(markup).toContain(">7:13</button>");
    expect(markup.split("wrong &lt;b&gt;type&lt;/b&gt;")).toHaveLength(2);
    expect(markup).toContain("Nothing was applied. Your text is kept.");
  });

  it("counts what a partial upload did", () => {
    const results = [
      { ...WEB, action: "created" as const },
      { ...WEB, index: 1, action: "failed" as const },
    ];
    const fault = { file: "a.yaml", index: 1, line: null, column: null, field: "", message: "no" };
    expect(answerMarkup({ applied: true, results, errors: [fault] })).toContain("1 of 2 applied.");
  });
});

it("every status has a shape of its own", () => {
  const { Glyph } = parts;
  const shapes = STATUS_SLUGS.map((slug) =>
    renderToStaticMarkup(<Glyph status={slug} />).replaceAll(/class="[^"]*"/g, ""),
  );
  expect(new Set(shapes).size).toBe(STATUS_SLUGS.length);
});

it("an example's picture has as many tiles and pods as fit", () => {
  const { Miniature } = parts;
  const count = (nodes: number, pods: number) =>
    renderToStaticMarkup(<Miniature nodes={nodes} pods={pods} />).split("<rect").length - 1;
  expect(count(3, 9)).toBe(3 + 9);
  expect(count(500, 10_000)).toBe(9 + 81);
  expect(count(3, 0)).toBe(3);
});
