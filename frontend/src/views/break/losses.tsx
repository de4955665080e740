import { useT } from "../../i18n/index.ts";
import { formatAge } from "../../model/age.ts";
import { type Blast, workloadOf } from "../../model/blast.ts";
import controls from "../../ui/controls.module.css";
import styles from "./break.module.css";

/** Who loses what, where it goes, and what is left without a place. */
export function Losses({ blast }: { blast: Blast }) {
  return (
    <div className={styles.tables}>
      {blast.workloads.length > 0 && <Workloads blast={blast} />}
      {blast.services.length > 0 && <Services blast={blast} />}
      {blast.pending.length > 0 && <Pending blast={blast} />}
    </div>
  );
}

function Workloads({ blast: { workloads, rescheduled, orphans } }: { blast: Blast }) {
  const t = useT();
  const moved = new Map(rescheduled.map((each) => [each.workload, each.nodes]));
  const alone = new Set(orphans);
  return (
    <table className={styles.losses}>
      <caption>{t("break.workloads")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("break.who")}</th>
          <th scope="col">{t("work.namespace")}</th>
          <th scope="col">{t("break.loses")}</th>
          <th scope="col">{t("break.goesTo")}</th>
        </tr>
      </thead>
      <tbody>
        {workloads.map(({ workload, lost, all }) => {
          const { namespace, kind, name } = workloadOf(workload);
          const nodes = Object.entries(moved.get(workload) ?? {});
          return (
            <tr key={workload} data-testid="break-loss">
              <th scope="row">
                {kind} {name}
              </th>
              <td>{namespace}</td>
              <td className={styles.amount}>
                <meter min={0} max={all} value={lost} aria-label={t("break.loses")} />{" "}
                {t("break.of", { lost, all })}
              </td>
              <td>
                {nodes.map(([node, n]) => `${node} ×${String(n)}`).join(", ")}
                {alone.has(`${namespace}/${name}`) && (
                  <span className={controls.toneBad}>{t("break.orphan")}</span>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Services({ blast: { services } }: { blast: Blast }) {
  const t = useT();
  return (
    <table className={styles.losses}>
      <caption>{t("break.services")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("break.service")}</th>
          <th scope="col">{t("break.now")}</th>
          <th scope="col">{t("break.dead")}</th>
          <th scope="col">{t("break.least")}</th>
          <th scope="col">{t("break.atEnd")}</th>
        </tr>
      </thead>
      <tbody>
        {services.map(({ service, before, dead, least, least_ms, after }) => (
          <tr key={service} data-testid="break-service" data-least={least}>
            <th scope="row">{service}</th>
            <td>{before}</td>
            <td className={dead > 0 ? controls.toneBad : ""}>{dead}</td>
            <td className={least === 0 ? controls.toneBad : ""}>
              {least < before ? t("break.leastAt", { n: least, age: formatAge(least_ms) }) : least}
            </td>
            <td>{after}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Pending({ blast: { pending, pending_total } }: { blast: Blast }) {
  const t = useT();
  return (
    <table className={styles.losses}>
      <caption>{t("break.pending", { n: pending_total })}</caption>
      <tbody>
        {pending.map(({ pod, message }) => (
          <tr key={pod} data-testid="break-pending">
            <th scope="row">{pod}</th>
            <td className={styles.message}>{message}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
