/** The map between its canvas and the model: what is visible, what the pointer and the arrow keys are at. */

import type { Selection } from "../../model/address.ts";
import { type ClusterState, findPod } from "../../model/cluster.ts";
import type { Colouring, Hues } from "../../model/colours.ts";
import { dependsOnTime, podMatcher } from "../../model/filter.ts";
import {
  cellPoint,
  type Direction,
  glyphGap,
  type Hit,
  hitTest,
  layoutKey,
  layoutMap,
  type MapLayout,
  neighbour,
  podPoint,
  rowsPerTile,
} from "../../model/geometry.ts";
import { type Ghost, ghosts, vanished } from "../../model/past.ts";
import type { MapPitch } from "../../ui/preferences.ts";
import { MapPainter, type MapWords, type Scene } from "./painter.ts";
import { type Palette, readPalette } from "./palette.ts";
import { type Tint, tintBy } from "./tint.ts";

export interface MapSettings {
  readonly query: string;
  readonly namespace: string;
  readonly selection: Selection | null;
  readonly pitch: Exclude<MapPitch, "zones">;
  readonly colouring: Colouring;
  readonly hues: Hues;
  readonly words: MapWords;
  /** Told the distance of pods whenever it changes. */
  readonly onPitch: (pitch: number) => void;
}

export interface MapElements {
  /** Scrolls; its first child is as high as the whole map. */
  readonly scroller: HTMLElement;
  readonly spacer: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** Lies over the canvas and shows pointer, cursor and selection, which change more often than pods do. */
  readonly overlay: HTMLCanvasElement;
}

export class MapController {
  readonly #elements: MapElements;
  readonly #painter: MapPainter | null;
  #settings: MapSettings;
  #state: ClusterState;
  #layout: MapLayout | null = null;
  #layoutKey = "";
  #rows = 0;
  #palette: Palette = readPalette();
  #scene: Scene | null = null;
  #tint: Tint | undefined;
  /** Simulated milliseconds that ages are counted to. */
  #now = 0;
  #hover: Hit | null = null;
  /** In a past picture: places that are taken by now, and pods that are gone by now. */
  #ghosts: readonly Ghost[] = [];
  #vanished: readonly number[] = [];
  /** uid of the pod that the arrow keys are at; it outlives slots. */
  #cursor = "";

  constructor(elements: MapElements, state: ClusterState, settings: MapSettings) {
    this.#elements = elements;
    this.#state = state;
    this.#settings = settings;
    this.#now = state.at;
    this.#tint = this.#tinted();
    const context = elements.canvas.getContext("2d");
    this.#painter = context && new MapPainter(context);
  }

  /** Draws `state`, cheaply when little of it changed. While it is a past one, `now` is the present one. */
  show(state: ClusterState, now: ClusterState | null): void {
    this.#state = state;
    this.#ghosts = now === null ? [] : ghosts(state, now);
    this.#vanished = now === null ? [] : vanished(state, now);
    this.#draw();
  }

