import { Component, type ReactNode } from "react";
import { useT } from "../i18n/index.ts";
import controls from "./controls.module.css";
import { Note } from "./view-frame.tsx";

interface MishapState {
  readonly error: Error | null;
}

/** Keeps the rest of the page when a part of it can't be drawn. A new key tries the part again. */
export class Mishap extends Component<{ readonly children: ReactNode }, MishapState> {
  override state: MishapState = { error: null };

  static getDerivedStateFromError(error: Error): MishapState {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === null ? this.props.children : <Sorry error={error} />;
  }
}

/** A part whose code could not be fetched, after a new version was installed, comes with a new page. */
function Sorry({ error }: { error: Error }) {
  const t = useT();
  return (
    <div role="alert">
      <Note testId="mishap">
        <span className={controls.toneBad}>{t("view.broken", { message: error.message })}</span>
        <button
          type="button"
          className={controls.button}
          onClick={() => {
            location.reload();
          }}
        >
          {t("view.reload")}
        </button>
      </Note>
    </div>
  );
}
