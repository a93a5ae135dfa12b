import { type Json, json } from "./answer.ts"

const number = (text: string | null, fallback: number, most: number): number => {
  const value = text === null || !/^\d+$/u.test(text) ? fallback : Number(text)
  return Math.min(most, Math.max(1, value))
}

/** The `Link` header of page `page` of `last`, empty when one page holds everything. */
export const links = (url: URL, page: number, last: number): string => {
  const link = (to: number, rel: string) => {
    const target = new URL(url)
    target.searchParams.set("page", String(to))
    return `<${target.href}>; rel="${rel}"`
  }
  const before = page > 1 ? [link(page - 1, "prev")] : []
  const after = page < last ? [link(page + 1, "next"), link(last, "last")] : []
  const first = page > 1 ? [link(1, "first")] : []
  return [...before, ...after, ...first].join(", ")
}

/** One page of a list, and the headers that lead to the others. */
export interface Page<A> {
  readonly items: ReadonlyArray<A>
  readonly headers: Readonly<Record<string, string>>
}

/** The part of `items` that `?page=` and `?per_page=` (30, at most 100) ask for. */
export const pageOf = <A>(url: URL, items: ReadonlyArray<A>): Page<A> => {
  const size = number(url.searchParams.get("per_page"), 30, 100)
  const page = number(url.searchParams.get("page"), 1, 1_000_000)
  const link = links(url, page, Math.max(1, Math.ceil(items.length / size)))
  return { items: items.slice((page - 1) * size, page * size), headers: link === "" ? {} : { link } }
}

/** A paginated array. Only the rows of the page asked for are rendered. */
export const list = async <A>(url: URL, items: ReadonlyArray<A>, render: (item: A) => Json | Promise<Json>): Promise<Response> => {
  const page = pageOf(url, items)
  return json(await Promise.all(page.items.map(render)), 200, page.headers)
}

/** A paginated array in an object with its `total_count`, as Actions and checks answer. */
export const counted = async <A>(
  url: URL,
  field: string,
  items: ReadonlyArray<A>,
  render: (item: A) => Json | Promise<Json>,
): Promise<Response> => {
  const page = pageOf(url, items)
  return json({ total_count: items.length, [field]: await Promise.all(page.items.map(render)) }, 200, page.headers)
}
