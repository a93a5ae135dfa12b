/** Runs `work` while no other process of this machine holds the same lock. */
export declare const withLock: <A>(path: string, work: () => Promise<A>) => Promise<A>
