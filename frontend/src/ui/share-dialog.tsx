import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link2 } from "lucide-react";
import { useState } from "react";
import { createShare, listShares, revokeShare } from "../api/clusters.ts";
import type { Share, ShareExpiry, ShareRole } from "../api/types.ts";
import { useLanguage, useT } from "../i18n/index.ts";
import controls from "./controls.module.css";
import { CopyField } from "./copy-field.tsx";
import { Dialog } from "./dialog.tsx";
import { useAddress } from "./location.ts";
import styles from "./share-dialog.module.css";
import { toast } from "./toasts.tsx";

interface ShareDialogProps {
  readonly clusterId: string;
  readonly mayShare: boolean;
  readonly onClose: () => void;
}

export function ShareDialog({ clusterId, mayShare, onClose }: ShareDialogProps) {
  const t = useT();
  return (
    <Dialog title={t("share.title")} onClose={onClose}>
      {mayShare ? (
        <>
          <p className={controls.muted}>{t("share.lead")}</p>
          <NewLink clusterId={clusterId} />
          <Links clusterId={clusterId} />
        </>
      ) : (
        <p data-testid="share-not-owner">{t("share.notOwner")}</p>
      )}
    </Dialog>
  );
}

const ROLES: readonly ShareRole[] = ["view", "operate"];
const EXPIRIES: readonly ShareExpiry[] = ["1h", "1d", "7d", "never"];

function NewLink({ clusterId }: { clusterId: string }) {
  const t = useT();
  const queries = useQueryClient();
  const { rev } = useAddress();
  const [isPinned, setPinned] = useState(rev !== null);
  const [role, setRole] = useState<ShareRole>("view");
  const [expiry, setExpiry] = useState<ShareExpiry>("1d");
  const create = useMutation({
    mutationFn: () => createShare(clusterId, { role, expiresIn: expiry, rev: isPinned ? rev : null }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["shares", clusterId] }),
    onError: (error) => {
      toast("bad", t("share.failed", { message: error.message }));
    },
  });
  const url = create.data?.url;
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <Choice
        label={t("share.role")}
        options={ROLES}
        value={role}
        name={(each) => t(`share.role.${each}`)}
        onChoose={setRole}
      />
      <Choice
        label={t("share.expires")}
        options={EXPIRIES}
        value={expiry}
        name={(each) => t(`share.${each}`)}
        onChoose={setExpiry}
      />
      {rev !== null && <PinChoice rev={rev} isPinned={isPinned} onPin={setPinned} />}
      <button
        type="submit"
        className={controls.primary}
        disabled={create.isPending}
        data-testid="share-create"
      >
        <Link2 />
        {t("share.create")}
      </button>
      {url !== undefined && (
        <div className={styles.fresh}>
          <strong>{t("share.url")}</strong> <span className={controls.muted}>{t("share.urlHint")}</span>
          <CopyField label={t("share.url")} text={new URL(url, location.href).href} testId="share-url" />
        </div>
      )}
    </form>
  );
}

interface PinChoiceProps {
  readonly rev: number;
  readonly isPinned: boolean;
  readonly onPin: (isPinned: boolean) => void;
}

/** Whether the link opens at the revision on screen. */
function PinChoice({ rev, isPinned, onPin }: PinChoiceProps) {
  const t = useT();
  return (
    <label className={controls.row}>
      <input
        type="checkbox"
        checked={isPinned}
        data-testid="share-pinned"
        onChange={(event) => {
          onPin(event.target.checked);
        }}
      />
      {t("share.pinned", { rev })}
    </label>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly options: readonly T[];
  readonly value: T;
  readonly name: (option: T) => string;
  readonly onChoose: (option: T) => void;
}

function Choice<T extends string>({ label, options, value, name, onChoose }: ChoiceProps<T>) {
  return (
    <fieldset className={styles.choice}>
      <legend>{label}</legend>
      {options.map((option) => (
        <label key={option} className={styles.option} data-testid={`share-option-${option}`}>
          <input
            type="radio"
            name={label}
            checked={option === value}
            onChange={() => {
              onChoose(option);
            }}
          />
          {name(option)}
        </label>
      ))}
    </fieldset>
  );
}

function Links({ clusterId }: { clusterId: string }) {
  const t = useT();
  const shares = useQuery({ queryKey: ["shares", clusterId], queryFn: () => listShares(clusterId) });
  if (shares.error)
    return <p className={controls.toneBad}>{t("share.failed", { message: shares.error.message })}</p>;
  return (
    <section className={styles.links}>
      <h3>{t("share.links")}</h3>
      {shares.data?.length === 0 && <p className={controls.muted}>{t("share.none")}</p>}
      <ul>
        {shares.data?.map((share) => (
          <LinkRow key={share.id} clusterId={clusterId} share={share} />
        ))}
      </ul>
    </section>
  );
}

function LinkRow({ clusterId, share }: { clusterId: string; share: Share }) {
  const t = useT();
  const language = useLanguage();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => revokeShare(clusterId, share.id),
    onSuccess: () => {
      toast("good", t("share.revoked"));
      return queries.invalidateQueries({ queryKey: ["shares", clusterId] });
    },
    onError: (error) => {
      toast("bad", t("share.failed", { message: error.message }));
    },
  });
  const until =
    share.expires_at === null
      ? t("share.forever")
      : t("share.until", { time: new Date(share.expires_at).toLocaleString(language) });
  return (
    <li className={styles.link} data-testid="share-row">
      <code>{share.token_hint}</code>
      <span>{t(`share.role.${share.role}`)}</span>
      <span className={controls.muted}>{until}</span>
      <span className={controls.spacer} />
      <button
        type="button"
        className={controls.danger}
        disabled={revoke.isPending}
        aria-label={t("share.revokeNamed", { hint: share.token_hint })}
        data-testid="share-revoke"
        onClick={() => {
          revoke.mutate();
        }}
      >
        {t("share.revoke")}
      </button>
    </li>
  );
}
