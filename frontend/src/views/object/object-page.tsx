import { Link } from "wouter";
import { useT } from "../../i18n/index.ts";
import { parseObjectRoute } from "../../model/kinds.ts";
import controls from "../../ui/controls.module.css";
import { Inspector } from "../../ui/inspector/inspector.tsx";
import { clusterUrl } from "../../ui/location.ts";
import { Note, ViewFrame } from "../../ui/view-frame.tsx";
import type { ViewProps } from "../view-props.ts";

/** One object with a page of its own: /c/<id>/r/<group>/<version>/<kind>/<namespace or _>/<name>. */
export function ObjectPage({ clusterId, rest }: ViewProps) {
  const t = useT();
  const selection = parseObjectRoute(rest);
  if (selection !== null) return <Inspector clusterId={clusterId} selection={selection} isPage />;
  return (
    <ViewFrame title={t("notFound.title")}>
      <Note>
        {t("notFound.text")}
        <Link className={controls.button} href={clusterUrl(clusterId, "map")}>
          {t("view.map")}
        </Link>
      </Note>
    </ViewFrame>
  );
}
