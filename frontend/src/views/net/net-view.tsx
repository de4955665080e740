import { useQuery } from "@tanstack/react-query";
import { Footprints } from "lucide-react";
import { useMemo } from "react";
import { Link } from "wouter";
import { listServices } from "../../api/analysis.ts";
import { useT } from "../../i18n/index.ts";
import type { Address } from "../../model/address.ts";
import { podAddress } from "../../model/walk.ts";
import { WalkView } from "./walk-view.tsx";
import { arrangeServices, formatPort, healthOf, type NetEndpoint, type NetService } from "../../model/net.ts";
import controls from "../../ui/controls.module.css";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { Glyph } from "../../ui/glyph.tsx";
import { clusterUrl, useAddress, useChangeAddress } from "../../ui/location.ts";
import { Note, Scroll, ViewFrame, Waiting } from "../../ui/view-frame.tsx";
import type { ViewProps } from "../view-props.ts";
import styles from "./net.module.css";

const REFRESH_MS = 2000;
const SHOWN_ENDPOINTS = 24;

/** Services, their slices, and the pods that answer for them: from left to right, as a packet goes. */
export default function NetView({ clusterId, rest }: ViewProps) {
  return rest[0] === "walk" ? <WalkView clusterId={clusterId} /> : <Services clusterId={clusterId} />;
}

function Services({ clusterId }: { clusterId: string }) {
  const t = useT();
  const address = useAddress();
  const { query: words, namespace, rev } = address;
  const query = useQuery({
    queryKey: ["net", clusterId, rev],
    queryFn: () => listServices(clusterId, rev),
    placeholderData: (previous) => previous,
    refetchInterval: rev === null ? REFRESH_MS : false,
    retry: false,
  });
  const services = useMemo(
    () => arrangeServices(query.data ?? [], words, namespace),
    [query.data, words, namespace],
  );
  return (
    <ViewFrame
      title={t("view.net")}
      tools={
        <>
          <FilterBar placeholder={t("net.filter")} />
          <span className={controls.spacer} />
          <Link className={controls.button} href={walkUrl(clusterId, address)} data-testid="walk-open">
            <Footprints />
            {t("walk.open")}
          </Link>
        </>
      }
    >
      {query.data === undefined && <Waiting query={query} />}
      {query.data && services.length === 0 && (
        <Note testId="net-none">
          {t(query.data.length === 0 ? "net.empty" : "net.none")}
          {query.data.length === 0 && (
            <Link className={controls.button} href={clusterUrl(clusterId, "apply")}>
              {t("map.emptyAction")}
            </Link>
          )}
        </Note>
      )}
      {services.length > 0 && (
        <Scroll>
          <ul className={styles.services}>
            {services.map((service) => (
              <ServiceRow key={service.key} service={service} />
            ))}
          </ul>
        </Scroll>
      )}
    </ViewFrame>
  );
}

/** From what is selected, where that can be one end of a walk. */
function walkUrl(clusterId: string, address: Address): string {
  const { selection } = address;
  const from = selection?.kind === "pod" ? podAddress(selection.namespace, selection.name) : "";
  return clusterUrl(clusterId, "net", { ...address, from }, ["walk"]);
}

function ServiceRow({ service }: { service: NetService }) {
  const t = useT();
  const change = useChangeAddress();
  const { selection } = useAddress();
  const [namespace = "", name = ""] = service.key.split("/");
  const ready = service.endpoints.filter((each) => each.ready).length;
  const isSelected =
    selection?.kind === "service" && selection.name === name && selection.namespace === namespace;
  return (
    <li
      className={styles.row}
      data-health={healthOf(service)}
      data-testid="net-service"
      data-key={service.key}
      aria-current={isSelected || undefined}
    >
      <div className={styles.box}>
        <button
          type="button"
          className={controls.textLink}
          onClick={() => {
            change({ selection: { kind: "service", namespace, name } });
          }}
        >
          <b>{name}</b> <span className={controls.muted}>{namespace}</span>
        </button>
        <span className={controls.mono}>
          {service.clusterIP} · {service.type}
        </span>
        <span className={controls.muted}>{service.ports.map(formatPort).join(", ")}</span>
      </div>
      <div className={styles.slices}>
        {service.slices.map((slice) => (
          <span key={slice} className={styles.slice} title={t("net.slices")}>
            {slice}
          </span>
        ))}
      </div>
      <div className={styles.ends}>
        <span className={styles.count} data-health={healthOf(service)}>
          {service.endpoints.length === 0
            ? t("net.noEndpoints")
            : t("net.ready", { ready, all: service.endpoints.length })}
        </span>
        <ul className={styles.endpoints}>
          {service.endpoints.slice(0, SHOWN_ENDPOINTS).map((endpoint) => (
            <Endpoint key={`${endpoint.ip} ${endpoint.pod ?? ""}`} endpoint={endpoint} />
          ))}
          {service.endpoints.length > SHOWN_ENDPOINTS && (
            <li className={controls.muted}>+{service.endpoints.length - SHOWN_ENDPOINTS}</li>
          )}
        </ul>
      </div>
    </li>
  );
}

function Endpoint({ endpoint: { pod, ip, ready, node } }: { endpoint: NetEndpoint }) {
  const t = useT();
  const change = useChangeAddress();
  const [namespace, name] = pod?.split("/") ?? [];
  const glyph = <Glyph status={ready ? "running" : "starting"} size={11} />;
  const state = ready ? "" : ` · ${t("net.notReady")}`;
  if (namespace === undefined || name === undefined) {
    return (
      <li className={styles.endpoint} title={t("net.noPod")}>
        {glyph} {ip}
        {state}
      </li>
    );
  }
  return (
    <li>
      <button
        type="button"
        className={styles.endpoint}
        title={`${name} · ${node}${state}`}
        onClick={() => {
          change({ selection: { kind: "pod", namespace, name } });
        }}
      >
        {glyph} {name} <span className={controls.muted}>{ip}</span>
      </button>
    </li>
  );
}
