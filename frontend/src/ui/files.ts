/** Texts out of what a user picks, drops or pastes. Nothing is opened that is too large or no text. */

import { LARGEST_UPLOAD_BYTES, type ManifestText } from "../model/documents.ts";

export interface Refusal {
  readonly name: string;
  readonly why: "tooLarge" | "notText" | "archiveFailed" | "archiveTooLarge";
  /** Of an archive that can't be opened: what is wrong with it. */
  readonly message?: string;
  readonly megabytes: number;
}

export interface ReadFiles {
  readonly texts: readonly ManifestText[];
  readonly refused: readonly Refusal[];
}

const MANIFEST = /\.(ya?ml|json)$/i;
const ARCHIVE = /\.zip$/i;

/** The manifests among the files. In a folder other files are passed over; a file named alone is taken as it is. */
export async function readFiles(files: readonly File[]): Promise<ReadFiles> {
  const isFolder = files.some((file) => file.webkitRelativePath !== "");
  const wanted = isFolder ? files.filter((file) => MANIFEST.test(file.name)) : files;
  const texts: ManifestText[] = [];
  const refused: Refusal[] = [];
  for (const file of wanted) {
    const name = file.webkitRelativePath || file.name;
    const megabytes = file.size / 1024 ** 2;
    if (file.size > LARGEST_UPLOAD_BYTES) {
      refused.push({ name, why: "tooLarge", megabytes });
      continue;
    }
    if (ARCHIVE.test(file.name)) {
      await readZip(file, texts, refused);
      continue;
    }
    const text = await file.text();
    if (text.includes("\0") || text.includes("\uFFFD")) refused.push({ name, why: "notText", megabytes });
    else texts.push({ name, text });
  }
  return { texts, refused };
}

/** The code that opens archives is fetched with the first archive. */
async function readZip(file: File, texts: ManifestText[], refused: Refusal[]): Promise<void> {
  const { ArchiveTooLarge, readArchive } = await import("./archive.ts");
  try {
    texts.push(...(await readArchive(new Uint8Array(await file.arrayBuffer()))));
  } catch (error) {
    const why = error instanceof ArchiveTooLarge ? "archiveTooLarge" : "archiveFailed";
    const message = error instanceof Error ? error.message : String(error);
    refused.push({ name: file.name, why, megabytes: LARGEST_UPLOAD_BYTES / 1024 ** 2, message });
  }
}

/** All files of a drop, those in dropped folders too. Must be called before the event has ended. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  const loose = [...transfer.files];
  if (!entries.some((entry) => entry.isDirectory)) return loose;
  const found = await Promise.all(entries.map(filesOf));
  return found.flat();
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => {
      (entry as FileSystemFileEntry).file(resolve, reject);
    });
    return MANIFEST.test(file.name) ? [new File([file], entry.fullPath.slice(1), { type: file.type })] : [];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const children: FileSystemEntry[] = [];
  // A reader hands out its entries in batches; an empty batch is the end.
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (batch.length === 0) break;
    children.push(...batch);
  }
  return (await Promise.all(children.map(filesOf))).flat();
}
