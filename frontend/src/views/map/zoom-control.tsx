import { LayoutGrid, Map as MapIcon, Maximize, Minus, Plus, Table2, Tags } from "lucide-react";
import { useT } from "../../i18n/index.ts";
import { zoomFrom } from "../../model/geometry.ts";
import controls from "../../ui/controls.module.css";
import { useKeys } from "../../ui/keys.ts";
import { type MapPitch, usePreferences } from "../../ui/preferences.ts";

type ZoomWord = "zones" | "zoomOut" | "fit" | "zoomIn" | "names";

/** Size of the pods, and the switch to the table twin. `pitch`: how far apart they are now. */
export function ZoomControl({ pitch }: { pitch: number }) {
  const t = useT();
  const { mapPitch, mapAsTable, change } = usePreferences();
  const to = (zoom: MapPitch) => (): void => {
    change({ mapPitch: zoom });
  };
  const wider = to(zoomFrom(mapPitch, pitch, 1));
  const closer = to(zoomFrom(mapPitch, pitch, -1));
  useKeys(mapAsTable ? {} : { "+": closer, "-": wider, "0": to("fit") });
  const button = (word: ZoomWord, icon: React.ReactNode, act: () => void, pressed?: boolean) => (
    <button
      type="button"
      className={controls.icon}
      aria-label={t(`map.${word}`)}
      title={t(`map.${word}`)}
      aria-pressed={pressed}
      data-testid={`zoom-${word}`}
      onClick={act}
    >
      {icon}
    </button>
  );
  return (
    <div className={controls.row}>
      {!mapAsTable && (
        <>
          {button("zones", <LayoutGrid />, to("zones"), mapPitch === "zones")}
          {button("zoomOut", <Minus />, wider)}
          {button("fit", <Maximize />, to("fit"), mapPitch === "fit")}
          {button("zoomIn", <Plus />, closer)}
          {button("names", <Tags />, to("names"), mapPitch === "names")}
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