  configure(settings: MapSettings): void {
    if (settings.pitch !== this.#settings.pitch) this.#rows = 0;
    this.#settings = settings;
    this.#recolour();
  }

  /** Ages go on though nothing happens. */
  passTime(now: number): void {
    this.#now = now;
    const { colouring, query } = this.#settings;
    if (this.#scene === null || (colouring !== "age" && !dependsOnTime(query))) return;
    this.#tint = this.#tinted();
    this.#scene.tint = this.#tint;
    this.#scene.tick = now;
    this.#draw();
  }

  repaint(): void {
    this.#palette = readPalette();
    this.#recolour();
  }

  #recolour(): void {
    this.#tint = this.#tinted();
    this.#layoutKey = "";
    this.#draw();
  }

  #tinted(): Tint | undefined {
    const { colouring, hues } = this.#settings;
    return tintBy(colouring, this.#palette, this.#now, hues);
  }

  scrolled(): void {
    this.#scene = null;
    this.#draw();
  }

  /** What is at a point of the window, and remembers it as what the pointer is at. */
  pointAt(clientX: number, clientY: number): Hit | null {
    const box = this.#elements.canvas.getBoundingClientRect();
    const at = { x: clientX - box.left, y: clientY - box.top + this.#elements.scroller.scrollTop };
    this.#hover = this.#layout && hitTest(this.#layout, this.#state, at);
    this.#drawOverlay();
    return this.#hover;
  }

  pointAway(): null {
    this.#hover = null;
    this.#drawOverlay();
    return null;
  }

  /** Moves the cursor one pod on; its first move enters the map. Returns the pod's slot, null without pods. */
  moveCursor(direction: Direction): number | null {
    const layout = this.#layout;
    if (layout === null) return null;
    const slot = this.cursorSlot();
    const from = slot === null ? { x: -1, y: -1 } : podPoint(layout, this.#state, slot);
    const next =
      neighbour(layout, this.#state, from ?? { x: -1, y: -1 }, slot === null ? "right" : direction) ?? slot;
    if (next === null) return null;
    this.#cursor = this.#state.pods.uid[next] ?? "";
    this.#scrollTo(next);
    this.#drawOverlay();
    return next;
  }

  cursorSlot(): number | null {
    return this.#state.pods.slots.get(this.#cursor) ?? null;
  }

  #scrollTo(slot: number): void {
    const point = this.#layout && podPoint(this.#layout, this.#state, slot);
    const { scroller } = this.#elements;
    if (point === null) return;
    const bottom = scroller.scrollTop + scroller.clientHeight - 2 * (this.#layout?.pitch ?? 0);
    if (point.y < scroller.scrollTop) scroller.scrollTop = point.y - 60;
    else if (point.y > bottom) scroller.scrollTop += point.y - bottom + 60;
  }

  #draw(): void {
    this.#arrange();
    if (this.#layout === null) return;
    this.#scene ??= this.#newScene(this.#layout);
    this.#painter?.draw(this.#state, this.#scene);
    this.#drawOverlay();
  }

  #arrange(): void {
    const { scroller, spacer } = this.#elements;
    const isNamed = this.#settings.pitch === "names";
    this.#rows = Math.max(this.#rows, rowsPerTile(this.#state, isNamed));
    const viewport = { width: spacer.clientWidth, height: scroller.clientHeight };
    const key = `${layoutKey(this.#state)}:${String(this.#rows)}:${String(viewport.width)}x${String(viewport.height)}`;
    if (key === this.#layoutKey || viewport.width === 0) return;
    this.#layoutKey = key;
    this.#layout = layoutMap(this.#state, viewport, this.#settings.pitch, this.#rows);
    this.#settings.onPitch(this.#layout.pitch);
    this.#scene = null;
    spacer.style.height = `${String(Math.max(this.#layout.height, viewport.height - 1))}px`;
    for (const canvas of [this.#elements.canvas, this.#elements.overlay]) fitCanvas(canvas, viewport);
  }

  #newScene(layout: MapLayout): Scene {
    const { query, namespace, words } = this.#settings;
    const { scroller, spacer } = this.#elements;
    return {
      layout,
      viewport: { width: spacer.clientWidth, height: scroller.clientHeight },
      pixelRatio: devicePixelRatio,
      scroll: scroller.scrollTop,
      palette: this.#palette,
      words,
      tint: this.#tint,
      tick: this.#now,
      matcher: query + namespace === "" ? null : (state) => podMatcher(state, query, namespace, this.#now),
    };
  }

  #drawOverlay(): void {
    const context = this.#elements.overlay.getContext("2d");
    const layout = this.#layout;
    if (context === null || layout === null) return;
    const { width, height } = this.#elements.overlay;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    context.scale(devicePixelRatio, devicePixelRatio);
    context.translate(0, -this.#elements.scroller.scrollTop);
    this.#drawGhosts(context, layout);
    this.#outline(context, layout, this.#hover, this.#palette["line-strong"], 1.5);
    const cursor = this.cursorSlot();
    if (cursor !== null) this.#outline(context, layout, { kind: "pod", slot: cursor }, this.#palette.text, 2);
    this.#outline(context, layout, this.#selected(), this.#palette.accent, 2.5);
  }

  /** Dashed: a pod will stand here. Underlined: this pod is gone by now. */
  #drawGhosts(context: CanvasRenderingContext2D, layout: MapLayout): void {
    const size = layout.pitch - glyphGap(layout.pitch);
    const tiles = new Map(layout.tiles.map((tile) => [tile.home, tile]));
    context.strokeStyle = this.#palette.accent;
    context.lineWidth = 1.5;
    context.setLineDash([3, 2]);
    for (const { home, cell } of this.#ghosts) {
      const tile = tiles.get(home);
      const point = tile && cellPoint(tile, cell, layout.pitch);
      if (point) context.strokeRect(point.x + 1, point.y + 1, size - 2, size - 2);
    }
    context.setLineDash([]);
    context.fillStyle = this.#palette["wait-text"];
    for (const slot of this.#vanished) {
      const point = podPoint(layout, this.#state, slot);
      if (point) context.fillRect(point.x, point.y + size, size, Math.max(1, layout.pitch - size - 1));
    }
  }

  #outline(
    context: CanvasRenderingContext2D,
    layout: MapLayout,
    hit: Hit | null,
    colour: string,
    width: number,
  ): void {
    if (hit === null) return;
    context.strokeStyle = colour;
    context.lineWidth = width;
    if (hit.kind === "node") {
      const tile = layout.tiles.find((each) => each.node === hit.name);
      if (tile) context.strokeRect(tile.x + 1, tile.y + 1, tile.width - 2, tile.height - 2);
      return;
    }
    const point = podPoint(layout, this.#state, hit.slot);
    const size = layout.pitch - glyphGap(layout.pitch);
    if (point) context.strokeRect(point.x - 2, point.y - 2, size + 4, size + 4);
  }

  #selected(): Hit | null {
    const { selection } = this.#settings;
    if (selection?.kind === "node") return { kind: "node", name: selection.name };
    if (selection?.kind !== "pod") return null;
    const slot = findPod(this.#state, selection.namespace, selection.name);
    return slot === null ? null : { kind: "pod", slot };
  }
}

function fitCanvas(canvas: HTMLCanvasElement, { width, height }: { width: number; height: number }): void {
  canvas.width = Math.round(width * devicePixelRatio);
  canvas.height = Math.round(height * devicePixelRatio);
  canvas.style.width = `${String(width)}px`;
  canvas.style.height = `${String(height)}px`;
}
