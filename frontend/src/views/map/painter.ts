/** Draws the map. Knows no React and keeps only what it has drawn, so that it draws again only what changed. */

import type { ClusterState } from "../../model/cluster.ts";
import {
  cellPoint,
  glyphGap,
  LOST_ZONE,
  type MapLayout,
  type Tile,
  NAMED_FROM_PITCH,
  tileSpace,
  type Viewport,
} from "../../model/geometry.ts";
import { NOBODY } from "../../model/pods.ts";
import { zoneTotal } from "../../model/zones.ts";
import type { NodeRow } from "../../model/wire.ts";
import type { Palette } from "./palette.ts";
import { drawSprites, type Sprites } from "./sprites.ts";
import type { Tint } from "./tint.ts";

export interface MapWords {
  readonly tray: string;
  readonly noNode: string;
  readonly zoneNone: string;
  readonly notReady: string;
  readonly unknown: string;
  readonly cordoned: string;
  readonly cpu: string;
  readonly memory: string;
  /** What a zone adds up to; `cpu` in percent requested. */
  readonly zoneSum: (sum: { nodes: number; pods: number; cpu: number }) => string;
}

/** All that decides a picture besides the cluster's state. */
export interface Scene {
  readonly layout: MapLayout;
  readonly viewport: Viewport;
  readonly pixelRatio: number;
  readonly scroll: number;
  readonly palette: Palette;
  readonly words: MapWords;
  /** For a state, the test for its pods: those that do not match are dimmed. null when all match. */
  readonly matcher: ((state: ClusterState) => (slot: number) => boolean) | null;
  /** Without one, a pod has the colour of its status. */
  tint?: Tint | undefined;
  /** Changes when pods may look different though nothing happened to them. */
  tick: number;
}

type Matches = ((slot: number) => boolean) | null;

/** What a tile shows now: with it, only cells that changed are drawn again. */
interface Drawn {
  stamp: number;
  node: NodeRow | undefined;
  occupied: number;
  tick: number;
  /** Per cell the look that was drawn: EMPTY, or a status code and HUE times the hue, plus DIM when dimmed. */
  looks: Uint8Array;
}

const EMPTY = 255;
const DIM = 128;
const HUE = 8;

const DIMMED = 0.22;
const BAR_HEIGHT = 4;
/** From this distance of pods on a tile has room for its load in numbers. */
const LOADED_FROM_PITCH = 28;

export class MapPainter {
  readonly #context: CanvasRenderingContext2D;
  #scene: Scene | null = null;
  #sprites: Sprites | null = null;
  /** By home. Emptied when the scene changes. */
  readonly #drawn = new Map<number, Drawn>();
  /** By zone, what is written beside its name. Emptied when the scene changes. */
  readonly #sums = new Map<string, string>();

  constructor(context: CanvasRenderingContext2D) {
    this.#context = context;
  }

  draw(state: ClusterState, scene: Scene): void {
    if (scene !== this.#scene) this.#begin(scene);
    this.#zoneSums(state, scene);
    const top = scene.scroll;
    const bottom = scene.scroll + scene.viewport.height;
    const matches = scene.matcher?.(state) ?? null;
    for (const tile of scene.layout.tiles) {
      if (tile.y <= bottom && tile.y + tile.height >= top) this.#tile(state, scene, tile, matches);
    }
  }

  #begin(scene: Scene): void {
    const context = this.#context;
    const { pitch } = scene.layout;
    const before = this.#scene;
    const sameSprites =
      before?.palette === scene.palette &&
      before.layout.pitch === pitch &&
      before.pixelRatio === scene.pixelRatio &&
      before.tint?.inks === scene.tint?.inks;
    if (!sameSprites) {
      const size = pitch - glyphGap(pitch);
      this.#sprites = drawSprites(scene.palette, size, scene.pixelRatio, scene.tint?.inks);
    }
    this.#scene = scene;
    this.#drawn.clear();
    this.#sums.clear();
    context.setTransform(scene.pixelRatio, 0, 0, scene.pixelRatio, 0, 0);
    context.clearRect(0, 0, scene.viewport.width, scene.viewport.height);
    context.translate(0, -scene.scroll);
    this.#zones(scene);
  }

