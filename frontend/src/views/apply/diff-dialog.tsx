import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { getKubeObject } from "../../api/clusters.ts";
import { listServedKinds } from "../../api/discovery.ts";
import { ApiError } from "../../api/http.ts";
import { useT } from "../../i18n/index.ts";
import type { ManifestText } from "../../model/documents.ts";
import { identity, type ManifestDocument, readManifest, valueAt } from "../../model/lint/manifest.ts";
import { isList, servedPath } from "../../model/lint/served.ts";
import { project } from "../../model/projection.ts";
import controls from "../../ui/controls.module.css";
import { Dialog } from "../../ui/dialog.tsx";
import styles from "./diff-dialog.module.css";
import { createMerge } from "./merge-view.ts";

interface DiffDialogProps {
  readonly clusterId: string;
  readonly files: readonly ManifestText[];
  readonly namespace: string;
  readonly onClose: () => void;
}

interface Compared {
  readonly object: string;
  /** null: it isn't in the cluster yet. */
  readonly before: string | null;
  readonly after: string;
}

const MOST_OBJECTS = 40;

/** The text beside what the cluster has now, object by object. */
export default function DiffDialog({ clusterId, files, namespace, onClose }: DiffDialogProps) {
  const t = useT();
  const { data, error } = useQuery({
    queryKey: ["apply-diff", clusterId, namespace, files],
    queryFn: () => compare(clusterId, files, namespace),
    gcTime: 0,
    retry: false,
  });
  return (
    <Dialog title={t("diff.title")} onClose={onClose} wide>
      <div className={styles.body} data-testid="apply-diff" tabIndex={0}>
        <p className={controls.muted}>{t("diff.lead")}</p>
        {error && <p className={controls.toneBad}>{t("diff.failed", { message: error.message })}</p>}
        {!error && data === undefined && <p className={controls.muted}>{t("app.loading")}</p>}
        {data?.map((each) => (
          <ObjectDiff key={each.object} compared={each} />
        ))}
      </div>
    </Dialog>
  );
}

async function compare(
  clusterId: string,
  files: readonly ManifestText[],
  namespace: string,
): Promise<Compared[]> {
  const { stringify } = await import("yaml");
  const write = (value: unknown): string => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
  const served = await listServedKinds(clusterId);
  const objects = files.flatMap((file) => readManifest(file.text).documents).flatMap(objectsIn);
  return Promise.all(
    objects.slice(0, MOST_OBJECTS).map(async (value) => {
      const { apiVersion, kind, namespace: own, name } = identity(value);
      const info = served.find((each) => each.apiVersion === apiVersion && each.kind === kind);
      const place = info?.namespaced === false ? "" : own || namespace;
      const live = info && (await liveObject(clusterId, servedPath(info, place, name)));
      const before = live ? write(project(live, value)) : null;
      return { object: `${kind} ${place === "" ? name : `${place}/${name}`}`, before, after: write(value) };
    }),
  );
}

/** A document's objects: a List is taken apart, as the server does it. */
function objectsIn(document: ManifestDocument): unknown[] {
  return isList(document) ? (valueAt(document.value, ["items"]) as unknown[]) : [document.value];
}

async function liveObject(clusterId: string, path: string): Promise<unknown> {
  try {
    return await getKubeObject(clusterId, path);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

function ObjectDiff({ compared: { object, before, after } }: { compared: Compared }) {
  const t = useT();
  const isSame = before === after;
  const title = before === null ? "diff.new" : isSame ? "diff.same" : "diff.differs";
  return (
    <details open={!isSame && before !== null} className={styles.object} data-testid="object-diff">
      <summary>{t(title, { object })}</summary>
      <Sides before={before ?? ""} after={after} />
    </details>
  );
}

/** Both texts in CodeMirror's merge view, in a shadow root as the editor is. */
function Sides({ before, after }: { before: string; after: string }) {
  const t = useT();
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current === null) return;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: "open" });
    const merge = createMerge(root, before, after, { before: t("diff.now"), after: t("diff.text") });
    return () => {
      merge.destroy();
    };
  }, [before, after, t]);
  return <div ref={host} className={styles.sides} />;
}
