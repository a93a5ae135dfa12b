const mark =
  '<rect width="32" height="32" rx="8" fill="#1f7a4d"/><path d="M8 17l5 5 11-12" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/>'

/** The icon of the tab, with how many runs wait for a person; without any, the plain one. */
export const faviconOf = (waiting: number): string => {
  if (waiting === 0) return "/favicon.svg"
  const said = waiting > 9 ? "9+" : `${waiting}`
  const badge = `<circle cx="21" cy="21" r="11" fill="#d97706"/><text x="21" y="26" text-anchor="middle" font-family="system-ui,sans-serif" font-weight="700" font-size="${said.length > 1 ? 12 : 15}" fill="#fff">${said}</text>`
  return `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${mark}${badge}</svg>`)}`
}
