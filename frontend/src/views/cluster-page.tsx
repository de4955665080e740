import { useQuery } from "@tanstack/react-query";
import { type ComponentType, lazy, Suspense, useEffect } from "react";
import { Link } from "wouter";
import { getCluster } from "../api/clusters.ts";
import { ApiError } from "../api/http.ts";
import type { Cluster } from "../api/types.ts";
import { useT } from "../i18n/index.ts";
import { formatSelection, OBJECT_PAGE, type PagePlace, type View } from "../model/address.ts";
import controls from "../ui/controls.module.css";
import { FaultStrip } from "../ui/faults/fault-strip.tsx";
import { Banner } from "../ui/frame/banner.tsx";
import { Coach } from "../ui/frame/coach.tsx";
import { FrameKeys } from "../ui/frame/frame-keys.tsx";
import { Rail } from "../ui/frame/rail.tsx";
import { TopBar } from "../ui/frame/top-bar.tsx";
import { Inspector } from "../ui/inspector/inspector.tsx";
import { LiveProvider } from "../ui/live.tsx";
import { useAddress } from "../ui/location.ts";
import { Mishap } from "../ui/mishap.tsx";
import { FollowBar } from "../ui/presence/follow-bar.tsx";
import { TimelineBar } from "../ui/timeline/timeline.tsx";
import { useViewed, ViewedProvider } from "../ui/viewed.tsx";
import styles from "./cluster-page.module.css";
import { MapView } from "./map/map-view.tsx";
import { Message } from "./message.tsx";
import { ObjectPage } from "./object/object-page.tsx";
import type { ViewProps } from "./view-props.ts";

/** The map is what nearly everybody sees first; every other view comes when it is asked for. */
const VIEWS: Readonly<Record<View, ComponentType<ViewProps>>> = {
  map: MapView,
  work: lazy(() => import("./work/work-view.tsx")),
  nodes: lazy(() => import("./nodes/nodes-view.tsx")),
  net: lazy(() => import("./net/net-view.tsx")),
  sched: lazy(() => import("./sched/sched-view.tsx")),
  trace: lazy(() => import("./trace/trace-view.tsx")),
  metrics: lazy(() => import("./metrics/metrics-view.tsx")),
  events: lazy(() => import("./events/events-view.tsx")),
  logs: lazy(() => import("./logs/logs-view.tsx")),
  requests: lazy(() => import("./requests/requests-view.tsx")),
  apply: lazy(() => import("./apply/apply-view.tsx")),
  break: lazy(() => import("./break/break-view.tsx")),
  compare: lazy(() => import("./compare/compare-view.tsx")),
};

export function ClusterPage({ clusterId, place }: { clusterId: string; place: PagePlace }) {
  const t = useT();
  const { data, error, refetch } = useQuery({
    queryKey: ["cluster", clusterId],
    queryFn: () => getCluster(clusterId),
    retry: (failures, reason) =>
      failures < 2 && reason instanceof ApiError && (reason.status === 0 || reason.status > 499),
  });
  useEffect(() => {
    document.title = data === undefined ? "ClusterLab" : `${data.name} · ClusterLab`;
  }, [data]);
  if (data) {
    return (
      <LiveProvider key={clusterId} clusterId={clusterId}>
        <Viewing cluster={data} place={place} />
      </LiveProvider>
    );
  }
  if (error === null) return <Message title={t("app.loading")} text="" />;
  const isLost = error instanceof ApiError && (error.status === 404 || error.status === 403);
  return (
    <Message
      title={isLost ? t("lost.title") : t("failed.title")}
      text={isLost ? t("lost.text") : error.message}
    >
      <div className={controls.row}>
        {!isLost && (
          <button type="button" className={controls.primary} onClick={() => void refetch()}>
            {t("app.retry")}
          </button>
        )}
        <Link href="/" className={controls.button}>
          {t("notFound.action")}
        </Link>
      </div>
    </Message>
  );
}

/** The address decides whether it is the live cluster or a past one that the frame shows. */
function Viewing(props: { cluster: Cluster; place: PagePlace }) {
  const { rev } = useAddress();
  return (
    <ViewedProvider clusterId={props.cluster.id} rev={rev}>
      <ClusterFrame {...props} />
    </ViewedProvider>
  );
}

function ClusterFrame({ cluster, place }: { cluster: Cluster; place: PagePlace }) {
  const t = useT();
  const { selection, rev } = useAddress();
  const viewed = useViewed();
  const { id } = cluster;
  return (
    <div className={styles.frame}>
      <a href="#content" className={styles.skip}>
        {t("app.skipToContent")}
      </a>
      <TopBar cluster={cluster} place={place} />
      <div className={styles.body} data-past={rev !== null}>
        <Rail clusterId={id} view={place.view === OBJECT_PAGE ? null : place.view} />
        <main id="content" className={styles.main} tabIndex={-1}>
          <FollowBar />
          <Banner />
          <FaultStrip clusterId={id} />
          <Coach cluster={cluster} />
          <div className={styles.view}>
            <Mishap key={place.view}>
              <Suspense fallback={<p className={styles.loading}>{t("app.loading")}</p>}>
                {!isRefused(viewed.error) && <ViewOf clusterId={id} place={place} />}
              </Suspense>
            </Mishap>
          </div>
        </main>
        {selection && place.view !== OBJECT_PAGE && (
          <Mishap key={formatSelection(selection)}>
            <Inspector clusterId={id} selection={selection} />
          </Mishap>
        )}
      </div>
      <Mishap>
        <TimelineBar clusterId={id} />
      </Mishap>
      <FrameKeys clusterId={id} />
    </div>
  );
}

/** There is no such revision, or none any more: the banner says so, and which one there is. */
function isRefused(error: Error | null): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500;
}

function ViewOf({ clusterId, place }: { clusterId: string; place: PagePlace }) {
  if (place.view === OBJECT_PAGE) return <ObjectPage clusterId={clusterId} rest={place.rest} />;
  const View = VIEWS[place.view];
  return <View clusterId={clusterId} rest={place.rest} />;
}
