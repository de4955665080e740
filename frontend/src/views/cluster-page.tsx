import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link } from "wouter";
import { getCluster } from "../api/clusters.ts";
import { ApiError } from "../api/http.ts";
import type { Cluster } from "../api/types.ts";
import { useT } from "../i18n/index.ts";
import type { Place } from "../model/address.ts";
import controls from "../ui/controls.module.css";
import { Banner } from "../ui/frame/banner.tsx";
import { Coach } from "../ui/frame/coach.tsx";
import { FrameKeys } from "../ui/frame/frame-keys.tsx";
import { Rail } from "../ui/frame/rail.tsx";
import { TopBar } from "../ui/frame/top-bar.tsx";
import { Inspector } from "../ui/inspector/inspector.tsx";
import { LiveProvider } from "../ui/live.tsx";
import { useAddress } from "../ui/location.ts";
import { TimelineBar } from "../ui/timeline/timeline.tsx";
import { ViewedProvider } from "../ui/viewed.tsx";
import { ApplyView } from "./apply/apply-view.tsx";
import styles from "./cluster-page.module.css";
import { MapView } from "./map/map-view.tsx";
import { Message } from "./message.tsx";
import { NodesView } from "./nodes/nodes-view.tsx";
import { WorkView } from "./work/work-view.tsx";

export function ClusterPage({ clusterId, place }: { clusterId: string; place: Place }) {
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
function Viewing(props: { cluster: Cluster; place: Place }) {
  const { rev } = useAddress();
  return (
    <ViewedProvider clusterId={props.cluster.id} rev={rev}>
      <ClusterFrame {...props} />
    </ViewedProvider>
  );
}

function ClusterFrame({ cluster, place: { view } }: { cluster: Cluster; place: Place }) {
  const t = useT();
  const { selection, rev } = useAddress();
  const { id } = cluster;
  return (
    <div className={styles.frame}>
      <a href="#content" className={styles.skip}>
        {t("app.skipToContent")}
      </a>
      <TopBar cluster={cluster} />
      <div className={styles.body} data-past={rev !== null}>
        <Rail clusterId={id} view={view} />
        <main id="content" className={styles.main} tabIndex={-1}>
          <Banner />
          <Coach cluster={cluster} />
          <div className={styles.view}>
            {view === "map" && <MapView clusterId={id} />}
            {view === "work" && <WorkView />}
            {view === "nodes" && <NodesView clusterId={id} />}
            {view === "apply" && <ApplyView clusterId={id} />}
          </div>
        </main>
        {selection && <Inspector clusterId={id} selection={selection} />}
      </div>
      <TimelineBar clusterId={id} />
      <FrameKeys clusterId={id} />
    </div>
  );
}
