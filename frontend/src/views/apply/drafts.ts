/** Manifests in the making, one draft per cluster; kept by the browser through failures, reloads and restarts. */

import { create } from "zustand";
import { addTexts, freshName, type ManifestText, UNTITLED } from "../../model/documents.ts";
import { forget, remember, remembered } from "../../ui/storage.ts";

export interface Draft {
  readonly files: readonly ManifestText[];
  /** Name of the file in the editor. */
  readonly open: string;
  /** False when the browser has no room for it. */
  readonly isKept: boolean;
}

interface Drafts {
  readonly byCluster: Readonly<Record<string, Draft>>;
  /** Cluster whose draft is to be applied as soon as its Apply view opens: files were dropped on the start page. */
  readonly applyAtOnce: string | null;
}

const EMPTY: Draft = { files: [{ name: UNTITLED, text: "" }], open: UNTITLED, isKept: true };
const SAVE_AFTER_MS = 400;
const timers = new Map<string, ReturnType<typeof setTimeout>>();

export const useDrafts = create<Drafts>(() => ({ byCluster: {}, applyAtOnce: null }));

export function useDraft(clusterId: string): Draft {
  return useDrafts((drafts) => drafts.byCluster[clusterId]) ?? stored(clusterId);
}

export function setText(clusterId: string, name: string, text: string): void {
  change(clusterId, (draft) => ({
    ...draft,
    files: draft.files.map((file) => (file.name === name ? { name, text } : file)),
  }));
}

export function openFile(clusterId: string, name: string): void {
  change(clusterId, (draft) => ({ ...draft, open: name }));
}

export function addFiles(clusterId: string, added: readonly ManifestText[]): void {
  const first = added[0];
  if (first === undefined) return;
  change(clusterId, (draft) => ({ ...draft, files: addTexts(draft.files, added), open: first.name }));
}

export function newFile(clusterId: string): void {
  change(clusterId, (draft) => {
    const name = freshName(draft.files);
    return { ...draft, files: [...draft.files, { name, text: "" }], open: name };
  });
}

export function removeFile(clusterId: string, name: string): void {
  change(clusterId, (draft) => {
    const files = draft.files.filter((file) => file.name !== name);
    const [first] = files;
    if (first === undefined) return EMPTY;
    return { ...draft, files, open: draft.open === name ? first.name : draft.open };
  });
}

export function applyWhenOpened(clusterId: string, files: readonly ManifestText[]): void {
  addFiles(clusterId, files);
  useDrafts.setState({ applyAtOnce: clusterId });
}

/** True once, for the cluster that `applyWhenOpened` named. */
export function takeApplyAtOnce(clusterId: string): boolean {
  if (useDrafts.getState().applyAtOnce !== clusterId) return false;
  useDrafts.setState({ applyAtOnce: null });
  return true;
}

export function forgetDraft(clusterId: string): void {
  forget(storageKey(clusterId));
}

function change(clusterId: string, step: (draft: Draft) => Draft): void {
  const before = useDrafts.getState().byCluster[clusterId] ?? stored(clusterId);
  put(clusterId, step(before));
  clearTimeout(timers.get(clusterId));
  const saveLater = setTimeout(() => {
    save(clusterId);
  }, SAVE_AFTER_MS);
  timers.set(clusterId, saveLater);
}

function save(clusterId: string): void {
  clearTimeout(timers.get(clusterId));
  timers.delete(clusterId);
  const draft = useDrafts.getState().byCluster[clusterId];
  if (draft === undefined) return;
  const isKept = remember(storageKey(clusterId), { files: draft.files, open: draft.open });
  if (isKept !== draft.isKept) put(clusterId, { ...draft, isKept });
}

/** A page that goes away saves what it had not saved yet. */
export function saveWhenLeft(page: EventTarget): void {
  page.addEventListener("pagehide", () => {
    for (const clusterId of [...timers.keys()]) save(clusterId);
  });
}

function put(clusterId: string, draft: Draft): void {
  useDrafts.setState(({ byCluster }) => ({ byCluster: { ...byCluster, [clusterId]: draft } }));
}

const read = new Map<string, Draft>();

/** The draft in storage, read once per page: a component may ask for it at every rendering. */
function stored(clusterId: string): Draft {
  const known = read.get(clusterId);
  if (known !== undefined) return known;
  const draft = { ...EMPTY, ...remembered<Partial<Draft>>(storageKey(clusterId), {}) };
  read.set(clusterId, draft);
  return draft;
}

function storageKey(clusterId: string): string {
  return `clusterlab.draft.${clusterId}`;
}
