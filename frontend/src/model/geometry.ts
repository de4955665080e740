/** Where everything stands on the Map, in CSS pixels: a pure function of the cluster's places and the window. */

import type { ClusterState } from "./cluster.ts";
import { type Home, NOBODY } from "./pods.ts";

export interface Tile {
  /** Node name; "" for the tray of pods without a node. */
  readonly node: string;
  /** Key of the tile's pods in PodTable.homes. */
  readonly home: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  /** Distance between two columns. */
  readonly step: number;
  /** Rows that have room in the tile. */
  readonly rows: number;
  /** From the tile's top to its first row of pods. */
  readonly header: number;
}

export interface ZoneLabel {
  readonly zone: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export interface MapLayout {
  readonly tiles: readonly Tile[];
  readonly zones: readonly ZoneLabel[];
  readonly height: number;
  /** Distance between two rows of pods; a pod's glyph is `pitch - gap` wide. */
  readonly pitch: number;
  /** Each pod has its name beside it. */
  readonly isNamed: boolean;
}

export interface Viewport {
  readonly width: number;
  readonly height: number;
}

/** What does not fit at any size is scrolled, at one that still shows every status. */
const SCROLLING_PITCH = 8;

/** Glyph distances, from closest zoom to widest. */
export const PITCHES = [38, 32, 28, 24, 20, 17, 14, 12, 10, 8, 6, 5] as const;
/** Closer than any glyph: pods with their names. Wider than any: only what zones add up to. */
export type Zoom = "names" | (typeof PITCHES)[number] | "zones";
const ZOOMS: readonly Zoom[] = ["names", ...PITCHES, "zones"];

/** One step closer (-1) or wider (1); from a fitted picture, whose glyphs are `pitch` apart. */
export function zoomFrom(zoom: Zoom | "fit", pitch: number, by: 1 | -1): Zoom {
  const at = zoom === "fit" ? ZOOMS.findIndex((each) => each === pitch) : ZOOMS.indexOf(zoom);
  return ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, at + by))] ?? "names";
}
/** The zone of nodes that are gone while pods are still bound to them; no real zone has this name. */
export const LOST_ZONE = "\0";
/** Around a tile's pods and between tiles; below NAMED_FROM_PITCH room is dearer than air. */
export function tileSpace(pitch: number): number {
  return pitch >= NAMED_FROM_PITCH ? 8 : 4;
}

/** Below this distance of pods a tile is too narrow for its node's name. */
export const NAMED_FROM_PITCH = 10;
const TRAY_LINE = 22;
/** Above the tray's pods: the outline of a selected one. */
const TRAY_TOP = 3;
const TILE_COLUMNS = 10;
/** With names there are fewer columns. */
const NAMED_COLUMNS = 2;
const NAMED_STEP = 190;
const NAMED_PITCH = 20;
const ZONE_LABEL = 24;
const ZONE_GAP = 12;
/** The tray's pods stand beside its label. */
const TRAY_LABEL = 132;
/** Rows per tile grow in these steps, so that one more pod seldom changes the picture. */
const ROW_STEPS = [2, 3, 4, 6, 8, 11, 15, 22, 32, 50];

/** The room between two glyphs. */
export function glyphGap(pitch: number): number {
  return pitch >= 20 ? 4 : pitch >= 10 ? 2 : 1;
}

/**
 * The layout with glyphs as large as fit the window without scrolling, or at the fixed `pitch`. Every tile has
 * `rows` rows of pods, from `rowsPerTile`; a caller that passes the most it has seen keeps the picture still.
 */
export function layoutMap(
  state: ClusterState,
  viewport: Viewport,
  pitch: number | "fit" | "names",
  rows: number,
): MapLayout {
  if (pitch === "names") return layoutAt(state, viewport.width, NAMED_PITCH, rows, true);
  if (pitch !== "fit") return layoutAt(state, viewport.width, pitch, rows);
  for (const candidate of PITCHES) {
    const layout = layoutAt(state, viewport.width, candidate, rows);
    if (layout.height <= viewport.height && fitsWidth(layout, viewport.width)) return layout;
  }
  return layoutAt(state, viewport.width, SCROLLING_PITCH, rows);
}

