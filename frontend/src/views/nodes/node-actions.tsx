import { useMutation } from "@tanstack/react-query";
import { Ban, CircleCheck, LogOut, Plug, Trash2, Unplug } from "lucide-react";
import type { ReactNode } from "react";
import { act } from "../../api/batch.ts";
import { faultNode, removeNode } from "../../api/clusters.ts";
import { useT } from "../../i18n/index.ts";
import type { NodeRow } from "../../model/wire.ts";
import controls from "../../ui/controls.module.css";
import { toast } from "../../ui/toasts.tsx";
import { useMayChange } from "../../ui/viewed.tsx";
import styles from "./node-table.module.css";

type NodeAction = "cordon" | "uncordon" | "kill" | "restore" | "remove";

interface NodeActionsProps {
  readonly clusterId: string;
  readonly node: NodeRow;
  readonly onDrain: (node: string) => void;
}

/** What one can do to a node: keep new pods away, send its pods away, pull its plug, take it away. */
export function NodeActions({ clusterId, node, onDrain }: NodeActionsProps) {
  const t = useT();
  const mayChange = useMayChange();
  const name = node.n;
  const mutation = useMutation({
    mutationFn: (action: NodeAction) => perform(clusterId, name, action),
    onSuccess: (_answer, action) => {
      toast("good", t(`nodes.done.${action}`, { name }));
    },
    onError: (error) => {
      toast("bad", t("nodes.failed", { message: error.message }));
    },
  });
  const button = (action: NodeAction | "drain", icon: ReactNode, onPress: () => void) => (
    <button
      type="button"
      className={controls.icon}
      aria-label={`${t(`nodes.${action}`)}: ${name}`}
      title={mayChange ? t(`nodes.${action}`) : t("role.viewHint")}
      disabled={!mayChange || mutation.isPending}
      data-testid={`node-${action}`}
      onClick={(event) => {
        event.stopPropagation();
        onPress();
      }}
    >
      {icon}
    </button>
  );
  const simple = (action: NodeAction, icon: ReactNode) =>
    button(action, icon, () => {
      if (action !== "remove" || confirm(t("nodes.removeSure", { name }))) mutation.mutate(action);
    });
  return (
    <span className={styles.actions}>
      {node.s === 1 ? simple("uncordon", <CircleCheck />) : simple("cordon", <Ban />)}
      {button("drain", <LogOut />, () => {
        onDrain(name);
      })}
      {simple("kill", <Unplug />)}
      {simple("restore", <Plug />)}
      {simple("remove", <Trash2 />)}
    </span>
  );
}

/** Raises ApiError, and Error with the API server's words. */
async function perform(clusterId: string, name: string, action: NodeAction): Promise<unknown> {
  if (action === "remove") return removeNode(clusterId, name);
  if (action === "kill" || action === "restore") return faultNode(clusterId, name, action);
  const target = { kind: "node", namespace: "", name, isControlled: false };
  const [outcome] = await act(clusterId, { verb: action }, [target]);
  if (outcome?.isDone === false) throw new Error(outcome.message);
  return outcome;
}
