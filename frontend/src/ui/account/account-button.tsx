import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleUser } from "lucide-react";
import { useState } from "react";
import { claimClusters, enter, getMe, logOut, type Me } from "../../api/accounts.ts";
import { ApiError } from "../../api/http.ts";
import { useT } from "../../i18n/index.ts";
import controls from "../controls.module.css";
import { Dialog } from "../dialog.tsx";
import { toast } from "../toasts.tsx";
import styles from "./account.module.css";

/** An account is a choice, never a gate. Nothing is shown while the server offers none. */
export function AccountButton() {
  const t = useT();
  const [open, setOpen] = useState(false);
  const { data: me } = useQuery({ queryKey: ["me"], queryFn: getMe, retry: false, staleTime: 60_000 });
  if (me === undefined) return null;
  return (
    <>
      <button
        type="button"
        className={controls.button}
        data-testid="account-button"
        onClick={() => {
          setOpen(true);
        }}
      >
        <CircleUser />
        {me.account?.username ?? t("account.signIn")}
      </button>
      {open && (
        <Dialog
          title={t("account.title")}
          onClose={() => {
            setOpen(false);
          }}
        >
          {me.account === null ? <SignIn /> : <Account me={me} name={me.account.username} />}
        </Dialog>
      )}
    </>
  );
}

/** After any change of who we are, everything that the server said before may be different. */
function useIdentityChange<T>(change: (value: T) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => queries.invalidateQueries() });
}

function SignIn() {
  const t = useT();
  const [credentials, setCredentials] = useState({ username: "", password: "" });
  const send = useIdentityChange((how: "login" | "register") => enter(how, credentials));
  const isComplete = credentials.username !== "" && credentials.password !== "";
  const field = (name: "username" | "password") => (
    <label className={controls.field}>
      <span>{t(`account.${name}`)}</span>
      <input
        className={controls.input}
        type={name === "password" ? "password" : "text"}
        name={name}
        autoComplete={name === "password" ? "current-password" : "username"}
        value={credentials[name]}
        data-autofocus={name === "username" || undefined}
        data-testid={`account-${name}`}
        onChange={(event) => {
          setCredentials({ ...credentials, [name]: event.target.value });
        }}
      />
    </label>
  );
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (isComplete) send.mutate("login");
      }}
    >
      <p className={controls.muted}>{t("account.lead")}</p>
      {field("username")}
      {field("password")}
      {send.error && <Failure error={send.error} />}
      <div className={controls.row}>
        <button
          type="submit"
          className={controls.primary}
          disabled={!isComplete || send.isPending}
          data-testid="account-login"
        >
          {t("account.login")}
        </button>
        <button
          type="button"
          className={controls.button}
          disabled={!isComplete || send.isPending}
          data-testid="account-register"
          onClick={() => {
            send.mutate("register");
          }}
        >
          {t("account.register")}
        </button>
      </div>
    </form>
  );
}

/** What is wrong, with the server's remarks about single fields. */
function Failure({ error }: { error: Error }) {
  const t = useT();
  const details = error instanceof ApiError && typeof error.details === "object" ? error.details : null;
  const remarks = Object.values(details ?? {})
    .flat()
    .filter((each) => typeof each === "string");
  return (
    <div role="alert" className={controls.toneBad} data-testid="account-error">
      <p>{t("account.failed", { message: error.message })}</p>
      <ul>
        {remarks.map((remark) => (
          <li key={remark}>{remark}</li>
        ))}
      </ul>
    </div>
  );
}

function Account({ me, name }: { me: Me; name: string }) {
  const t = useT();
  const leave = useIdentityChange(logOut);
  const claim = useIdentityChange(async () => {
    await claimClusters();
    toast("good", t("account.claimed"));
  });
  const error = leave.error ?? claim.error;
  return (
    <div className={styles.form}>
      <p>{t("account.signedIn", { name })}</p>
      {error && <Failure error={error} />}
      <div className={controls.row}>
        {me.claimable.length > 0 && (
          <button
            type="button"
            className={controls.primary}
            disabled={claim.isPending}
            data-testid="account-claim"
            onClick={() => {
              claim.mutate(undefined);
            }}
          >
            {t("account.claim", { n: me.claimable.length })}
          </button>
        )}
        <button
          type="button"
          className={controls.button}
          disabled={leave.isPending}
          data-testid="account-logout"
          onClick={() => {
            leave.mutate(undefined);
          }}
        >
          {t("account.signOut")}
        </button>
      </div>
    </div>
  );
}
