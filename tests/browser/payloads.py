"""Texts that would run if a page took them for anything but text. Each calls `hit()`."""

from __future__ import annotations

from itertools import product

_TAGS = (
    "img", "svg", "video", "audio", "body", "iframe", "object", "embed", "input", "details", "marquee", "math",
    "style", "button", "select", "textarea",
)  # fmt: skip
_EVENTS = (
    "onerror", "onload", "onfocus", "ontoggle", "onmouseover", "onanimationstart", "onbegin", "onpointerenter",
)  # fmt: skip
_TAIL = {"img": " src=x", "video": " src=x", "audio": " src=x", "input": " autofocus", "details": " open"}
_URLS = (
    "javascript:hit()", "JaVaScRiPt:hit()", "java\tscript:hit()", "data:text/html,<script>hit()</script>",
    "vbscript:hit()",
)  # fmt: skip
_LINKS = (
    '<a href="{}">x</a>', '<iframe src="{}"></iframe>', '<form action="{}"><button>x</button></form>',
    '<embed src="{}">', '<object data="{}"></object>', '<base href="{}">', '<link rel=stylesheet href="{}">',
    '<meta http-equiv=refresh content="0;url={}">', "[x]({})", "![x]({})", "url({})", "{}",
)  # fmt: skip
_WHOLE = (
    "<script>hit()</script>", "<SCRIPT>hit()</SCRIPT>", "</script><script>hit()</script>",
    "<scr<script>ipt>hit()</script>", '"><script>hit()</script>', "'><script>hit()</script>",
    "</title><script>hit()</script>", "</textarea><script>hit()</script>", "--><script>hit()</script>",
    "]]><script>hit()</script>", "<![CDATA[<script>hit()</script>]]>", "<!--<img src=x onerror=hit()>-->",
    "${hit()}", "{{hit()}}", "{{constructor.constructor('hit()')()}}", "<%= hit() %>", "#{hit()}", "`${hit()}`",
    "';hit();//", '";hit();//', "\\u003cscript\\u003ehit()\\u003c/script\\u003e",
    "&lt;script&gt;hit()&lt;/script&gt;", "&#60;script&#62;hit()&#60;/script&#62;",
    "%3Cscript%3Ehit()%3C/script%3E", "+ADw-script+AD4-hit()+ADw-/script+AD4-", "__proto__", "constructor",
    "toString", "$&", "$1", "<svg><script>hit()</script></svg>",
    "<svg><a xlink:href=javascript:hit()><text>x</text></a></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=hit()>",
    "<template><script>hit()</script></template>", '<noscript><p title="</noscript><img src=x onerror=hit()>">',
    "<plaintext><img src=x onerror=hit()>", "\u202e<script>hit()</script>", "<img src=x onerror=hit()//",
    "<svg/onload=hit()>", "<svg\x0conload=hit()>", "<x onclick=hit() tabindex=1 autofocus onfocus=hit()>",
)  # fmt: skip

PAYLOADS = (
    *_WHOLE,
    *(link.format(url) for link, url in product(_LINKS, _URLS)),
    *(f"<{tag}{_TAIL.get(tag, '')} {event}=hit()>" for tag, event in product(_TAGS, _EVENTS)),
)
