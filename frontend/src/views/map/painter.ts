/** Draws the map. Knows no React and keeps only what it has drawn, so that it draws again only what changed. */

import type { ClusterState } from "../../model/cluster.ts";
import {
  cellPoint,
  glyphGap,
  LOST_ZONE,
  type MapLayout,
  type Tile,
  TILE_PADDING,
  type Viewport,
} from "../../model/geometry.ts";
import { NOBODY } from "../../model/pods.ts";
import type { NodeRow } from "../../model/wire.ts";
import type { Palette } from "./palette.ts";
import { drawSprites, type Sprites } from "./sprites.ts";

export interface MapWords {
  readonly tray: string;
  readonly noNode: string;
  readonly zoneNone: string;
  readonly notReady: string;
  readonly unknown: string;
  readonly cordoned: string;
}

/** All that decides a picture besides the cluster's state. */
export interface Scene {
  readonly layout: MapLayout;
  readonly viewport: Viewport;
  readonly pixelRatio: number;
  readonly scroll: number;
  readonly palette: Palette;
  readonly words: MapWords;
  /** Pods that do not match are dimmed; null when all match. */
  readonly matches: ((slot: number) => boolean) | null;
}

const DIMMED = 0.22;
const BAR_HEIGHT = 4;
/** Below this distance of pods a tile is too narrow for its node's name. */
const NAMED_FROM_PITCH = 10;

export class MapPainter {
  readonly #context: CanvasRenderingContext2D;
  #scene: Scene | null = null;
  #sprites: Sprites | null = null;
  /** Home -> what its tile shows now. Emptied when the scene changes. */
  #drawn = new Map<number, { stamp: number; node: NodeRow | undefined }>();

  constructor(context: CanvasRenderingContext2D) {
    this.#context = context;
  }

  draw(state: ClusterState, scene: Scene): void {
    if (scene !== this.#scene) this.#begin(scene);
    const top = scene.scroll;
    const bottom = scene.scroll + scene.viewport.height;
    for (const tile of scene.layout.tiles) {
      if (tile.y > bottom || tile.y + tile.height < top) continue;
      const node = state.nodes.byName.get(tile.node);
      const stamp = state.pods.homes.get(tile.home)?.stamp ?? 0;
      const drawn = this.#drawn.get(tile.home);
      if (drawn !== undefined && drawn.stamp === stamp && drawn.node === node) continue;
      this.#drawn.set(tile.home, { stamp, node });
      this.#tile(state, scene, tile, node);
    }
  }

  #begin(scene: Scene): void {
    const context = this.#context;
    const { pitch } = scene.layout;
    const before = this.#scene;
    const sameSprites =
      before?.palette === scene.palette &&
      before.layout.pitch === pitch &&
      before.pixelRatio === scene.pixelRatio;
    if (!sameSprites) this.#sprites = drawSprites(scene.palette, pitch - glyphGap(pitch), scene.pixelRatio);
    this.#scene = scene;
    this.#drawn.clear();
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

  #tile(state: ClusterState, scene: Scene, tile: Tile, node: NodeRow | undefined): void {
    const context = this.#context;
    const { palette } = scene;
    const isTray = tile.node === "";
    const troubled = node !== undefined && node.r !== 1;
    context.clearRect(tile.x - 1, tile.y - 1, tile.width + 2, tile.height + 2);
    if (!isTray) {
      context.fillStyle = palette.bg;
      context.fillRect(tile.x, tile.y, tile.width, tile.height);
      context.lineWidth = troubled ? 2 : 1;
      context.strokeStyle = troubled ? palette.bad : palette.line;
      context.setLineDash(node === undefined ? [4, 3] : []);
      context.strokeRect(tile.x + 0.5, tile.y + 0.5, tile.width - 1, tile.height - 1);
      context.setLineDash([]);
    }
    this.#header(scene, tile, node, state.pods.homes.get(0)?.occupied ?? 0);
    this.#cells(state, scene, tile);
  }

  #header(scene: Scene, tile: Tile, node: NodeRow | undefined, waiting: number): void {
    const { palette, words, layout } = scene;
    const context = this.#context;
    context.font = `12px ${palette.font}`;
    const left = tile.x + TILE_PADDING;
    if (tile.node === "") {
      context.fillStyle = waiting > 0 ? palette["wait-text"] : palette.muted;
      context.fillText(`${words.tray} ${String(waiting)}`, tile.x, tile.y + 15);
      return;
    }
    const named = layout.pitch >= NAMED_FROM_PITCH;
    if (named) {
      const trouble = node === undefined || node.r === 1 ? "" : node.r === 0 ? words.notReady : words.unknown;
      const cordoned = node?.s === 1 ? words.cordoned : "";
      const note = trouble === "" ? cordoned : trouble;
      context.fillStyle = trouble === "" ? palette.text : palette["bad-text"];
      const name = `${trouble === "" ? "" : "✕ "}${tile.node}${note === "" ? "" : `  ${note}`}`;
      context.fillText(fitted(context, name, tile.width - 2 * TILE_PADDING), left, tile.y + 18);
    }
    if (node === undefined) return;
    const y = tile.y + (named ? 25 : 5);
    const width = (tile.width - 3 * TILE_PADDING) / 2;
    this.#bar(palette, left, y, width, node.c[1] / Math.max(1, node.c[0]));
    this.#bar(palette, left + width + TILE_PADDING, y, width, node.m[1] / Math.max(1, node.m[0]));
  }

  #bar(palette: Palette, x: number, y: number, width: number, share: number): void {
    const context = this.#context;
    context.fillStyle = palette["bar-track"];
    context.fillRect(x, y, width, BAR_HEIGHT);
    context.fillStyle = share > 0.8 ? palette.wait : palette.ok;
    context.fillRect(x, y, width * Math.min(1, share), BAR_HEIGHT);
  }

  /** Free places, so that a tile reads as a board with room and not as an empty box. */
  #ghosts({ layout, palette }: Scene, tile: Tile, cells: Int32Array | undefined): void {
    const size = layout.pitch - glyphGap(layout.pitch);
    this.#context.fillStyle = palette.ghost;
    for (let cell = 0; cell < tile.rows * tile.columns; cell += 1) {
      if ((cells?.[cell] ?? NOBODY) !== NOBODY) continue;
      const { x, y } = cellPoint(tile, cell, layout.pitch);
      this.#context.fillRect(x, y, size, size);
    }
  }

  #cells(state: ClusterState, scene: Scene, tile: Tile): void {
    const context = this.#context;
    const sprites = this.#sprites;
    const { pitch } = scene.layout;
    const size = pitch - glyphGap(pitch);
    const cells = state.pods.homes.get(tile.home)?.cells;
    if (tile.node !== "" && pitch >= NAMED_FROM_PITCH) this.#ghosts(scene, tile, cells);
    if (sprites === null || cells === undefined) return;
    cells.forEach((slot, cell) => {
      if (slot === NOBODY) return;
      const { x, y } = cellPoint(tile, cell, pitch);
      context.globalAlpha = scene.matches === null || scene.matches(slot) ? 1 : DIMMED;
      const from = (state.pods.status[slot] ?? 0) * sprites.step;
      context.drawImage(sprites.sheet, from, 0, sprites.size, sprites.size, x, y, size, size);
    });
    context.globalAlpha = 1;
  }
}

/** The text, cut with an ellipsis where it would be wider than `width`. */
function fitted(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let end = text.length - 1;
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > width) end -= 1;
  return `${text.slice(0, end)}…`;
}
