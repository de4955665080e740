import { strToU8, zipSync } from "fflate";
import { expect, it } from "vitest";
import { readFiles } from "../../src/ui/files.ts";

/** A File as a browser has it; Node's knows no webkitRelativePath. */
function file(name: string, content: Uint8Array<ArrayBuffer>): File {
  return Object.assign(new File([content], name), { webkitRelativePath: "" });
}

function zip(name: string, files: Record<string, string>): File {
  const entries = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)]));
  return file(name, new Uint8Array(zipSync(entries)));
}

it("an archive's manifests are taken in order, all else is passed over", async () => {
  const archive = zip("shop.zip", {
    "b/web.yaml": "kind: B",
    "a.yml": "kind: A",
    "README.md": "#",
    "__MACOSX/x.yaml": "",
  });
  expect(await readFiles([archive])).toEqual({
    texts: [
      { name: "a.yml", text: "kind: A" },
      { name: "b/web.yaml", text: "kind: B" },
    ],
    refused: [],
  });
});

it("an archive that would grow beyond all bounds is refused", async () => {
  const bomb = zip("bomb.zip", { "a.yaml": "0".repeat(4 * 1024 * 1024) });
  expect((await readFiles([bomb])).refused).toMatchObject([{ name: "bomb.zip", why: "archiveTooLarge" }]);
});

it("what only calls itself an archive is refused, and says why", async () => {
  const { texts, refused } = await readFiles([file("fake.zip", strToU8("no zip"))]);
  expect(texts).toEqual([]);
  expect(refused[0]?.why).toBe("archiveFailed");
  expect(refused[0]?.message).not.toBe("");
});
