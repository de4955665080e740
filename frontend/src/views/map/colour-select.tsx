import { useT } from "../../i18n/index.ts";
import { COLOURINGS, readColouring } from "../../model/colours.ts";
import controls from "../../ui/controls.module.css";
import { useAddress, useChangeAddress } from "../../ui/location.ts";

export function ColourSelect() {
  const t = useT();
  const { colour } = useAddress();
  const change = useChangeAddress();
  return (
    <select
      className={controls.input}
      aria-label={t("map.colourBy")}
      title={t("map.colourBy")}
      value={colour}
      data-testid="colour-select"
      onChange={(event) => {
        change({ colour: readColouring(event.target.value) });
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
