const fetched = new Map<string, Promise<void>>()

/** Puts a file into the document, unless it came with it; a style is waited for, a script's fetch only begins. */
const link = (file: string): Promise<void> => {
  const isStyle = file.endsWith(".css")
  if (isStyle && document.querySelector(`link[href="/${file}"]`)) return Promise.resolve()
  const element = document.createElement("link")
  element.rel = isStyle ? "stylesheet" : "modulepreload"
  element.href = `/${file}`
  const done = new Promise<void>((resolve, reject) => {
    if (!isStyle) return resolve()
    element.onload = () => resolve()
    element.onerror = () => {
      element.remove()
      reject(new Error(`${file} cannot be fetched`))
    }
  })
  document.head.append(element)
  return done
}

/** Fetches a part of the page with its styles. The build puts it where Vite would put a longer one of the same signature. */
export const __vitePreload = async <A>(load: () => Promise<A>, files: ReadonlyArray<string> = []): Promise<A> => {
  for (const file of files) if (!fetched.has(file)) fetched.set(file, link(file))
  try {
    await Promise.all(files.map((file) => fetched.get(file)))
    return await load()
  } catch (cause) {
    for (const file of files) fetched.delete(file)
    throw cause
  }
}
