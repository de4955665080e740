import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Presentation, Users } from "lucide-react";
import { useCallback, useState } from "react";
import { getMe, rename } from "../../api/accounts.ts";
import { useT } from "../../i18n/index.ts";
import { isView, OBJECT_PAGE, type PagePlace } from "../../model/address.ts";
import type { Person } from "../../model/wire.ts";
import controls from "../controls.module.css";
import { useConnection, useSession } from "../live.tsx";
import { Popover } from "../popover.tsx";
import { toast } from "../toasts.tsx";
import styles from "./presence.module.css";
import { follow, lead, leave, useCompany, useFollowing, useLeads, useLook } from "./use-following.ts";

/** Who looks at this cluster, and at what; whoever presents can be followed. */
export function Presence({ clusterId, place }: { clusterId: string; place: PagePlace }) {
  const t = useT();
  const viewers = useSession((session) => session.viewers);
  const people = useSession((session) => session.people);
  const [open, setOpen] = useState(false);
  const close = useCallback(() => {
    setOpen(false);
  }, []);
  useLook(place);
  useFollowing(clusterId);
  const { followed } = useCompany();
  const count = Math.max(viewers, people.length);
  if (count === 0) return null;
  const trigger = (
    <button
      type="button"
      className={styles.chip}
      aria-expanded={open}
      aria-label={
        followed === null ? t("viewers.n", { n: count }) : t("presence.following", { name: followed.name })
      }
      data-testid="viewers"
      data-viewers={count}
      data-following={followed !== null}
      onClick={() => {
        setOpen(!open);
      }}
    >
      <Users size={15} aria-hidden="true" />
      {followed === null ? (
        <>
          <span data-word="often">{t("viewers.n", { n: count })}</span>
          <span data-number>{count}</span>
        </>
      ) : (
        followed.name
      )}
    </button>
  );
  return (
    <Popover label={t("presence.title")} open={open} onClose={close} trigger={trigger}>
      <h2>{t("presence.title")}</h2>
      <ul className={styles.people}>
        {people.map((person) => (
          <PersonRow
            key={person.id}
            person={person}
            isFollowed={person.id === followed?.id}
            onFollow={person.id === followed?.id ? leave : follow}
          />
        ))}
      </ul>
      <LeadButton onChange={close} />
      <MyName />
      {people.every((each) => each.me) && <p className={controls.muted}>{t("presence.nobody")}</p>}
    </Popover>
  );
}

/** Asks the others to come along, or lets them go. */
function LeadButton({ onChange }: { onChange: () => void }) {
  const t = useT();
  const leads = useLeads();
  return (
    <button
      type="button"
      className={leads ? controls.button : controls.primary}
      aria-pressed={leads}
      title={t("presence.leadHint")}
      data-testid="lead"
      onClick={() => {
        lead(!leads);
        onChange();
      }}
    >
      <Presentation />
      {t(leads ? "presence.leadEnd" : "presence.lead")}
    </button>
  );
}

/** The name that others see. */
function MyName() {
  const t = useT();
  const queries = useQueryClient();
  const connection = useConnection();
  const { data: me } = useQuery({ queryKey: ["me"], queryFn: getMe, retry: false, staleTime: 60_000 });
  const [name, setName] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: rename,
    onSuccess: (now) => {
      queries.setQueryData(["me"], now);
      setName(null);
      // The server asks for a name when a socket opens.
      connection.lose();
      connection.retryNow();
      toast("good", t("presence.renamed", { name: now.name }));
    },
    onError: (error) => {
      toast("bad", t("account.failed", { message: error.message }));
    },
  });
  if (me === undefined) return null;
  return (
    <form
      className={styles.rename}
      onSubmit={(event) => {
        event.preventDefault();
        if (name !== null) save.mutate(name.trim());
      }}
    >
      <label className={controls.field}>
        <span>{t("presence.myName")}</span>
        <input
          className={controls.input}
          value={name ?? me.name}
          maxLength={40}
          data-testid="my-name"
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
      </label>
      <button
        type="submit"
        className={controls.button}
        disabled={name === null || name === me.name || save.isPending}
        data-testid="my-name-save"
      >
        {t("presence.save")}
      </button>
    </form>
  );
}

interface PersonRowProps {
  readonly person: Person;
  readonly isFollowed: boolean;
  readonly onFollow: (person: Person) => void;
}

function PersonRow({ person, isFollowed, onFollow }: PersonRowProps) {
  const { name, role, view, sel, rev, lead: leads, me } = person;
  const t = useT();
  const [word = ""] = view.split("/", 1);
  const what = [
    leads ? t("presence.leads") : null,
    sel?.split("/").at(-1),
    rev === null ? null : t("presence.past", { rev }),
  ].filter(Boolean);
  const place = isView(word) ? t(`view.${word}`) : word === OBJECT_PAGE ? "" : word;
  return (
    <li data-testid="person" data-me={me}>
      <span className={styles.face} aria-hidden="true">
        {name.slice(0, 1)}
      </span>
      <span className={styles.who}>
        <b>{name}</b> {me && <span className={controls.muted}>({t("presence.me")})</span>}
        <span className={controls.muted}>
          {[t(`role.name.${role}`), place, ...what].filter(Boolean).join(" · ")}
        </span>
      </span>
      {!me && (
        <button
          type="button"
          className={controls.button}
          aria-pressed={isFollowed}
          aria-label={isFollowed ? t("presence.stop") : t("presence.followNamed", { name })}
          data-testid="follow"
          onClick={() => {
            onFollow(person);
          }}
        >
          {isFollowed ? t("presence.stop") : t("presence.follow")}
        </button>
      )}
    </li>
  );
}
