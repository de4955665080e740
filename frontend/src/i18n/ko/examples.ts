/** The gallery's examples by their slug; the server tells them in English. */

export interface ExampleText {
  readonly title: string;
  readonly summary: string;
  readonly steps: readonly string[];
}

export const examples: Readonly<Record<string, ExampleText>> = {
  "first-steps": {
    title: "네임스페이스 하나의 웹 상점",
    summary: "네임스페이스, 컨피그맵, 디플로이먼트 두 개와 그 서비스가 노드 세 개에서 돕니다.",
    steps: [
      "네모 하나가 파드 하나입니다. 스케줄러가 세 영역의 노드 세 개에 나누어 배치했습니다.",
      "파드를 선택하면 YAML, 컨디션, 이벤트를 볼 수 있습니다.",
      "kubectl로 web 디플로이먼트를 늘리거나 매니페스트를 올리고 맵을 지켜보세요.",
    ],
  },
  "rolling-update": {
    title: "파드 하나씩, 롤링 업데이트",
    summary: "레플리카 열두 개와 여유분 두 개의 디플로이먼트. 이미지를 바꾸고 롤아웃을 따라가 보세요.",
    steps: [
      "nginx 레플리카 열두 개가 돕니다. 업데이트하는 동안 두 개까지 늘고 한 개까지 줄 수 있습니다.",
      "이미지를 바꾸세요. 다른 태그의 web.yaml을 올리거나 kubectl set image를 쓰면 됩니다.",
      "새 파드가 준비된 뒤에 옛 파드가 사라집니다. 옛 레플리카셋은 되돌리기를 위해 0으로 남습니다.",
    ],
  },
  "why-pending": {
    title: "Pending의 다섯 가지 이유",
    summary: "저마다 다른 이유로 어느 노드에도 들어가지 못하는 파드들과, 잘 도는 파드 하나.",
    steps: [
      "속이 빈 네모가 대기 중인 파드입니다. 하나를 골라 이벤트에서 스케줄러의 말을 읽어 보세요.",
      "저마다 어느 노드에도 없는 것을 바랍니다. CPU, 메모리, 레이블, 이름, 영역이 그것입니다.",
      "매니페스트를 고쳐 다시 올리면 풀립니다.",
    ],
  },
  "crash-loop": {
    title: "충돌, 없는 이미지, 그리고 대기",
    summary: "계속 끝나 버리는 컨테이너, 존재하지 않는 이미지 태그, 그리고 건강한 이웃.",
    steps: [
      "한 디플로이먼트의 컨테이너는 오류로 끝납니다. 재시작할 때마다 두 배씩 더 기다립니다.",
      "다른 하나는 받을 수 없는 이미지 태그를 씁니다. ErrImagePull과 ImagePullBackOff를 오갑니다.",
      "속도를 높이고 대기 시간이 5분까지 늘어나는 것을 지켜보세요.",
    ],
  },
  "node-dies": {
    title: "노드가 죽다",
    summary: "노드 세 개에 레플리카 아홉 개. 노드 하나를 끄고 쿠버네티스가 언제 무엇을 하는지 보세요.",
    steps: [
      "노드를 골라 전원을 끄세요.",
      "심장 박동 없이 40초가 지나면 노드는 NotReady가 되고 테인트가 붙습니다.",
      "파드는 5분 뒤에 쫓겨납니다. 속도를 높이면 금방입니다.",
    ],
  },
};
