/** Takes the lock, waiting for its holder; `shared` holders do not exclude each other. Returns how to release it. */
export declare const hold: (path: string, options?: { readonly shared?: boolean }) => Promise<() => Promise<void>>

/** Runs `work` while no other process of this machine holds the same lock. */
export declare const withLock: <A>(path: string, work: () => Promise<A>) => Promise<A>

/** True when nobody holds the lock at this moment. */
export declare const isFree: (path: string) => Promise<boolean>
