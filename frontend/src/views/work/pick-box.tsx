import type { Target } from "../../model/actions.ts";
import { useT } from "../../i18n/index.ts";
import styles from "./pick-box.module.css";
import type { Picking } from "./use-picks.ts";

/** Picks a row; with Shift all from the last one. */
export function PickBox({ picking, target, index }: { picking: Picking; target: Target; index: number }) {
  const t = useT();
  return (
    <Box
      label={t("pick.one", { name: target.name })}
      isPicked={picking.isPicked(target)}
      testId="pick"
      onPick={(isRange) => {
        picking.pick(index, isRange);
      }}
    />
  );
}

/** Picks all rows of the list, also those out of sight. */
export function PickAllBox({ picking, count }: { picking: Picking; count: number }) {
  const t = useT();
  return (
    <Box
      label={t("pick.all", { n: count })}
      isPicked={count > 0 && picking.targets.length >= count}
      testId="pick-all"
      onPick={picking.pickAll}
    />
  );
}

interface BoxProps {
  readonly label: string;
  readonly isPicked: boolean;
  readonly testId: string;
  readonly onPick: (isRange: boolean) => void;
}

/** The label is as large as the cell: a small square is hard to hit. */
function Box({ label, isPicked, testId, onPick }: BoxProps) {
  return (
    <label
      className={styles.box}
      title={label}
      onClick={(event) => {
        event.stopPropagation();
      }}
    >
      <input
        type="checkbox"
        aria-label={label}
        checked={isPicked}
        data-testid={testId}
        onChange={(event) => {
          onPick(event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey);
        }}
      />
    </label>
  );
}
