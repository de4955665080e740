import { expect, it } from "vitest";
import { readFiles } from "../../src/ui/files.ts";

function file(name: string, content: BlobPart, path = ""): File {
  return Object.defineProperty(new File([content], name), "webkitRelativePath", { value: path });
}

it("texts come with their names", async () => {
  const found = await readFiles([file("a.yaml", "kind: Pod"), file("notes.txt", "kind: Service")]);
  expect(found.texts.map((each) => each.name)).toEqual(["a.yaml", "notes.txt"]);
  expect(found.texts[0]?.text).toBe("kind: Pod");
});

it("of a folder only manifests are taken, with their paths", async () => {
  const found = await readFiles([file("a.yml", "1", "shop/a.yml"), file("logo.png", "2", "shop/logo.png")]);
  expect(found.texts.map((each) => each.name)).toEqual(["shop/a.yml"]);
  expect(found.refused).toEqual([]);
});

it("what is larger than 3 MiB is refused unread", async () => {
  const found = await readFiles([file("big.yaml", "x".repeat(3 * 1024 * 1024 + 1))]);
  expect(found.texts).toEqual([]);
  expect(found.refused).toMatchObject([{ name: "big.yaml", why: "tooLarge" }]);
});

it.each([
  ["a zero byte", "PK\0\0"],
  ["bytes that are no UTF-8", new Uint8Array([0xff, 0xfe, 0x00])],
])("%s is no text", async (_name, content) => {
  expect((await readFiles([file("a.bin", content)])).refused).toMatchObject([{ why: "notText" }]);
});
