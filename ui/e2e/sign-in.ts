import type { Page } from "playwright-core"

/** Fills in the sign-in page and waits until it has let the visitor in. */
export const signIn = async (page: Page, token: string, name: string): Promise<void> => {
  await page.goto("/")
  await offer(page, token, name)
  await page.getByRole("heading", { level: 1, name: "Runs" }).waitFor()
}

/** Fills in the sign-in page and sends it. */
export const offer = async (page: Page, token: string, name: string): Promise<void> => {
  await page.getByLabel(/token/i).fill(token)
  await page.getByLabel(/name/i).fill(name)
  await page.getByRole("button", { name: "Sign in" }).click()
}
