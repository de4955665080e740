import { useMutation } from "@tanstack/react-query";
import { Plug, Trash2, Unplug } from "lucide-react";
import { faultNode, removeNode } from "../../api/clusters.ts";
import { useT } from "../../i18n/index.ts";
import controls from "../../ui/controls.module.css";
import { toast } from "../../ui/toasts.tsx";
import { useMayChange } from "../../ui/viewed.tsx";

type NodeAction = "kill" | "restore" | "remove";

/** What one can do to a node's machine; what one can do to its Node object belongs to kubectl and Apply. */
export function NodeActions({ clusterId, name }: { clusterId: string; name: string }) {
  const t = useT();
  const mayChange = useMayChange();
  const act = useMutation({
    mutationFn: (action: NodeAction) =>
      action === "remove" ? removeNode(clusterId, name) : faultNode(clusterId, name, action),
    onSuccess: (_answer, action) => {
      toast("good", t(`nodes.done.${action}`, { name }));
    },
    onError: (error) => {
      toast("bad", t("nodes.failed", { message: error.message }));
    },
  });
  const button = (action: NodeAction, icon: React.ReactNode) => (
    <button
      type="button"
      className={controls.icon}
      aria-label={`${t(`nodes.${action}`)}: ${name}`}
      title={mayChange ? t(`nodes.${action}`) : t("role.viewHint")}
      disabled={!mayChange || act.isPending}
      data-testid={`node-${action}`}
      onClick={() => {
        if (action !== "remove" || confirm(t("nodes.removeSure", { name }))) act.mutate(action);
      }}
    >
      {icon}
    </button>
  );
  return (
    <span className={controls.row}>
      {button("kill", <Unplug />)}
      {button("restore", <Plug />)}
      {button("remove", <Trash2 />)}
    </span>
  );
}