/** What besides rows, pitch and window changes the layout; equal keys mean equal places. */
export function layoutKey(state: ClusterState): string {
  return `${String(state.nodes.layoutStamp)}:${String(trayCells(state))}:${orphans(state).join()}`;
}

function fitsWidth(layout: MapLayout, width: number): boolean {
  return layout.tiles.every((tile) => tile.x + tile.width <= width);
}

function layoutAt(
  state: ClusterState,
  width: number,
  pitch: number,
  rows: number,
  isNamed = false,
): MapLayout {
  const step = isNamed ? NAMED_STEP : pitch;
  const columns = isNamed ? NAMED_COLUMNS : TILE_COLUMNS;
  const tray = trayTile(state, width, pitch, step);
  const gap = tileSpace(pitch);
  const header = pitch >= NAMED_FROM_PITCH ? 38 : 11;
  const size = {
    width: columns * step + 2 * gap,
    height: header + rows * pitch + gap,
    columns,
    step,
    rows,
    header,
  };
  const tiles: Tile[] = [tray];
  const zones: ZoneLabel[] = [];
  const lost = orphans(state);
  const all = [...state.nodes.zones, ...(lost.length > 0 ? [[LOST_ZONE, lost] as const] : [])];
  let top = tray.height + ZONE_GAP;
  for (const shelf of shelves(all, width, size.width, gap)) {
    let left = 0;
    let shelfLines = 1;
    for (const [zone, names] of shelf) {
      const perLine = Math.min(names.length, tilesAcross(width, size.width, gap));
      zones.push({ zone, x: left, y: top, width: perLine * (size.width + gap) - gap });
      names.forEach((node, spot) => {
        if (node === "") return;
        const x = left + (spot % perLine) * (size.width + gap);
        const y = top + ZONE_LABEL + Math.floor(spot / perLine) * (size.height + gap);
        tiles.push({ node, home: state.strings.id(node), x, y, ...size });
      });
      shelfLines = Math.max(shelfLines, Math.ceil(names.length / perLine));
      left += perLine * (size.width + gap) + ZONE_GAP;
    }
    top += ZONE_LABEL + shelfLines * (size.height + gap) + ZONE_GAP;
  }
  return { tiles, zones, height: top - ZONE_GAP, pitch, isNamed };
}

type Zone = readonly [zone: string, names: readonly string[]];

/** Zones side by side while they fit into one line; a zone wider than the window has lines of its own. */
function shelves(zones: readonly Zone[], width: number, tileWidth: number, gap: number): Zone[][] {
  const found: Zone[][] = [];
  let left = Infinity;
  for (const zone of zones) {
    const wide = Math.min(zone[1].length, tilesAcross(width, tileWidth, gap)) * (tileWidth + gap);
    if (left + wide - gap > width) {
      found.push([]);
      left = 0;
    }
    found.at(-1)?.push(zone);
    left += wide + ZONE_GAP;
  }
  return found;
}

function tilesAcross(width: number, tileWidth: number, gap: number): number {
  return Math.max(1, Math.floor((width + gap) / (tileWidth + gap)));
}

function trayTile(state: ClusterState, width: number, pitch: number, step: number): Tile {
  const gap = tileSpace(pitch);
  const columns = Math.max(1, Math.floor((width - TRAY_LABEL - 2 * gap) / step));
  const rows = Math.max(1, Math.ceil(trayCells(state) / columns));
  const height = Math.max(TRAY_LINE, TRAY_TOP + rows * pitch) + gap;
  const place = { x: TRAY_LABEL, y: 0, width: Math.max(step, width - TRAY_LABEL), height };
  return { node: "", home: 0, ...place, columns, step, rows, header: TRAY_TOP };
}

