"""A real page that loses its socket again and again while its cluster changes: what it shows is always the truth."""

from __future__ import annotations

import json

from tests.kit.browser import Browser

DROPS = 100
"""The page's model by itself and the server by itself go through 1,000 each (drops.test.ts, live/test_drops.py)."""
SEED = 7
SCALED = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: tide}
spec:
  replicas: %d
  selector: {matchLabels: {app: tide}}
  template:
    metadata: {labels: {app: tide}}
    spec: {containers: [{name: c, image: "nginx:1.25"}]}
"""
KEPT_SOCKETS = """
window.opened = []
window.WebSocket = class extends WebSocket {
  constructor(address) {
    super(address)
    opened.push(this)
    this.addEventListener('message', ({ data }) => { heard[JSON.parse(data).t] = (heard[JSON.parse(data).t] ?? 0) + 1 })
  }
}
window.heard = {}
"""
DROP = """
const [cluster, text, drops, seed, done] = arguments
let last = seed
const chance = (below) => (last = (last * 48271) % 2147483647) % below
const rest = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const slugs = Object.keys(__clusterlab.counts())
const briefly = (pod) => [pod.u, pod.ns, pod.n, pod.o, slugs[pod.s], pod.d, pod.y, pod.k].join(' ')
const told = ({ uid, namespace, name, node, status, reason, ready, restarts }) =>
  [uid, namespace, name, node, status, reason, ready, restarts].join(' ')
const shown = () => __clusterlab.pods().map(told).sort()
const wrong = [], seen = new Set()
const compare = async () => {
  const [rev, mine] = [__clusterlab.rev(), shown()]
  const answer = await fetch(`/api/clusters/${cluster}/picture/?rev=${rev}`)
  const truth = (await answer.json()).pods.map(briefly).sort()
  seen.add(rev)
  if (JSON.stringify(mine) !== JSON.stringify(truth)) wrong.push({ rev, mine, truth })
}
const live = async () => {
  for (let waited = 0; waited < 500 && __clusterlab.link() !== 'live'; waited += 1) await rest(4)
}
const write = async () => {
  const token = document.cookie.split('; ').find((c) => c.startsWith('csrftoken='))?.slice('csrftoken='.length) ?? ''
  const headers = { 'Content-Type': 'application/json', 'X-CSRFToken': token }
  while (!isOver) {
    const body = JSON.stringify({ documents: [{ name: 'tide.yaml', text: text.replace('%d', chance(12)) }] })
    const { status } = await fetch(`/api/clusters/${cluster}/uploads/`, { method: 'POST', headers, body })
    if (status !== 200 && status !== 422) wrong.push({ status }) // 422: others wrote meanwhile, again and again
    await rest(50)
  }
}
let isOver = false
const run = async () => {
  const writing = write()
  for (let drop = 0; drop < drops; drop += 1) {
    if (chance(4) > 0) await live()
    await rest(chance(25))
    opened.at(-1).close()
    if (drop % 5 === 0) await compare()
    dispatchEvent(new Event('offline'))
    dispatchEvent(new Event('online'))
  }
  isOver = true
  await writing
  await live()
  await rest(300)
  await compare()
  return { wrong, revisions: seen.size, sockets: opened.length, heard }
}
run().then(done, (error) => done({ error: String(error) }))
"""


def test_after_a_hundred_lost_sockets_the_page_shows_what_the_server_has(browser: Browser):
    browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": KEPT_SOCKETS})
    cluster = browser.open_example()
    assert browser.fetch("POST", f"/api/clusters/{cluster}/clock/", '{"speed": 10}') == 200
    browser.driver.set_script_timeout(120)
    found = browser.driver.execute_async_script(DROP, cluster, SCALED, DROPS, SEED)
    assert found.get("wrong") == [], json.dumps(found)[:2000]
    assert found["sockets"] >= DROPS
    assert found["revisions"] > 5
    assert found["heard"]["frame"] > 20
    assert browser.complaints() == []
