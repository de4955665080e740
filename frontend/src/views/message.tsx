import type { ReactNode } from "react";
import { Brand } from "../ui/frame/brand.tsx";
import styles from "./message.module.css";

interface MessageProps {
  readonly title: string;
  readonly text: string;
  readonly children?: ReactNode;
}

/** A page that has only something to say, and the way on. */
export function Message({ title, text, children }: MessageProps) {
  return (
    <main className={styles.message} data-testid="message">
      <Brand />
      <h1>{title}</h1>
      {text !== "" && <p>{text}</p>}
      {children}
    </main>
  );
}