/** The tray's cells, in the doubling steps of its array: it grows seldom and never shrinks. */
function trayCells(state: ClusterState): number {
  return state.pods.homes.get(0)?.cells.length ?? 1;
}

/** The rows of pods that the fullest node needs, rounded up so that one more pod seldom changes it. */
export function rowsPerTile(state: ClusterState, isNamed = false): number {
  let cells = 0;
  for (const [id, home] of state.pods.homes) if (id !== 0) cells = Math.max(cells, usedCells(home));
  const rows = Math.ceil(cells / (isNamed ? NAMED_COLUMNS : TILE_COLUMNS));
  return ROW_STEPS.find((step) => step >= rows) ?? rows;
}

function usedCells(home: Home): number {
  let end = home.cells.length;
  while (end > 0 && home.cells[end - 1] === NOBODY) end -= 1;
  return end;
}

/** Names of nodes that are gone while pods are still bound to them. */
function orphans(state: ClusterState): string[] {
  const names: string[] = [];
  for (const [id, home] of state.pods.homes) {
    const name = state.strings.at(id);
    if (id !== 0 && home.occupied > 0 && !state.nodes.byName.has(name)) names.push(name);
  }
  return names.sort();
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The top left corner of a tile's cell. */
export function cellPoint(tile: Tile, cell: number, pitch: number): Point {
  const x = tile.x + tileSpace(pitch) + (cell % tile.columns) * tile.step;
  return { x, y: tile.y + tile.header + Math.floor(cell / tile.columns) * pitch };
}

export type Hit =
  { readonly kind: "pod"; readonly slot: number } | { readonly kind: "node"; readonly name: string };

/** What is drawn at a point. */
export function hitTest(layout: MapLayout, state: ClusterState, at: Point): Hit | null {
  const tile = layout.tiles.find(
    (each) => at.x >= each.x && at.x < each.x + each.width && at.y >= each.y && at.y < each.y + each.height,
  );
  if (tile === undefined) return null;
  const column = Math.floor((at.x - tile.x - tileSpace(layout.pitch)) / tile.step);
  const row = Math.floor((at.y - tile.y - tile.header) / layout.pitch);
  const isCell = column >= 0 && column < tile.columns && row >= 0;
  const slot = isCell ? state.pods.homes.get(tile.home)?.cells[row * tile.columns + column] : undefined;
  if (slot !== undefined && slot !== NOBODY) return { kind: "pod", slot };
  return tile.node === "" ? null : { kind: "node", name: tile.node };
}

/** Where a pod is drawn; null when it is not on the map. */
export function podPoint(layout: MapLayout, state: ClusterState, slot: number): Point | null {
  const tile = layout.tiles.find((each) => each.home === state.pods.node[slot]);
  return tile === undefined ? null : cellPoint(tile, state.pods.cell[slot] ?? 0, layout.pitch);
}

export type Direction = "left" | "right" | "up" | "down";

/** The nearest pod in a direction, for the arrow keys; null at the edge. Pods straight ahead win over pods aside. */
export function neighbour(
  layout: MapLayout,
  state: ClusterState,
  from: Point,
  direction: Direction,
): number | null {
  let best: number | null = null;
  let bestCost = Infinity;
  for (const tile of layout.tiles) {
    const cells = state.pods.homes.get(tile.home)?.cells ?? new Int32Array();
    cells.forEach((slot, cell) => {
      if (slot === NOBODY) return;
      const cost = costOf(from, cellPoint(tile, cell, layout.pitch), direction);
      if (cost < bestCost) [best, bestCost] = [slot, cost];
    });
  }
  return best;
}

function costOf(from: Point, to: Point, direction: Direction): number {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const [ahead, aside] = {
    left: [-dx, dy] as const,
    right: [dx, dy] as const,
    up: [-dy, dx] as const,
    down: [dy, dx] as const,
  }[direction];
  return ahead <= 0 ? Infinity : ahead + 4 * Math.abs(aside);
}
