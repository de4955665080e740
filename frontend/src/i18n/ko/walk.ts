import type { walk as english } from "../en/walk.ts";

export const walk: Readonly<Record<keyof typeof english, string>> = {
  "walk.title": "패킷의 여정",
  "walk.open": "패킷 따라가기",
  "walk.back": "모든 서비스",
  "walk.from": "보내는 파드",
  "walk.to": "받는 서비스",
  "walk.choose": "묻는 파드와 답할 서비스를 고르세요. 가는 길의 모든 규칙을 보여 줍니다.",
  "walk.answered": "{asked} 요청에 {by}이(가) {code}로 답했습니다.",
  "walk.unanswered": "{asked} 요청은 답을 받지 못합니다.",
  "walk.dns": "이름 조회",
  "walk.chain": "kube-proxy 규칙",
  "walk.dnat": "목적지 변경",
  "walk.masquerade": "출발지 변경",
  "walk.policy": "네트워크 폴리시",
  "walk.route": "경로",
  "walk.server": "서버",
  "walk.verdict": "끝나는 곳",
};