  #zones({ layout, palette, words }: Scene): void {
    const context = this.#context;
    context.textBaseline = "alphabetic";
    context.font = `12px ${palette.font}`;
    context.fillStyle = palette.muted;
    for (const { zone, x, y } of layout.zones) {
      const name = zone === LOST_ZONE ? words.noNode : zone;
      context.fillText(name === "" ? words.zoneNone : name, x, y + 17);
    }
  }

  /** What each zone adds up to, written anew where it changed. */
  #zoneSums(state: ClusterState, { layout, palette, words, scroll, viewport }: Scene): void {
    const context = this.#context;
    for (const { zone, x, y, width } of layout.zones) {
      if (y + 24 < scroll || y > scroll + viewport.height) continue;
      const sum = zoneTotal(state, zone);
      const text = sum === null ? "" : words.zoneSum({ ...sum, cpu: percent(sum.cpu) });
      if (text === (this.#sums.get(zone) ?? "")) continue;
      this.#sums.set(zone, text);
      context.font = `12px ${palette.font}`;
      const left = x + context.measureText(zone === "" ? words.zoneNone : zone).width + 10;
      context.clearRect(left, y + 4, x + width - left, 18);
      context.fillStyle = palette.muted;
      context.fillText(fitted(context, text, x + width - left), left, y + 17);
    }
  }

  #tile(state: ClusterState, scene: Scene, tile: Tile, matches: Matches): void {
    const home = state.pods.homes.get(tile.home);
    const node = state.nodes.byName.get(tile.node);
    const occupied = home?.occupied ?? 0;
    const stamp = home?.stamp ?? 0;
    const { tick } = scene;
    let drawn = this.#drawn.get(tile.home);
    if (drawn !== undefined && drawn.stamp === stamp && drawn.tick === tick && drawn.node === node) {
      return;
    }
    if (drawn === undefined || drawn.node !== node || (tile.node === "" && drawn.occupied !== occupied)) {
      drawn = { stamp, tick, node, occupied, looks: new Uint8Array() };
      this.#drawn.set(tile.home, drawn);
      this.#box(scene, tile, node);
      this.#header(scene, tile, node, occupied);
    }
    drawn.stamp = stamp;
    drawn.tick = tick;
    // Names are no part of a look: with them, all of a tile is drawn again.
    drawn.looks = this.#cells(state, scene, tile, matches, scene.layout.isNamed ? NO_LOOKS : drawn.looks);
  }

  #box({ palette }: Scene, tile: Tile, node: NodeRow | undefined): void {
    const context = this.#context;
    const troubled = node !== undefined && node.r !== 1;
    // The tray's label is at its left.
    const left = tile.node === "" ? 0 : tile.x - 1;
    context.clearRect(left, tile.y - 1, tile.x + tile.width + 1 - left, tile.height + 2);
    if (tile.node === "") return;
    context.lineWidth = troubled ? 2 : 1;
    context.strokeStyle = troubled ? palette.bad : palette.line;
    context.setLineDash(node === undefined ? [4, 3] : []);
    context.strokeRect(tile.x + 0.5, tile.y + 0.5, tile.width - 1, tile.height - 1);
    context.setLineDash([]);
  }

  #header(scene: Scene, tile: Tile, node: NodeRow | undefined, occupied: number): void {
    const { palette, words, layout } = scene;
    const context = this.#context;
    context.font = `12px ${palette.font}`;
    const space = tileSpace(layout.pitch);
    const left = tile.x + space;
    if (tile.node === "") {
      context.fillStyle = occupied > 0 ? palette["wait-text"] : palette.muted;
      context.fillText(`${words.tray} ${String(occupied)}`, 0, tile.y + 15);
      return;
    }
    const named = layout.pitch >= NAMED_FROM_PITCH;
    if (named) {
      const trouble = node === undefined || node.r === 1 ? "" : node.r === 0 ? words.notReady : words.unknown;
      const cordoned = node?.s === 1 ? words.cordoned : "";
      const note = trouble === "" ? cordoned : trouble;
      context.fillStyle = trouble === "" ? palette.text : palette["bad-text"];
      const name = `${trouble === "" ? "" : "✕ "}${tile.node}${note === "" ? "" : `  ${note}`}`;
      context.fillText(fitted(context, name, tile.width - 2 * space), left, tile.y + 18);
    }
    if (node === undefined) return;
    if (layout.pitch >= LOADED_FROM_PITCH) this.#load(scene, tile, node);
    const y = tile.y + (named ? 25 : 4);
    const width = (tile.width - 3 * space) / 2;
    this.#bar(palette, left, y, width, node.c[1] / Math.max(1, node.c[0]));
    this.#bar(palette, left + width + space, y, width, node.m[1] / Math.max(1, node.m[0]));
  }

  /** The bars' numbers, at the right of the name. */
  #load({ palette, words }: Scene, tile: Tile, node: NodeRow): void {
    const context = this.#context;
    context.font = `11px ${palette.font}`;
    context.textAlign = "right";
    context.fillStyle = palette.muted;
    const text = `${words.cpu} ${String(percent(node.c))}% · ${words.memory} ${String(percent(node.m))}%`;
    context.fillText(text, tile.x + tile.width - tileSpace(LOADED_FROM_PITCH), tile.y + 18);
    context.textAlign = "left";
  }

  #bar(palette: Palette, x: number, y: number, width: number, share: number): void {
    const context = this.#context;
    context.fillStyle = palette["bar-track"];
    context.fillRect(x, y, width, BAR_HEIGHT);
    context.fillStyle = share > 0.8 ? palette.wait : palette.ok;
    context.fillRect(x, y, width * Math.min(1, share), BAR_HEIGHT);
  }

  /** Draws the cells that look different from `before`; returns how all of them look now. */
  #cells(state: ClusterState, scene: Scene, tile: Tile, matches: Matches, before: Uint8Array): Uint8Array {
    const cells = state.pods.homes.get(tile.home)?.cells ?? NO_CELLS;
    const isBoard = tile.node !== "";
    // A board's rows are those of the fullest node; its array of cells may be longer, and lies then on the frame.
    const looks = new Uint8Array(isBoard ? tile.rows * tile.columns : cells.length).fill(EMPTY);
    for (let cell = 0; cell < looks.length; cell += 1) {
      const slot = cells[cell] ?? NOBODY;
      if (slot !== NOBODY) {
        const hue = scene.tint?.hueOf(state, slot) ?? 0;
        const dim = matches === null || matches(slot) ? 0 : DIM;
        looks[cell] = (state.pods.status[slot] ?? 0) + hue * HUE + dim;
      }
      const look = looks[cell] ?? EMPTY;
      if (look !== before[cell]) this.#cell(scene, tile, cell, look, state.pods.name[slot] ?? "");
    }
    return looks;
  }

  /** A node's empty cell is a faint square, so that a tile reads as a board and not as an empty box. */
  #cell({ layout, palette }: Scene, tile: Tile, cell: number, look: number, name: string): void {
    const context = this.#context;
    const sprites = this.#sprites;
    const { x, y } = cellPoint(tile, cell, layout.pitch);
    const size = layout.pitch - glyphGap(layout.pitch);
    context.clearRect(x, y, layout.isNamed ? tile.step - 2 : size, size);
    if (look === EMPTY) {
      if (tile.node === "" || layout.isNamed || layout.pitch < NAMED_FROM_PITCH) return;
      context.fillStyle = palette.ghost;
      context.fillRect(x, y, size, size);
    } else if (sprites !== null) {
      const isDim = look >= DIM;
      if (isDim) context.globalAlpha = DIMMED;
      const column = (look % HUE) * sprites.step;
      const row = Math.floor((look % DIM) / HUE) * sprites.step;
      context.drawImage(sprites.sheet, column, row, sprites.size, sprites.size, x, y, size, size);
      if (layout.isNamed) {
        context.font = `12px ${palette.font}`;
        context.fillStyle = palette.text;
        context.fillText(fitted(context, name, tile.step - size - 12, 6), x + size + 6, y + size - 4);
      }
      if (isDim) context.globalAlpha = 1;
    }
  }
}

const NO_CELLS = new Int32Array();
const NO_LOOKS = new Uint8Array();

function percent([all, used]: readonly [number, number]): number {
  return Math.round((100 * used) / Math.max(1, all));
}

/** The text, cut with an ellipsis where it would be wider than `width`; its last `tail` letters are kept. */
function fitted(context: CanvasRenderingContext2D, text: string, width: number, tail = 0): string {
  if (context.measureText(text).width <= width) return text;
  const end = text.slice(text.length - tail);
  let start = text.length - tail - 1;
  while (start > 1 && context.measureText(`${text.slice(0, start)}…${end}`).width > width) start -= 1;
  return `${text.slice(0, start)}…${end}`;
}
