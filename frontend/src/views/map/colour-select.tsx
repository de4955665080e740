import { useT } from "../../i18n/index.ts";
import { COLOURINGS, readColouring } from "../../model/colours.ts";
import controls from "../../ui/controls.module.css";
import { useColouring } from "./use-colouring.ts";

export function ColourSelect() {
  const t = useT();
  const [colouring, choose] = useColouring();
  return (
    <select
      className={controls.input}
      aria-label={t("map.colourBy")}
      title={t("map.colourBy")}
      value={colouring}
      data-testid="colour-select"
      onChange={(event) => {
        choose(readColouring(`colour=${event.target.value}`));
      }}
    >
      {COLOURINGS.map((each) => (
        <option key={each} value={each}>
          {t(`map.colour.${each}`)}
        </option>
      ))}
    </select>
  );
}
