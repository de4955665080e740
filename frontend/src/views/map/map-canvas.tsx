import {
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useT } from "../../i18n/index.ts";
import type { Selection } from "../../model/address.ts";
import type { ClusterState } from "../../model/cluster.ts";
import type { Hues } from "../../model/colours.ts";
import type { Direction, Hit } from "../../model/geometry.ts";
import { useConnection, useLink } from "../../ui/live.tsx";
import { useAddress, useChangeAddress } from "../../ui/location.ts";
import { type MapPitch, usePreferences } from "../../ui/preferences.ts";
import { useCluster, useViewed, useViewedNow } from "../../ui/viewed.tsx";
import { MapController, type MapSettings } from "./controller.ts";
import styles from "./map-canvas.module.css";
import { MapTip, podText } from "./map-tip.tsx";

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

interface Tip {
  readonly hit: Hit;
  readonly x: number;
  readonly y: number;
}

interface MapCanvasProps {
  readonly hues: Hues;
  readonly pitch: Exclude<MapPitch, "zones">;
  readonly onPitch: (pitch: number) => void;
}

export function MapCanvas(props: MapCanvasProps) {
  const t = useT();
  const viewed = useViewed();
  const change = useChangeAddress();
  const link = useLink();
  const isStale = viewed.rev === null ? link.phase !== "live" : viewed.isLoading;
  const label = useMapLabel();
  const [tip, setTip] = useState<Tip | null>(null);
  const [spoken, setSpoken] = useState("");
  const { scroller, spacer, canvas, overlay, controller } = useMapController(props);

  const select = (hit: Hit | null): void => {
    change({ selection: hit && selectionOf(viewed.current(), hit) });
  };
  const onPointerMove = (event: PointerEvent): void => {
    const hit = controller.current?.pointAt(event.clientX, event.clientY) ?? null;
    setTip(hit && { hit, x: event.clientX, y: event.clientY });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const direction = ARROWS[event.key];
    if (direction !== undefined) event.preventDefault();
    const map = controller.current;
    const slot = direction === undefined ? map?.cursorSlot() : map?.moveCursor(direction);
    if (slot === null || slot === undefined) return;
    if (direction !== undefined) setSpoken(podText(viewed.current(), slot, t));
    else if (event.key === "Enter") select({ kind: "pod", slot });
  };
  return (
    <>
      <div
        ref={scroller}
        className={styles.scroller}
        data-stale={isStale}
        role="application"
        aria-label={label}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onScroll={() => controller.current?.scrolled()}
      >
        <div
          ref={spacer}
          className={styles.spacer}
          onPointerMove={onPointerMove}
          onPointerLeave={() => {
            setTip(controller.current?.pointAway() ?? null);
          }}
          onClick={(event) => {
            select(controller.current?.pointAt(event.clientX, event.clientY) ?? null);
          }}
        >
          <Canvases {...{ canvas, overlay, controller }} />
        </div>
      </div>
      {tip && <MapTip {...tip} />}
      <span className={styles.spoken} role="status">
        {spoken}
      </span>
    </>
  );
}

/** Tells the map the time: its colours may be ages. */
function Ageing({ controller }: { controller: RefObject<MapController | null> }) {
  const now = useViewedNow();
  useEffect(() => {
    controller.current?.passTime(now);
  }, [controller, now]);
  return null;
}

/** They stay where the window is while the scroller moves: only what is visible is drawn. */
function Canvases({
  canvas,
  overlay,
  controller,
}: Pick<ReturnType<typeof useMapController>, "canvas" | "overlay" | "controller">) {
  return (
    <div className={styles.pinned}>
      <canvas ref={canvas} data-testid="map-canvas" aria-hidden="true" />
      <canvas ref={overlay} className={styles.overlay} aria-hidden="true" />
      <Ageing controller={controller} />
    </div>
  );
}

function useMapLabel(): string {
  const t = useT();
  const nodes = useCluster((cluster) => cluster.nodes.byName.size);
  const pods = useCluster((cluster) => cluster.pods.size);
  return t("map.label", { nodes, pods });
}

/** A controller for as long as the canvas is there, told of everything that changes the picture. */
function useMapController(props: MapCanvasProps) {
  const connection = useConnection();
  const viewed = useViewed();
  const settings = useMapSettings(props);
  const theme = usePreferences((preferences) => preferences.theme);
  const scroller = useRef<HTMLDivElement>(null);
  const spacer = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const controller = useRef<MapController>(null);
  const first = useRef(settings);

  useEffect(() => {
    if (!scroller.current || !spacer.current || !canvas.current || !overlay.current) return;
    const elements = {
      scroller: scroller.current,
      spacer: spacer.current,
      canvas: canvas.current,
      overlay: overlay.current,
    };
    const map = new MapController(elements, viewed.current(), first.current);
    controller.current = map;
    const show = (): void => {
      map.show(viewed.current(), viewed.rev === null ? null : connection.session.cluster);
    };
    show();
    const resize = new ResizeObserver(show);
    resize.observe(elements.scroller);
    const unsubscribe = viewed.subscribe(show);
    return () => {
      resize.disconnect();
      unsubscribe();
      controller.current = null;
    };
  }, [connection, viewed]);
  useEffect(() => {
    first.current = settings;
    controller.current?.configure(settings);
  }, [settings]);
  useEffect(() => {
    controller.current?.repaint();
  }, [theme]);
  return { scroller, spacer, canvas, overlay, controller };
}

function useMapSettings({ hues, pitch, onPitch }: MapCanvasProps): MapSettings {
  const t = useT();
  const { query, namespace, selection, colour: colouring } = useAddress();
  return useMemo(() => {
    const words = {
      tray: t("map.tray"),
      noNode: t("map.noNode"),
      zoneNone: t("map.zoneNone"),
      notReady: t("map.notReady"),
      unknown: t("map.unknown"),
      cordoned: t("map.cordoned"),
      cpu: t("map.cpu"),
      memory: t("map.memory"),
      zoneSum: (sum: { nodes: number; pods: number; cpu: number }) => t("map.zoneSum", sum),
    };
    return { query, namespace, selection, pitch, colouring, hues, words, onPitch };
  }, [query, namespace, selection, pitch, colouring, hues, onPitch, t]);
}

function selectionOf({ pods, strings }: ClusterState, hit: Hit): Selection {
  if (hit.kind === "node") return { kind: "node", namespace: "", name: hit.name };
  return {
    kind: "pod",
    namespace: strings.at(pods.namespace[hit.slot] ?? 0),
    name: pods.name[hit.slot] ?? "",
  };
}
