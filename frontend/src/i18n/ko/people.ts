import type { people as english } from "../en/people.ts";

export const people: Readonly<Record<keyof typeof english, string>> = {
  "palette.button": "검색하거나 명령 실행",
  "palette.title": "검색하거나 명령 실행",
  "palette.placeholder": "보기, 파드, 노드, 명령. “:” 뒤에 종류, 예: :deploy shop/web",
  "palette.none": "일치하는 것이 없습니다.",
  "palette.view": "{view} 보기로",
  "palette.pause": "시계 멈추기 또는 계속",
  "help.palette": "검색하거나 명령 실행",
  "help.kinds": "종류로 이동",
  "help.tabs": "선택한 것의 YAML, 변경, 이유",

  "presence.title": "함께 보는 사람",
  "presence.me": "나",
  "presence.past": "리비전 {rev}",
  "presence.follow": "따라가기",
  "presence.followNamed": "{name} 따라가기",
  "presence.stop": "그만 따라가기",
  "presence.following": "{name} 을(를) 따라가는 중입니다. 직접 움직이면 멈춥니다.",
  "presence.nobody": "다른 사람이 없습니다. 링크를 공유해 초대하세요.",

  "account.signIn": "로그인",
  "account.signOut": "로그아웃",
  "account.title": "클러스터 보관하기",
  "account.lead":
    "계정이 없어도 모두 쓸 수 있습니다. 계정이 있으면 어느 브라우저에서든 내 클러스터를 볼 수 있습니다.",
  "account.username": "사용자 이름",
  "account.password": "비밀번호",
  "account.login": "로그인하기",
  "account.register": "계정 만들기",
  "account.signedIn": "{name} 계정으로 로그인함",
  "account.claim": "이 브라우저의 클러스터 {n}개를 계정에 보관",
  "account.claimed": "이제 계정에 보관됩니다.",
  "account.failed": "하지 못했습니다: {message}",
  "share.pinned": "리비전 {rev}(으)로 열기",
};
