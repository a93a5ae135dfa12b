/**
 * Whether a text from outside may be shown as a link: an http or https address with nothing before its host, which would hide where it
 * leads, and no sign that ends a link in a message.
 */
export const isWebLink = (text: string): boolean => {
  const url = URL.parse(text)
  if (url === null || /[\s<>|]/u.test(text)) return false
  return (url.protocol === "https:" || url.protocol === "http:") && url.username === "" && url.password === ""
}
