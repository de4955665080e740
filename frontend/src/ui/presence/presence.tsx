import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Users } from "lucide-react";
import { useCallback, useState } from "react";
import { getMe, rename } from "../../api/accounts.ts";
import { useT } from "../../i18n/index.ts";
import { isView, type PagePlace } from "../../model/address.ts";
import type { Person } from "../../model/wire.ts";
import controls from "../controls.module.css";
import { useConnection, useSession } from "../live.tsx";
import { Popover } from "../popover.tsx";
import { toast } from "../toasts.tsx";
import styles from "./presence.module.css";
import { useFollowing, useLook } from "./use-following.ts";

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
  const { followed, follow } = useFollowing(clusterId);
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
            onFollow={() => {
              follow(person.id === followed?.id ? null : person.id);
            }}
          />
        ))}
      </ul>
      <MyName />
      {people.every((each) => each.me) && <p className={controls.muted}>{t("presence.nobody")}</p>}
      {followed && <p className={controls.muted}>{t("presence.following", { name: followed.name })}</p>}
    </Popover>
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
  readonly onFollow: () => void;
}

function PersonRow({ person: { name, role, view, sel, rev, me }, isFollowed, onFollow }: PersonRowProps) {
  const t = useT();
  const what = [sel?.split("/").at(-1), rev === null ? null : t("presence.past", { rev })].filter(Boolean);
  const place = isView(view) ? t(`view.${view}`) : view;
  return (
    <li data-testid="person" data-me={me}>
      <span className={styles.face} aria-hidden="true">
        {name.slice(0, 1)}
      </span>
      <span className={styles.who}>
        <b>{name}</b> {me && <span className={controls.muted}>({t("presence.me")})</span>}
        <span className={controls.muted}>{[t(`role.name.${role}`), place, ...what].join(" · ")}</span>
      </span>
      {!me && (
        <button
          type="button"
          className={controls.button}
          aria-pressed={isFollowed}
          aria-label={isFollowed ? t("presence.stop") : t("presence.followNamed", { name })}
          data-testid="follow"
          onClick={onFollow}
        >
          {isFollowed ? t("presence.stop") : t("presence.follow")}
        </button>
      )}
    </li>
  );
}
