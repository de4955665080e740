import { useMutation } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { addNodes } from "../../api/clusters.ts";
import { useT } from "../../i18n/index.ts";
import controls from "../../ui/controls.module.css";
import { toast } from "../../ui/toasts.tsx";
import { useMayChange } from "../../ui/viewed.tsx";
import mapStyles from "../map/map-view.module.css";
import type { ViewProps } from "../view-props.ts";
import { NodeTable } from "./node-table.tsx";

export default function NodesView({ clusterId }: ViewProps) {
  const t = useT();
  const mayChange = useMayChange();
  const add = useMutation({
    mutationFn: () => addNodes(clusterId, 1),
    onSuccess: () => {
      toast("good", t("nodes.done.add"));
    },
    onError: (error) => {
      toast("bad", t("nodes.failed", { message: error.message }));
    },
  });
  return (
    <section className={mapStyles.view} aria-labelledby="nodes-title">
      <header className={mapStyles.header}>
        <h2 id="nodes-title">{t("nodes.title")}</h2>
        <span className={controls.spacer} />
        <button
          type="button"
          className={controls.button}
          disabled={!mayChange || add.isPending}
          title={mayChange ? undefined : t("role.viewHint")}
          data-testid="node-add"
          onClick={() => {
            add.mutate();
          }}
        >
          <Plus />
          {t("nodes.add")}
        </button>
      </header>
      <NodeTable clusterId={clusterId} />
    </section>
  );
}
