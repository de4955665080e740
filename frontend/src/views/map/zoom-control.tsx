import { Maximize, Minus, Plus, Table2, Map as MapIcon } from "lucide-react";
import { useT } from "../../i18n/index.ts";
import { zoomFrom } from "../../model/geometry.ts";
import controls from "../../ui/controls.module.css";
import { usePreferences } from "../../ui/preferences.ts";

/** Size of the pods, and the switch to the table twin. `pitch`: how far apart they are now. */
export function ZoomControl({ pitch }: { pitch: number }) {
  const t = useT();
  const { mapPitch, mapAsTable, change } = usePreferences();
  const zoom = (by: 1 | -1) => (): void => {
    change({ mapPitch: zoomFrom(mapPitch, pitch, by) });
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
          {button(t("map.zoomOut"), <Minus />, zoom(1))}
          {button(
            t("map.fit"),
            <Maximize />,
            () => {
              change({ mapPitch: "fit" });
            },
            mapPitch === "fit",
          )}
          {button(t("map.zoomIn"), <Plus />, zoom(-1))}
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
