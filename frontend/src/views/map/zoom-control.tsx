import { Maximize, Minus, Plus, Table2, Map as MapIcon } from "lucide-react";
import { useT } from "../../i18n/index.ts";
import { PITCHES } from "../../model/geometry.ts";
import controls from "../../ui/controls.module.css";
import { usePreferences } from "../../ui/preferences.ts";

/** Size of the pods, and the switch to the table twin. */
export function ZoomControl() {
  const t = useT();
  const { mapPitch, mapAsTable, change } = usePreferences();
  const index = mapPitch === "fit" ? 4 : PITCHES.indexOf(mapPitch);
  const zoomTo = (wanted: number): void => {
    const pitch = PITCHES[Math.min(PITCHES.length - 1, Math.max(0, wanted))];
    if (pitch !== undefined) change({ mapPitch: pitch });
  };
  const button = (label: string, icon: React.ReactNode, act: () => void, pressed?: boolean) => (
    <button
      type="button"
      className={controls.icon}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      onClick={act}
    >
      {icon}
    </button>
  );
  return (
    <div className={controls.row}>
      {!mapAsTable && (
        <>
          {button(t("map.zoomOut"), <Minus />, () => {
            zoomTo(index + 1);
          })}
          {button(
            t("map.fit"),
            <Maximize />,
            () => {
              change({ mapPitch: "fit" });
            },
            mapPitch === "fit",
          )}
          {button(t("map.zoomIn"), <Plus />, () => {
            zoomTo(index - 1);
          })}
        </>
      )}
      <button
        type="button"
        className={controls.button}
        data-testid="map-twin"
        onClick={() => {
          change({ mapAsTable: !mapAsTable });
        }}
      >
        {mapAsTable ? <MapIcon /> : <Table2 />}
        {mapAsTable ? t("map.asMap") : t("map.asTable")}
      </button>
    </div>
  );
}
