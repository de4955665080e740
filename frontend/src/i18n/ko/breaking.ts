import type { breaking as english } from "../en/breaking.ts";

export const breaking: Readonly<Record<keyof typeof english, string>> = {
  "view.break": "장애",
  "break.lead": "전원을 뽑기 전에 무엇이 함께 멈추는지 보세요.",
  "break.active": "전원이 꺼진 노드",
  "break.since": "{age} 동안 전원 없음",
  "break.targets": "전원을 잃을 대상",
  "break.zone": "노드 {n}개의 영역",
  "break.off": "꺼짐",
  "break.noNodes": "전원을 잃을 노드가 없습니다. 노드 화면에서 추가하세요.",
  "break.choose": "노드나 영역 전체를 고르면 함께 멈출 것을 볼 수 있습니다.",
  "break.prediction": "{name}의 전원이 꺼지면",
  "break.pods": "파드 {n}개가 멈춥니다.",
  "break.fits": "요청량(CPU {cpu}, {memory})은 다른 노드의 여유(CPU {freeCpu}, {freeMemory})에 들어갑니다.",
  "break.tight":
    "요청량(CPU {cpu}, {memory})이 다른 노드의 여유(CPU {freeCpu}, {freeMemory})보다 많아 일부는 대기하게 됩니다.",
  "break.when.now": "즉시",
  "break.what.now": "컨테이너가 멈춥니다. 아직 아무도 모릅니다",
  "break.when.notReady": "40초 뒤",
  "break.what.notReady": "노드가 NotReady가 되고 테인트가 붙습니다. 파드는 서비스에서 빠집니다",
  "break.when.evicted": "5분 뒤",
  "break.what.evicted": "파드가 쫓겨나고, 컨트롤러가 다른 곳에 새로 만듭니다",
  "break.who": "누가",
  "break.loses": "잃는 파드",
  "break.of": "{all}개 중 {lost}개",
  "break.orphan": "아무도 다시 만들지 않음",
  "break.kill": "{name}의 전원 끊기",
};
