/** Manifests out of a zip archive, with bounds: what an archive says of itself is not believed. */

import { strFromU8, unzip } from "fflate";
import { LARGEST_UPLOAD_BYTES, type ManifestText } from "../model/documents.ts";

const MANIFEST = /\.(ya?ml|json)$/i;
/** Files that a system puts into archives for itself. */
const NOISE = /(^|\/)(__MACOSX\/|\.)/;
const MOST_FILES = 1000;

export class ArchiveTooLarge extends Error {}

/** Raises ArchiveTooLarge, and whatever is wrong with the archive itself. */
export async function readArchive(bytes: Uint8Array): Promise<ManifestText[]> {
  let total = 0;
  let count = 0;
  const files = await new Promise<Record<string, Uint8Array>>((resolve, reject) => {
    const options = {
      filter: ({ name, originalSize }: { name: string; originalSize: number }) => {
        if (!MANIFEST.test(name) || NOISE.test(name)) return false;
        total += originalSize;
        count += 1;
        return total <= LARGEST_UPLOAD_BYTES && count <= MOST_FILES;
      },
    };
    unzip(bytes, options, (error, found) => {
      if (error) reject(error);
      else resolve(found);
    });
  });
  const actual = Object.values(files).reduce((sum, each) => sum + each.length, 0);
  if (total > LARGEST_UPLOAD_BYTES || actual > LARGEST_UPLOAD_BYTES || count > MOST_FILES)
    throw new ArchiveTooLarge();
  return Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, content]) => ({ name, text: strFromU8(content) }));
}
