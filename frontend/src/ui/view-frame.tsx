import type { ReactNode } from "react";
import { useT } from "../i18n/index.ts";
import controls from "./controls.module.css";
import { useChangeAddress } from "./location.ts";
import styles from "./view-frame.module.css";

interface ViewFrameProps {
  readonly title: ReactNode;
  /** Beside the title: filters, buttons. */
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

/** Title, tools, and below them whatever the view shows. */
export function ViewFrame({ title, tools, children }: ViewFrameProps) {
  return (
    <section className={styles.view} aria-labelledby="view-title">
      <header className={styles.header}>
        <h2 id="view-title">{title}</h2>
        {tools}
      </header>
      {children}
    </section>
  );
}

/** The scrolling part of a view. It takes the focus, so that keys can scroll it. */
export function Scroll({ children }: { children: ReactNode }) {
  return (
    <div className={styles.scroll} tabIndex={0}>
      {children}
    </div>
  );
}

export function Note({ children, testId }: { children: ReactNode; testId?: string }) {
  return (
    <div className={styles.note} data-testid={testId}>
      {children}
    </div>
  );
}

interface AnswerState {
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly refetch: () => unknown;
}

/** What stands in for an answer that isn't there: that it is on its way, or why not, and the way to try again. */
export function Waiting({ query }: { query: AnswerState }) {
  const t = useT();
  if (query.error) {
    return (
      <div className={styles.note} role="alert" data-testid="view-error">
        <span className={controls.toneBad}>{t("view.failed", { message: query.error.message })}</span>
        <button type="button" className={controls.button} onClick={() => void query.refetch()}>
          {t("app.retry")}
        </button>
      </div>
    );
  }
  return query.isPending ? <p className={controls.muted}>{t("app.loading")}</p> : null;
}

/** A revision that proves something; a press goes there. */
export function RevLink({ rev, children }: { rev: number; children?: ReactNode }) {
  const t = useT();
  const change = useChangeAddress();
  return (
    <button
      type="button"
      className={styles.rev}
      title={t("past.goTo", { rev })}
      data-testid="rev-link"
      data-rev={rev}
      onClick={(event) => {
        event.stopPropagation();
        change({ rev });
      }}
    >
      {children ?? t("time.rev", { rev })}
    </button>
  );
}
