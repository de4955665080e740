import styles from "./gallery.module.css";

const MOST_NODES = 9;
const TILE = 34;
const POD = 8;
const PER_ROW = 3;

/** A card's picture: as many tiles and pods as the example has, up to what fits. */
export function Miniature({ nodes, pods }: { nodes: number; pods: number }) {
  const shown = Math.min(nodes, MOST_NODES);
  const perNode = Math.min(
    PER_ROW * PER_ROW,
    Math.max(pods === 0 ? 0 : 1, Math.round(pods / Math.max(1, nodes))),
  );
  const rows = Math.ceil(shown / PER_ROW);
  const side = PER_ROW * (TILE + 4);
  return (
    <svg
      className={styles.miniature}
      width={side}
      height={side}
      viewBox={`0 0 ${String(side)} ${String(side)}`}
      aria-hidden="true"
    >
      {Array.from({ length: shown }, (_, node) => {
        const x = (node % PER_ROW) * (TILE + 4) + 1;
        const y = Math.floor(node / PER_ROW) * (TILE + 4) + 1 + ((PER_ROW - rows) * (TILE + 4)) / 2;
        return (
          <g key={node}>
            <rect className={styles.tile} x={x} y={y} width={TILE} height={TILE} rx={3} />
            {Array.from({ length: perNode }, (_, pod) => (
              <rect
                key={pod}
                className={styles.pod}
                x={x + 3.5 + (pod % PER_ROW) * (POD + 1.5)}
                y={y + 3.5 + Math.floor(pod / PER_ROW) * (POD + 1.5)}
                width={POD}
                height={POD}
              />
            ))}
          </g>
        );
      })}
    </svg>
  );
}
