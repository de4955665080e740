import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { en, type MessageKey } from "../../src/i18n/en.ts";
import { parse } from "yaml";
import { formatMessage } from "../../src/i18n/format.ts";
import { examples } from "../../src/i18n/ko/examples.ts";
import { ko } from "../../src/i18n/ko.ts";

const KEYS = Object.keys(en) as MessageKey[];

function valuesIn(message: string): string[] {
  return [...new Set([...message.matchAll(/\{(\w+)/g)].map((match) => match[1] ?? ""))].sort();
}

it("every message uses the same values in both languages", () => {
  for (const key of KEYS) expect(valuesIn(ko[key]), key).toEqual(valuesIn(en[key]));
});

it("no message is left untranslated, except names", () => {
  const same = KEYS.filter((key) => ko[key] === en[key]);
  const names = [
    "kubeconfig.button",
    "create.namePlaceholder",
    "map.cpu",
    "map.notReady",
    "metrics.cpu",
    "work.ip",
    "nodes.cpu",
    "nodes.ready",
    "inspector.yaml",
    "inspector.times",
  ];
  expect(same.sort()).toEqual(names.sort());
});

it("words follow their number", () => {
  expect(formatMessage("{n|pod|pods}", { n: 1 }, "en")).toBe("1 pod");
  expect(formatMessage("{n|pod|pods}", { n: 0 }, "en")).toBe("0 pods");
  expect(formatMessage("rev {rev}", { rev: 48213 }, "en")).toBe("rev 48,213");
});

it("a value is put in as it is, and one that is missing stays visible", () => {
  expect(formatMessage("{a} {b}", { a: "<b>{b}$&</b>" }, "en")).toBe("<b>{b}$&</b> {b}");
});

it("every message is said somewhere", () => {
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !path.startsWith("i18n"))
    .map((path) => readFileSync(`src/${path}`, "utf8"))
    .join("\n");
  // Keys put together at run time: by status, column, tab, action, role …
  const families = [...sources.matchAll(/`((?:[a-z]+\.)+)\$\{/gi)].map((match) => match[1] ?? "");
  const unsaid = KEYS.filter(
    (key) => !sources.includes(`"${key}"`) && !families.some((each) => key.startsWith(each)),
  );
  expect(unsaid).toEqual([]);
});

it("every example of the gallery is told in Korean, step by step", () => {
  const catalogue = parse(readFileSync("../examples/catalogue.yaml", "utf8")) as {
    slug: string;
    steps: string[];
  }[];
  for (const { slug, steps } of catalogue) {
    expect(examples[slug]?.steps, slug).toHaveLength(steps.length);
    expect(examples[slug]?.title, slug).toMatch(/[가-힣]/);
  }
});
