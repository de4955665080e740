import {
  Activity,
  CalendarClock,
  FileCode2,
  GitCompare,
  type LucideIcon,
  Map as MapIcon,
  Network,
  Radar,
  ScrollText,
  Server,
  Table2,
  Boxes,
  Waypoints,
  Zap,
} from "lucide-react";
import { Link } from "wouter";
import { useT } from "../../i18n/index.ts";
import { type View, VIEWS } from "../../model/address.ts";
import { clusterUrl, useAddress } from "../location.ts";
import styles from "./rail.module.css";

const ICONS: Readonly<Record<View, LucideIcon>> = {
  map: MapIcon,
  work: Table2,
  nodes: Server,
  net: Network,
  sched: Boxes,
  trace: Waypoints,
  metrics: Activity,
  events: CalendarClock,
  logs: ScrollText,
  requests: Radar,
  apply: FileCode2,
  break: Zap,
  compare: GitCompare,
};

/** The way from view to view. Filter and selection go along. */
export function Rail({ clusterId, view }: { clusterId: string; view: View | null }) {
  const t = useT();
  const address = { ...useAddress(), from: "", to: "" };
  return (
    <nav className={styles.rail} aria-label={t("frame.views")}>
      {VIEWS.filter((each) => each !== "compare").map((each) => {
        const Icon = ICONS[each];
        return (
          <Link
            key={each}
            href={clusterUrl(clusterId, each, address)}
            className={styles.item}
            aria-current={each === view ? "page" : undefined}
            data-testid={`view-${each}`}
          >
            <Icon aria-hidden="true" />
            {t(`view.${each}`)}
          </Link>
        );
      })}
    </nav>
  );
}
