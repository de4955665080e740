import { useEffect, useRef } from "react";
import { Link, useSearch } from "wouter";
import { useT } from "../../i18n/index.ts";
import controls from "../../ui/controls.module.css";
import { Message } from "../message.tsx";
import { useCreate } from "./use-create.ts";

/** /new?example=…: a link that makes a cluster, once, and then is replaced by the cluster's own address. */
export function NewView() {
  const t = useT();
  const example = new URLSearchParams(useSearch()).get("example");
  const create = useCreate();
  const isStarted = useRef(false);
  const { mutate } = create;
  useEffect(() => {
    if (isStarted.current) return;
    isStarted.current = true;
    mutate({ cluster: example === null ? {} : { example }, replace: true });
  }, [example, mutate]);
  if (!create.error) return <Message title={t("create.creating")} text="" />;
  return (
    <Message title={t("failed.title")} text={create.error.message}>
      <Link href="/" className={controls.primary}>
        {t("notFound.action")}
      </Link>
    </Message>
  );
}
