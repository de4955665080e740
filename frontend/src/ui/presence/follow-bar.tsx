import { Presentation } from "lucide-react";
import { useT } from "../../i18n/index.ts";
import type { Person } from "../../model/wire.ts";
import controls from "../controls.module.css";
import styles from "./presence.module.css";
import { follow, lead, leave, useCompany, useLeads } from "./use-following.ts";

/** Over every view while somebody presents: come along, or go one's own way again, by one click. */
export function FollowBar() {
  const t = useT();
  const leads = useLeads();
  const { followed, leader } = useCompany();
  if (leads) {
    return (
      <Bar state="leads" text={t("presence.youLead")}>
        <Action
          text={t("presence.leadEnd")}
          testId="lead-end"
          onPress={() => {
            lead(false);
          }}
        />
      </Bar>
    );
  }
  if (followed !== null) {
    return (
      <Bar state="follows" text={t("presence.following", { name: followed.name })}>
        <Action
          text={t("presence.leave")}
          testId="follow-leave"
          onPress={() => {
            leave(followed);
          }}
        />
      </Bar>
    );
  }
  return leader && <Offer leader={leader} />;
}

function Offer({ leader }: { leader: Person }) {
  const t = useT();
  return (
    <Bar state="asked" text={t("presence.presents", { name: leader.name })}>
      <Action
        text={t("presence.follow")}
        testId="follow-accept"
        onPress={() => {
          follow(leader);
        }}
      />
      <Action
        text={t("presence.decline")}
        testId="follow-decline"
        onPress={() => {
          leave(leader);
        }}
      />
    </Bar>
  );
}

function Bar({ state, text, children }: { state: string; text: string; children: React.ReactNode }) {
  return (
    <div className={styles.bar} role="status" data-state={state} data-testid="follow-bar">
      <Presentation size={16} aria-hidden="true" />
      <span>{text}</span>
      {children}
    </div>
  );
}

function Action({ text, testId, onPress }: { text: string; testId: string; onPress: () => void }) {
  return (
    <button type="button" className={controls.button} data-testid={testId} onClick={onPress}>
      {text}
    </button>
  );
}
