import { Plus } from "lucide-react";
import { type ComponentProps, type ReactNode, useState } from "react";
import type { NewCluster } from "../../api/types.ts";
import { useT } from "../../i18n/index.ts";
import controls from "../../ui/controls.module.css";
import styles from "./start-view.module.css";
import { useCreate } from "./use-create.ts";

interface Fields {
  readonly name: string;
  readonly nodes: string;
  readonly zones: string;
  readonly cpu: string;
  readonly memory: string;
  readonly seed: string;
  readonly latency: "realistic" | "instant";
}

const START: Fields = {
  name: "",
  nodes: "3",
  zones: "3",
  cpu: "4",
  memory: "8Gi",
  seed: "",
  latency: "realistic",
};

export function CreateForm() {
  const t = useT();
  const create = useCreate();
  const [fields, setFields] = useState(START);
  const text = (field: keyof Fields, label: string, rest: ComponentProps<"input"> = {}) => (
    <Field label={label}>
      <input
        className={controls.input}
        value={fields[field]}
        data-testid={`create-${field}`}
        onChange={(event) => {
          setFields({ ...fields, [field]: event.target.value });
        }}
        {...rest}
      />
    </Field>
  );
  return (
    <section className={styles.block} aria-labelledby="create-title">
      <h2 id="create-title">{t("create.title")}</h2>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({ cluster: asNewCluster(fields) });
        }}
      >
        {text("name", t("create.name"), { placeholder: t("create.namePlaceholder"), maxLength: 60 })}
        {text("nodes", t("create.nodes"), { type: "number", min: 1, max: 5000, required: true })}
        {text("zones", t("create.zones"), { type: "number", min: 1, max: 26, required: true })}
        {text("cpu", t("create.cpu"), { required: true })}
        {text("memory", t("create.memory"), { required: true })}
        {text("seed", t("create.seed"), {
          type: "number",
          placeholder: t("create.seedPlaceholder"),
          title: t("create.seedHint"),
        })}
        <Latency
          value={fields.latency}
          onChoose={(latency) => {
            setFields({ ...fields, latency });
          }}
        />
        <button
          type="submit"
          className={controls.primary}
          disabled={create.isPending}
          data-testid="create-cluster"
        >
          <Plus />
          {create.isPending ? t("create.creating") : t("create.submit")}
        </button>
      </form>
    </section>
  );
}

type Delays = Fields["latency"];

function Latency({ value, onChoose }: { value: Delays; onChoose: (value: Delays) => void }) {
  const t = useT();
  return (
    <Field label={t("create.latency")}>
      <select
        className={controls.input}
        value={value}
        onChange={(event) => {
          onChoose(event.target.value === "instant" ? "instant" : "realistic");
        }}
      >
        <option value="realistic">{t("create.realistic")}</option>
        <option value="instant">{t("create.instant")}</option>
      </select>
    </Field>
  );
}

function Field({ label, children }: { label: string; children: ReactNode }) {
  return (
    <label className={controls.field}>
      <span>{label}</span>
      {children}
    </label>
  );
}

/** Empty fields are left out, so that the server chooses. */
function asNewCluster({ name, nodes, zones, cpu, memory, seed, latency }: Fields): NewCluster {
  return {
    nodes: Number(nodes),
    zones: Number(zones),
    cpu,
    memory,
    latency,
    ...(name.trim() === "" ? {} : { name: name.trim() }),
    ...(seed === "" ? {} : { seed: Number(seed) }),
  };
}
