import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { Link, useLocation } from "wouter";
import { askMay, listSubjects } from "../../api/analysis.ts";
import { useT } from "../../i18n/index.ts";
import { KINDS } from "../../model/kinds.ts";
import { type Answer, type NearMiss, placeOf, type Question, questionIn, VERBS } from "../../model/may.ts";
import controls from "../../ui/controls.module.css";
import { clusterUrl, useAddress } from "../../ui/location.ts";
import { Scroll, ViewFrame, Waiting } from "../../ui/view-frame.tsx";
import styles from "./requests.module.css";

const RESOURCES = KINDS.map(({ resource, group }) => [resource, group].filter(Boolean).join("."));

/** Whether somebody may do something, who says so, and what is nearest to allowing it. */
export function MayView({ clusterId, rest }: { clusterId: string; rest: readonly string[] }) {
  const t = useT();
  const address = useAddress();
  const asked = questionIn(address.from, rest);
  const query = useQuery({
    queryKey: ["may", clusterId, asked],
    queryFn: () => askMay(clusterId, asked),
    enabled: asked.what !== "",
    retry: false,
  });
  return (
    <ViewFrame
      title={t("may.title")}
      tools={
        <Link className={controls.button} href={clusterUrl(clusterId, "requests", { ...address, from: "" })}>
          {t("requests.back")}
        </Link>
      }
    >
      <Scroll>
        <Ask key={JSON.stringify(asked)} clusterId={clusterId} asked={asked} />
        {query.data === undefined ? (
          <Waiting query={query} />
        ) : (
          <Told clusterId={clusterId} answer={query.data} />
        )}
      </Scroll>
    </ViewFrame>
  );
}

function Ask({ clusterId, asked }: { clusterId: string; asked: Question }) {
  const t = useT();
  const address = useAddress();
  const [, navigate] = useLocation();
  const [question, setQuestion] = useState(asked);
  const { data: subjects = [] } = useQuery({
    queryKey: ["subjects", clusterId],
    queryFn: () => listSubjects(clusterId),
    retry: false,
  });
  const field = (name: keyof Question, hints: readonly string[], placeholder = "") => (
    <Field
      label={t(`may.${name}`)}
      value={question[name]}
      hints={hints}
      placeholder={placeholder}
      testId={`may-${name}`}
      onChange={(value) => {
        setQuestion({ ...question, [name]: value });
      }}
    />
  );
  const ask = (event: FormEvent): void => {
    event.preventDefault();
    const target = { ...address, from: question.who.trim() };
    navigate(clusterUrl(clusterId, "requests", target, ["may", ...placeOf(question)]));
  };
  return (
    <form className={styles.ask} onSubmit={ask} data-testid="may-form">
      {field("who", subjects, t("may.you"))}
      {field("verb", VERBS)}
      {field("what", RESOURCES)}
      {field("namespace", [], t("may.anyNamespace"))}
      {field("name", [], t("may.anyName"))}
      <button type="submit" className={controls.primary} data-testid="may-ask">
        {t("may.ask")}
      </button>
    </form>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly hints: readonly string[];
  readonly placeholder: string;
  readonly testId: string;
  readonly onChange: (value: string) => void;
}

function Field({ label, value, hints, placeholder, testId, onChange }: FieldProps) {
  const id = useId();
  return (
    <label className={controls.field}>
      <span>{label}</span>
      <input
        className={controls.input}
        value={value}
        placeholder={placeholder}
        list={id}
        spellCheck={false}
        autoComplete="off"
        data-testid={testId}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
      <datalist id={id}>
        {hints.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
    </label>
  );
}

function Told({ clusterId, answer }: { clusterId: string; answer: Answer }) {
  const t = useT();
  const { allowed, user, groups, sentence, authorizers, nearMisses } = answer;
  return (
    <>
      <p className={styles.verdict} data-allowed={allowed} data-testid="may-verdict">
        <b>{t(allowed ? "may.yes" : "may.no")}</b> {sentence}
      </p>
      <p className={controls.muted}>{t("may.asked", { user, groups: groups.join(", ") })}</p>
      <h3 className={styles.heading}>{t("may.authorizers")}</h3>
      <ol className={styles.stages} data-testid="may-authorizers">
        {authorizers.map(({ name, verdict, reason }) => (
          <li key={name} data-verdict={verdict === "deny" ? "refused" : verdict}>
            <span className={styles.stage}>{name}</span>
            <span>
              <b>{t(`may.verdict.${verdict}`)}</b> <span className={controls.muted}>{reason}</span>
            </span>
          </li>
        ))}
      </ol>
      {nearMisses.length > 0 && (
        <>
          <h3 className={styles.heading}>{t("may.near")}</h3>
          <ul className={styles.misses}>
            {nearMisses.map((miss) => (
              <Miss key={`${miss.differs} ${miss.text}`} clusterId={clusterId} miss={miss} />
            ))}
          </ul>
        </>
      )}
      {!allowed && nearMisses.length === 0 && <p className={controls.muted}>{t("may.nothingNear")}</p>}
    </>
  );
}

function Miss({ clusterId, miss }: { clusterId: string; miss: NearMiss }) {
  const t = useT();
  const address = useAddress();
  const { name, namespace = "" } = miss.binding;
  const kind = namespace === "" ? "clusterrolebinding" : "rolebinding";
  return (
    <li data-testid="may-miss" data-differs={miss.differs}>
      <span className={styles.differs}>{t("may.differs", { what: miss.differs })}</span>
      <span>{miss.text}</span>
      <Link
        href={clusterUrl(clusterId, "work", { ...address, from: "", selection: { kind, namespace, name } })}
        className={controls.textLink}
      >
        {t("may.binding", { name })}
      </Link>
    </li>
  );
}
