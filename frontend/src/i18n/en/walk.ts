/** A packet's walk. */
export const walk = {
  "walk.title": "Walk of a packet",
  "walk.open": "Walk a packet",
  "walk.back": "All Services",
  "walk.from": "From which pod",
  "walk.to": "To which Service",
  "walk.choose": "Choose a pod that asks and a Service that is asked: every rule on the way is shown.",
  "walk.answered": "{asked} is answered by {by} with {code}.",
  "walk.unanswered": "{asked} gets no answer.",
  "walk.dns": "Name lookup",
  "walk.chain": "Rules of kube-proxy",
  "walk.dnat": "The destination is replaced",
  "walk.masquerade": "The sender is replaced",
  "walk.policy": "NetworkPolicies",
  "walk.route": "Route",
  "walk.server": "The server",
  "walk.verdict": "Where it ends",
} as const;
